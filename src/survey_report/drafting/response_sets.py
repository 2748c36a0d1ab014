"""Response sets of a new study, from the answers that a battery was given: what was offered, in which order.

Each comes with its doubts, in words: what the answers do not tell and was taken for granted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from survey_report.drafting.answer_sets import is_mark, is_none
from survey_report.drafting.known_sets import fit_of, knows, side_of, sides_of, words_of
from survey_report.drafting.numbered import number_and_words, whole_number
from survey_report.drafting.rated import CODES, MOST_POINTS, POINTS, Rated, words_alone
from survey_report.spelling import spelling
from survey_report.study import ANY, SIDES, Option, ResponseSet, Side
from survey_report.study_ids import new_id
from survey_report.wording import listing

# The last point of a scale of numbers, where nothing tells it.
LAST_POINTS = (3, 4, 5, 6, 7, 10)
HALVES: Mapping[str, str] = {"positive": "upper half", "neutral": "middle", "negative": "lower half"}


@dataclass(frozen=True)
class Drafted:
    """A response set without a name, its kind, and what is in doubt of it.

    `sure` says whether all answers were given, or are known to have been offered; `chosen` are ids and spellings of
    those that were given; `none` are answers that were taken for none, marks of programs apart, with their number.
    """

    kind: str
    answers: ResponseSet
    doubts: tuple[str, ...] = ()
    sure: bool = True
    chosen: frozenset[tuple[str, str]] = frozenset()
    none: tuple[tuple[str, int], ...] = ()

    def holds(self, other: Drafted) -> bool:
        """Whether the set has every answer that was given to other items."""
        known = {(option.id, spelling(option.answer)) for option in self.answers.options}
        return self.kind == other.kind and other.chosen <= known


def response_set(
    rated: Sequence[Rated],
    answers: Sequence[Mapping[str, int]],
    ends: tuple[int, int] | None = None,
    *,
    beside: Sequence[Collection[int]] = (),
    any_other: bool = False,
) -> Drafted:
    """The response set of a battery; `rated` and `answers` (with the number of people) are those of its items.

    `ends` are the first and last point that a question names, `beside` the numbers given to neighbours that may belong
    to the battery. With `any_other`, what is not on the list is missing.
    """
    people: dict[str, int] = {}
    for item in answers:
        for answer, number in item.items():
            people[answer] = people.get(answer, 0) + number
    kind = rated[0].kind
    codes = {answer: n for one in rated for answer, n in one.codes.items()}
    complete = all(one.complete for one in rated)
    told = [answer for answer in people if not is_none(answer)]
    none = [answer for answer in people if is_none(answer)]
    if kind == POINTS:
        numbers = codes | {answer: n for answer in told if (n := whole_number(answer)) is not None}
        items = [{numbers[answer] for answer in item if answer in numbers} for item in answers]
        outside = outside_of([*items, *beside], ends, rated)
        none += [answer for answer, n in numbers.items() if n in outside]
        inside = {answer: n for answer, n in numbers.items() if n not in outside}
        drafted = _points(inside, ends, complete=complete)
    else:
        none += [answer for answer in told if answer not in codes and whole_number(answer) in CODES]
        drafted = _coded(kind, codes) if codes else _worded(kind, [answer for answer in told if answer not in none])
    missing: list[Option] = []
    taken = {option.id for option in drafted.answers.options}
    for answer in sorted({spelling(answer): answer for answer in none}.values(), key=_missing_order):
        missing.append(Option(new_id(_slug(answer), taken, between="-", otherwise="answer"), answer))
    if any_other:
        missing.append(Option("any-other-answer", ANY))
    made = drafted.answers
    finished = ResponseSet("", made.options, tuple(missing), made.words, made.measures)
    texts = {spelling(answer) for answer, n in people.items() if n}
    given = ((option.id, spelling(option.answer)) for option in made.options)
    chosen = frozenset((name, text) for name, text in given if text in texts)
    doubtful = dict.fromkeys(answer for answer in none if not is_mark(answer) and people.get(answer))
    told_of = tuple((answer, people[answer]) for answer in doubtful)
    return Drafted(kind, finished, drafted.doubts, drafted.sure, chosen, told_of)


def outside_of(
    items: Sequence[Collection[int]], ends: tuple[int, int] | None, rated: Sequence[Rated] = ()
) -> frozenset[int]:
    """Numbers that are no points of a scale but codes of no answer, by its named ends or the other items of a battery.

    A code within ten points is one only where a battery tells it: several items, and none of them was given the point
    below. A single item of 1 to 10 keeps its 8 and 9.
    """
    given = {number for item in items for number in item}
    labelled = [one.codes for one in rated if one.complete and one.codes]
    if labelled:
        ends = min(min(one.values()) for one in labelled), max(max(one.values()) for one in labelled)
    if ends:
        return frozenset(n for n in given & CODES if not ends[0] <= n <= ends[1])
    beyond = {n for n in given & CODES if not 0 <= n < MOST_POINTS}
    core = {n for n in given - CODES if 0 <= n < MOST_POINTS}
    near = given & CODES - beyond
    if len(items) > 1 and core and near and max(core) in LAST_POINTS and max(core) < min(near) - 1:
        beyond |= near
    return frozenset(beyond)


def _points(numbers: Mapping[str, int], ends: tuple[int, int] | None, *, complete: bool) -> Drafted:
    """Points in number; ends that are named, or labelled, count, else the next usual last point."""
    texts: dict[int, str] = {}
    for answer, n in numbers.items():
        texts.setdefault(n, answer)
    low, high = min(texts), max(texts)
    doubts = []
    sure = complete
    if ends and ends[0] <= low and high <= ends[1]:
        low, high = ends
        sure = True
    elif not complete:
        if low > 1:
            doubts.append(f"nobody gave {listing(str(n) for n in range(1, low))}: taken for points from 1")
            low = 1
        last = next((top for top in LAST_POINTS if top >= high), MOST_POINTS - 1)
        if last > high:
            unseen = listing(str(n) for n in range(high + 1, last + 1))
            doubts.append(f"nobody gave {unseen}: taken for points from {low} to {last}")
        if high in (8, 9) and {6, 7} - set(texts):
            doubts.append(f"nobody gave {listing(str(n) for n in sorted({6, 7} - set(texts)))}: "
                          "are 8 and 9 points, or codes for no answer?")  # fmt: skip
        sure = last == high
        high = last
    words = {n: words_alone(text) for n, text in texts.items() if whole_number(text) is None}
    bare = [str(end) for end in (low, high) if end not in words]
    if words and bare:
        doubts.append(f"nothing says that {listing(bare)} {'is an end' if len(bare) == 1 else 'are the ends'}")
    sides = sides_of(words.values())[1]
    turned = _side(words.get(low, ""), sides) == "positive" and _side(words.get(high, ""), sides) == "negative"
    if turned:
        doubts.append(_turned(texts[low]))
    points = list(range(low, high + 1)) if turned else list(range(high, low - 1, -1))
    options = tuple(
        Option(f"points-{n}", texts.get(n, str(n)), low + high - n if turned else n, side_of(place, len(points)))
        for n, place in zip(points, range(len(points) - 1, -1, -1), strict=True)
    )
    measures = {str(side): f"pct_{HALVES[side].split()[0]}" for side in SIDES}
    return Drafted(POINTS, ResponseSet("", options, (), HALVES, measures), tuple(doubts), sure)


def _coded(kind: str, codes: Mapping[str, int]) -> Drafted:
    """Worded answers in the order of their codes, turned where they run from the best end to the worst."""
    ranked = sorted(codes, key=lambda answer: codes[answer])
    words = {answer: words_alone(answer) for answer in ranked}
    known = sides_of(words.values())[1]
    sides = {answer: side for answer in ranked if (side := _side(words[answer], known))}
    doubts = []
    turned = sides.get(ranked[0]) == "positive" or sides.get(ranked[-1]) == "negative"
    if turned:
        doubts.append(_turned(ranked[0]))
        ranked.reverse()
    numbers = sorted(codes.values())
    scores = numbers if numbers[0] in (0, 1) and numbers[-1] < MOST_POINTS else list(range(1, len(numbers) + 1))
    if turned:
        scores = [scores[0] + scores[-1] - score for score in reversed(scores)]
    unknown = [answer for answer in ranked if not knows(kind, words[answer])]
    if unknown:
        doubts.append(f"in no published list, and placed by code alone: {listing(f'`{one}`' for one in unknown)}")
    by_place = [side_of(place, len(ranked)) for place in range(len(ranked))]
    found = [sides.get(answer, side) for answer, side in zip(ranked, by_place, strict=True)]
    fit = fit_of(words.values())
    if fit and not fit.loose and not fit.known.unseen({spelling(word) for word in words.values()}):
        found = [fit.known.levels[fit.known.place(spelling(words[answer])) or 0].side for answer in ranked]
        names, measures = fit.known.words, fit.known.measures
    else:
        names, measures = words_of(kind)
    if found != sorted(found, key=SIDES.index, reverse=True):
        found = by_place
    options = tuple(
        Option(_slug(answer), answer, score, side)
        for answer, score, side in reversed(list(zip(ranked, scores, found, strict=True)))
    )
    return Drafted(kind, ResponseSet("", options, (), names, measures), tuple(doubts))


def _worded(kind: str, told: Sequence[str]) -> Drafted:
    """The smallest known set that holds the answers, or these alone where none does.

    An answer is spelled as usual where it is given so but for case and the like.
    """
    fit = fit_of(told)
    if fit is None:
        raise ValueError(f"{kind}: no set of answers holds {told}")
    given = {spelling(answer): answer for answer in reversed(told)}
    options = []
    for place, level in enumerate(fit.known.levels):
        seen = next((given[one] for one in level.spellings if one in given), level.texts[0])
        usual = next((text for text in level.texts if spelling(text) == spelling(seen) and not fit.loose), seen)
        options.append(Option(_slug(usual), usual, len(fit.known.levels) - place, level.side))
    unseen = fit.known.unseen(set(given))
    doubts = []
    if fit.loose:
        said = listing(f"`{option.answer}`" for option in options)
        doubts.append(f"no published list has {said} together: these alone are taken, in the order of several lists")
    elif unseen:
        said = listing(f"`{level.texts[0]}`" for level in unseen)
        doubts.append(f"nobody chose {said}: taken for offered, as in the smallest list that has all that was chosen"
                      + _others(fit.known.levels, fit.rivals))  # fmt: skip
    elif fit.rivals:
        doubts.append(f"all {len(options)} answers of a list were chosen" + _others(fit.known.levels, fit.rivals))
    answers = ResponseSet("", tuple(options), (), fit.known.words, fit.known.measures)
    return Drafted(kind, answers, tuple(doubts), sure=not doubts)


def _others(levels: Sequence[object], rivals: Sequence[object]) -> str:
    """What other lists hold the answers as well."""
    sizes = sorted({len(one.levels) for one in rivals})  # type: ignore[attr-defined]
    if not sizes:
        return ""
    return f"; {'another list' if len(rivals) == 1 else 'other lists'} of {listing(map(str, sizes))} would fit as well"


def _turned(first: str) -> str:
    return f"the codes run from `{first}` down: scores are turned, so that a high one is the better end"


def _side(words: str, sides: Mapping[str, Side]) -> Side | None:
    return sides.get(spelling(words))


def _missing_order(answer: str) -> tuple[int, str]:
    found = number_and_words(answer)
    return (found[0] if found else 0, spelling(answer))


def _slug(text: str) -> str:
    number = whole_number(text)
    if number is not None:
        return f"code-minus-{-number}" if number < 0 else f"code-{number}"
    kept = "".join(c if c.isascii() and c.isalnum() else " " for c in spelling(text).replace("'", ""))
    return "-".join(kept.split()) or "answer"
