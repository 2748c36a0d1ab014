"""What study.yml may say of coded material, and how it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from survey_report.study import QuotationRules
from survey_report.study_coded import read_coded_material
from survey_report.study_fields import Fields


def read(text: str, folder: Path) -> tuple[object, list[str]]:
    fields = Fields(yaml.safe_load(text), "study.yml", "", [])
    found = read_coded_material(fields, folder)
    return found, [str(problem) for problem in fields.problems]


def test_a_study_may_say_nothing(tmp_path: Path) -> None:
    assert read("id: x", tmp_path) == (None, [])


def test_all_that_a_study_may_say(tmp_path: Path) -> None:
    (tmp_path / "walk.csv").write_text("label,kind,survey_id\nPolis,service,police\n", encoding="utf-8")
    (tmp_path / "words.csv").write_text("word\nCAMHS\n", encoding="utf-8")
    found, problems = read(
        """
corpus:
  file: own.qdpx
  crosswalk: walk.csv
  sections: [{id: waits, title: Waiting}]
  variables: {service: Dienst}
  valence: {Barriers: challenge}
quotations: {each_theme: 2, shortest: 10, longest: 90, allowed: words.csv}
""",
        tmp_path,
    )
    assert problems == []
    assert found is not None
    assert (found.file, found.synthetic) == ("own.qdpx", False)  # type: ignore[attr-defined]
    assert found.sections == (("waits", "Waiting"),)  # type: ignore[attr-defined]
    assert found.crosswalk == (("Polis", "service", "police"),)  # type: ignore[attr-defined]
    assert found.allowed == ("CAMHS",)  # type: ignore[attr-defined]
    assert found.rules == QuotationRules(2, 10, 90)  # type: ignore[attr-defined]
    assert found.naming.column("dienst") == "service"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("corpus: {fil: x}", "did you mean `file`?"),
        ("corpus: {synthetic: perhaps}", "should be true or false"),
        ("corpus: {sections: [{id: x}]}", "corpus.sections[1].title is missing"),
        ("quotations: {shortest: 90, longest: 10}", "is more than `longest`, 10"),
        ("quotations: {each_theme: many}", "quotations.each_theme: should be"),
        ("quotations: {allowed: nowhere.csv}", "nowhere.csv"),
        ("corpus: []", "should be keys and values"),
    ],
)
def test_what_does_not_fit_is_named(text: str, told: str, tmp_path: Path) -> None:
    _, problems = read(text, tmp_path)
    joined = " ".join(" ".join(problem.split()) for problem in problems)
    assert all(part in joined for part in told.split(" is missing")), joined
