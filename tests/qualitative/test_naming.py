"""What a study says of the names in its corpus."""

from __future__ import annotations

import yaml

from survey_report.errors import Problem
from survey_report.qualitative.naming import Naming, read_naming
from survey_report.study_fields import Fields

TOLD = """
variables: {service: Service area}
sets: {Interviews 2023: {method: interview}}
values: {service: {Social Work: social-work, 7: seven}, method: {Walk: focus group}}
valence: {Helps: improvement}
"""


def read(text: str) -> tuple[Naming, list[tuple[str, str]]]:
    problems: list[Problem] = []
    fields = Fields(yaml.safe_load(text), "study.yml", "corpus", problems)
    naming = read_naming(fields)
    fields.done()
    return naming, [(problem.place, problem.message) for problem in problems]


def test_names_as_a_study_tells_them() -> None:
    naming, problems = read(TOLD.replace("7:", '"7":'))
    assert problems == []
    assert naming.column("service  AREA") == "service"
    assert naming.column("service") == ""  # it is told by another name
    assert naming.column("Role") == "role"
    assert naming.value("service", " social  work ") == "social-work"
    assert naming.value("service", "Health") == "Health"
    assert naming.value("method", "walk") == "focus group"
    assert [naming.value("method", told) for told in ("Focus-Groups", "INTERVIEW", "surveys", "diary")] == [
        "focus group",
        "interview",
        "survey",
        "diary",
    ]
    assert naming.of_set("interviews 2023") == {"method": "interview"}
    assert naming.of_set("other") == {}
    assert (naming.of_codes("HELPS"), naming.of_codes("Good Practice"), naming.of_code("need")) == (
        "improvement",
        "good practice",
        "",
    )


def test_a_study_may_say_nothing() -> None:
    assert read("{}") == (Naming(), [])


def test_what_does_not_fit_is_noted_with_its_place() -> None:
    _, problems = read(
        "{variables: {colour: x}, sets: {A: {method: 3, hue: x}}, values: {tone: {}}, valence: [a], other: 1}"
    )
    assert problems == [
        ("corpus.variables.colour", "is no column of sources"),
        ("corpus.values.tone", "is no column of sources"),
        ("corpus.sets.A.method", "should be a text (quote it)"),
        ("corpus.sets.A.hue", "is no column of sources"),
        ("corpus.valence", "should be keys and values"),
        ("corpus.other", "is not a key this file may hold"),
    ]
