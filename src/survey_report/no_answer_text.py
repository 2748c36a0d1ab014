"""What stands under a table on those who are in none of its bases: kinds of missing answers, counted and named."""

from __future__ import annotations

from collections.abc import Sequence

from survey_report.escaping import sentences
from survey_report.findings.no_answers import NoAnswers
from survey_report.marks import Style
from survey_report.wording import listing, uncapital

ONE_BY_ONE = 3  # so many questions are told one by one, more of them by the range of their counts
NAMED_FIRST = ("Left blank", "Not asked", "No answer")  # not words of the survey: they begin with a small letter


@sentences
def no_answer_sentences(rows: Sequence[NoAnswers], least: int, style: Style, *, named: bool = False) -> list[str]:
    """Who is not counted, by question where these are few or have to be `named`; nothing where everybody answered.

    `least` is the smallest count that is shown.
    """
    told = [row for row in rows if row.counts or row.together]
    if not told:
        return []
    if len(rows) == 1 and not named:
        return [f"Not counted: {_one(told[0], least, style)}."]
    if named or len(rows) <= ONE_BY_ONE:
        return [f"Not counted: {'; '.join(f'{row.label}: {_one(row, least, style)}' for row in told)}."]
    kinds = dict.fromkeys(kind for row in told for kind in (*row.counts, *row.together))
    return [f"Not counted, from row to row: {', '.join(_range(kind, rows, style) for kind in kinds)}."]


def _one(row: NoAnswers, least: int, style: Style) -> str:
    parts = [f"{_kind(kind)} {_count(n, style)}" for kind, n in row.counts.items()]
    if row.together:
        few = "not shown" if row.hidden else f"fewer than {least}"
        rest = few if row.rest is None else _count(row.rest, style)
        all_of = " together" if len(row.together) > 1 else ""
        parts.append(f"{listing(map(_kind, row.together))}{all_of} {rest}")
    return ", ".join(parts)


def _range(kind: str, rows: Sequence[NoAnswers], style: Style) -> str:
    """The smallest and the largest count of a kind, among those that are shown."""
    shown = [row.counts[kind] for row in rows if kind in row.counts]
    if not shown:
        return f"{_kind(kind)} too few to show"
    most = _count(max(shown), style)
    if len(shown) < len(rows):
        return f"{_kind(kind)} up to {most}"
    least = "" if min(shown) == max(shown) else f"{_count(min(shown), style)} to "
    return f"{_kind(kind)} {least}{most}"


def _kind(label: str) -> str:
    return uncapital(label) if label in NAMED_FIRST else label


def _count(n: int, style: Style) -> str:
    return style.other(f"{n:,}")
