"""How many people a printed percentage or mean rests on, as far as a register tells."""

from __future__ import annotations

from dataclasses import dataclass

from survey_report.figure_checks.printed import OVERALL, Figures, Printed

# Whose number is the base of a measure, where it is not the answers to the item.
OF_RESPONDENTS = ("n_total", "n_complete")
OF_OTHERS = {"pct_responded": "n_invited"}


@dataclass(frozen=True)
class Base:
    """A number of people, the figures that give it, and how: printed, borrowed from other items, or an upper bound."""

    size: int
    figures: tuple[str, ...]
    how: str

    @property
    def printed(self) -> bool:
        """Whether the register gives this base for this very figure."""
        return self.how == "printed"


def base_of(figures: Figures, row: Printed) -> Base | None:
    """The base of a percentage; None where the register tells nothing, or says nought.

    A base printed for the item is preferred, for shares of categories the total of their table. Where an item
    outside the scales has none, but two or more such items have one and all agree, theirs is borrowed. Otherwise the
    number of respondents is an upper bound.
    """
    base = _told(figures, row)
    return base if base and base.size > 0 else None


def _told(figures: Figures, row: Printed) -> Base | None:
    if row.measure in OF_OTHERS:
        other = figures.overall(OF_OTHERS[row.measure])
        return _base(other, "printed") if other else None
    if not row.scale and not row.item and row.measure.startswith("pct"):
        return _base(found, "printed") if (found := total_line(figures, row)) else None
    bases = figures.by_measure.get("n_base", ())
    if own := figures.at("n_base", row.subject):
        return _base(own, "printed")
    others = [found for found in bases if found.item and not found.scale]
    if row.item and not row.scale and len(others) > 1 and len({found.number for found in others}) == 1:
        return Base(int(others[0].number), tuple(found.id for found in others), "borrowed")
    return upper_bound(figures, row)


def total_line(figures: Figures, row: Printed) -> Printed | None:
    """The number of respondents in the last line of the row's own table, or else their number anywhere."""
    totals = figures.by_measure.get("n_total", ())
    same = next((found for found in totals if found.where == row.where), None)
    return same or next((found for name in OF_RESPONDENTS if (found := figures.overall(name))), None)


def upper_bound(figures: Figures, row: Printed) -> Base | None:
    """The most people that a figure can rest on: its group, those asked about its scale, or all respondents."""
    candidates = []
    if row.group_by != OVERALL:
        group = figures.at("n", ("", "", row.group_by, row.group, "none"))
        candidates += [Base(int(group.number), (group.id,), "bound")] if group else []
    if row.scale:
        candidates += [
            Base(_largest(bound), (bound.id,), "bound")
            for bound in figures.bounds("n")
            if bound.scale == row.scale and bound.relation in ("<", "<=")
        ]
    everybody = total_line(figures, row)
    candidates += [Base(int(everybody.number), (everybody.id,), "bound")] if everybody else []
    return min(candidates, key=lambda base: base.size, default=None)


def asked_of_some(figures: Figures, scale: str) -> bool:
    """Whether the register says that a scale was answered by fewer people than all."""
    return any(bound.scale == scale and bound.relation in ("<", "<=") for bound in figures.bounds("n"))


def _largest(bound: Printed) -> int:
    return int(bound.number) - (1 if bound.relation == "<" else 0)


def _base(row: Printed, how: str) -> Base:
    return Base(int(row.number), (row.id,), how)
