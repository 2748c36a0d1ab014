"""Rated columns put together to scales: neighbours with one set of answers, and one stem where they have stems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from survey_report.drafting.columns import Column
from survey_report.drafting.rated import POINTS, numbers_of
from survey_report.drafting.response_sets import Drafted, response_set
from survey_report.drafting.shapes import ends_named
from survey_report.spelling import spelling
from survey_report.study import ANY, ResponseSet
from survey_report.study_ids import new_id
from survey_report.wording import listing

# Change questions are no items of a scale; a battery of them is reported like one.
TITLE_LENGTH = 70

LEAST_POINTS = 3  # answers that have an order to ask for


@dataclass(frozen=True)
class Battery:
    """Items of one scale with their answers; `title` heads its section, `doubts` say what was taken for granted."""

    id: str
    title: str
    items: tuple[Column, ...]
    answers: ResponseSet
    doubts: tuple[str, ...] = ()


def batteries_of(columns: Sequence[Column]) -> tuple[Battery, ...]:
    """The scales that the rated columns form, in their order.

    Columns of one matrix share its answers. Other neighbours do where each has the same by itself; one of which some
    answers were not chosen takes those of a neighbour that has all of its own.
    """
    runs: list[list[tuple[tuple[Column, ...], Drafted]]] = []
    for stretch in _stretches(columns):
        for part in _settled([(part, _drafted(part, stretch)) for part in _matrices(stretch)]):
            before = runs[-1][-1] if runs else None
            if before and _together(before[0][-1], part[0][0], stretch) and _same(before[1], part[1]):
                runs[-1].append(part)
            else:
                runs.append([part])
    sets: dict[tuple[object, ...], ResponseSet] = {}
    found = []
    for number, run in enumerate(runs, 1):
        items = tuple(column for part, _ in run for column in part)
        drafted = run[0][1] if len(run) == 1 else _all_of(run)
        answers = _named(drafted, sets)
        found.append(Battery(f"part-{number}", _title(items, number), items, answers, _doubts(run)))
    return tuple(found)


def _stretches(columns: Sequence[Column]) -> list[list[Column]]:
    """Rated columns with nothing but empty ones between them."""
    found: list[list[Column]] = [[]]
    for column in columns:
        if column.rated is not None:
            found[-1].append(column)
        elif column.kind not in ("empty", "constant") and found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _matrices(stretch: Sequence[Column]) -> list[tuple[Column, ...]]:
    """Columns of one matrix that are read in one way, and all others one by one."""
    found: list[list[Column]] = []
    for column in stretch:
        if found and column.block and all(one.block == column.block and _read_alike(one, column) for one in found[-1]):
            found[-1].append(column)
        else:
            found.append([column])
    return [tuple(part) for part in found]


def _read_alike(one: Column, other: Column) -> bool:
    """Whether answers are read in one way, and no code has two texts."""
    a, b = one.rated, other.rated
    if a is None or b is None or (a.kind, a.complete, bool(a.codes)) != (b.kind, b.complete, bool(b.codes)):
        return False
    texts = [{code: spelling(answer) for answer, code in rated.codes.items()} for rated in (a, b)]
    shared = texts[0].keys() & texts[1].keys()
    same = all(texts[0][code] == texts[1][code] for code in shared)
    return same and (a.kind == POINTS or not a.complete or texts[0] == texts[1])


def _drafted(items: Sequence[Column], stretch: Sequence[Column]) -> Drafted:
    rated = [column.rated for column in items if column.rated is not None]
    ends = next((ends for column in items if (ends := ends_named(column.text))), None)
    given = [{answer: dict(column.people).get(answer, 0) for answer in column.answers} for column in items]
    beside = [
        numbers_of(column.answers).values()
        for column in stretch
        if not items[0].block and not column.block and column is not items[0] and _read_alike(items[0], column)
    ]
    return response_set(rated, given, ends, beside=beside, any_other=any(column.rare for column in items))


def _settled(parts: Sequence[tuple[tuple[Column, ...], Drafted]]) -> list[tuple[tuple[Column, ...], Drafted]]:
    """Parts of a stretch, each unsure one with the answers of the nearest neighbour that has all of its own."""
    found = []
    for n, (items, drafted) in enumerate(parts):
        if not drafted.sure and not items[0].block:
            near = sorted((other for other in range(len(parts)) if other != n), key=lambda other: abs(other - n))
            for other in near:
                model = parts[other][1]
                if model.sure and not parts[other][0][0].block and model.holds(drafted):
                    told = f"not all answers were chosen: taken from its neighbour, {parts[other][0][0].told}"
                    drafted = replace(drafted, answers=replace(model.answers, missing=drafted.answers.missing),
                                      doubts=(told, *drafted.doubts[1:]), sure=True)  # fmt: skip
                    break
        found.append((items, drafted))
    return found


def _together(before: Column, after: Column, stretch: Sequence[Column]) -> bool:
    return before in stretch and before.block == after.block


def _same(one: Drafted, other: Drafted) -> bool:
    return one.kind == other.kind and one.answers.options == other.answers.options


def _all_of(run: Sequence[tuple[tuple[Column, ...], Drafted]]) -> Drafted:
    """One set for parts with the same answers: the missing answers of all."""
    first = run[0][1]
    missing = {spelling(option.answer): option for _, drafted in run for option in drafted.answers.missing}
    taken = {option.id for option in first.answers.options}
    ordered = sorted(missing.values(), key=lambda option: option.answer == ANY)
    unlike = [replace(option, id=new_id(option.id, taken, between="-", otherwise="answer")) for option in ordered]
    return replace(first, answers=replace(first.answers, missing=tuple(unlike)))


def _doubts(run: Sequence[tuple[tuple[Column, ...], Drafted]]) -> tuple[str, ...]:
    """What is in doubt of a run, each said once with the items that it concerns; last what was taken for no answer."""
    items: dict[str, list[str]] = {}
    none: Counter[str] = Counter()
    for part, drafted in run:
        for doubt in drafted.doubts:
            items.setdefault(doubt, []).extend(column.told for column in part)
        none.update(dict(drafted.none))
    doubts = [f"{listing(names)}: {doubt}" for doubt, names in items.items()]
    if none:
        every = listing([column.told for part, drafted in run if drafted.none for column in part])
        said = listing([f"`{answer}` ({number:,})" for answer, number in none.items()])
        doubts.append(f"{every}: taken for no answer, with the number of answers: {said}")
    return tuple(doubts)


def _named(drafted: Drafted, sets: dict[tuple[object, ...], ResponseSet]) -> ResponseSet:
    """The response set of a run with its name; runs with the same answers share one."""
    made = drafted.answers
    key = (drafted.kind, *made.options, "", *made.missing)
    if key not in sets:
        alike = sum(known[0] == drafted.kind for known in sets)
        sets[key] = replace(made, id=drafted.kind if not alike else f"{drafted.kind}_{alike + 1}")
    return sets[key]


def _title(run: Sequence[Column], number: int) -> str:
    stem = run[0].block if len(run) > 1 and " " in run[0].block else run[0].item if len(run) == 1 else ""
    if not stem:
        return f"Part {number}"
    return stem if len(stem) <= TITLE_LENGTH else stem[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def unordered_lists(columns: Sequence[Column]) -> list[str]:
    """A doubt for every list of answers that several closed questions share and that no published list puts in order.

    Such questions are often the items of a scale. Yes and no, and lists of two, have no order to ask for.
    """
    sharing: dict[frozenset[str], list[Column]] = {}
    for column in columns:
        if column.kind == "closed" and not column.doubt and len(column.answers) >= LEAST_POINTS:
            sharing.setdefault(frozenset(map(spelling, column.answers)), []).append(column)
    return [
        f"{listing(column.told for column in part)}: no published list has "
        f"{listing(f'`{answer}`' for answer in part[0].answers)} in an order: taken for categories; if they are the "
        "points of a scale, write them in order into a data dictionary"
        for part in sharing.values()
        if len(part) > 1
    ]
