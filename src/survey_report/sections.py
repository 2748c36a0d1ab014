"""What a study has for the sections of its report: which of them can be made, and over which of its parts."""

from __future__ import annotations

from collections.abc import Callable

from survey_report.study import WHOLE_CORPUS, Study

# What a section rests on: whether a study has it, and the sentence that says that it has not.
NEEDS: dict[str, tuple[Callable[[Study], bool], str]] = {
    "scales": (lambda study: bool(study.scales), "asks nothing that is rated on a scale"),
    "groups": (lambda study: bool(study.scales and study.tested_groupings), "compares no groups on a scale"),
    "levels": (lambda study: bool(level_groupings(study)), "compares no levels of a grouping, such as those of areas"),
    "changes": (lambda study: any(scale.changes for scale in study.scales), "asks nothing about change over time"),
    "margins": (lambda study: "margins" in study.files, "names no margins of the population, so nobody is weighted"),
    "coded": (lambda study: study.coded is not None, "has no coded open answers, focus groups or interviews"),
    "published": (lambda study: "published" in study.files, "has no register of published figures"),
    "errata": (lambda study: {"published", "errata"} <= set(study.files), "has no list of errata of published figures"),
    "profiles": (lambda study: bool(study.profiles or study.cross_sections), "has no groups with profiles"),
    "listed": (
        lambda study: bool(study.scales and listed_groupings(study)),
        "sets no groups side by side",
    ),
}


def has(study: Study, what: str) -> bool:
    """Whether a study has what a section rests on."""
    return NEEDS[what][0](study)


def lack(study: Study, what: str) -> str:
    """The sentence that a study has nothing for a section."""
    return f"There is nothing to show here: {study.id} {NEEDS[what][1]}."


def level_groupings(study: Study) -> list[str]:
    """Groupings derived from others, such as levels of areas, that are compared over all scales."""
    return [one.id for one in study.groupings if one.mapping and one.tested and study.scales]


def listed_groupings(study: Study) -> list[str]:
    """Groupings whose groups have profiles, and are set side by side without a test."""
    return [name for name in study.profiles if not study.grouping(name).tested]


def coded_sections(study: Study) -> list[str]:
    """Parts of the code frame of coded material, and the whole of it."""
    return [*(section for section, _ in study.coded.sections), WHOLE_CORPUS] if study.coded else []
