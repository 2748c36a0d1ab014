"""What can be seen only once all files of a study have been read: whether what they say of each other fits."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from survey_report.errors import Problem, rows_text
from survey_report.places import STUDY_NAME
from survey_report.spelling import spelling
from survey_report.study import Category, Grouping, Question, ResponseSet, Side, Study

Rows = Sequence[Mapping[str, str]]
BASES = ("stated", "implied", "inferred", "assumed")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
YES, NO = "yes", "no"  # what the column `reverse` may say
ENDS: tuple[Side, Side] = ("positive", "negative")
CLOSED = ("demographic", "routing")  # questions with categories of their own


def check_study(
    study: Study, categories: Mapping[str, Sequence[Category]], tables: Mapping[str, Rows]
) -> Iterable[Problem]:
    """All references that lead nowhere and all names given twice.

    `categories` holds the rows of categories.csv by question, `tables` the rows of the study's CSV files by name.
    """
    if study.id != study.folder.name and STUDY_NAME.fullmatch(study.folder.name):
        yield Problem("study.yml", "id", study.id, "differs from the name of its folder", f"write {study.folder.name}")
    if study.language and not LANGUAGE.fullmatch(study.language):  # an empty one is told of elsewhere
        remedy = "write a tag such as en-GB or de"
        yield Problem("study.yml", "language", study.language[:80], "is no tag of a language", remedy)
    if study.closed < study.opened:
        yield Problem("study.yml", "closed", str(study.closed), "lies before `opened`", "correct the dates")
    for digest in study.export.real_exports:
        if not re.fullmatch("[0-9a-f]{64}", digest):
            yield Problem("study.yml", "export.real_exports", digest, "is no SHA-256 digest",
                          "copy the 64 digits that `survey-report read` prints")  # fmt: skip
    for figure, value in study.corrections.items():
        try:
            float(value)
        except ValueError:
            name = study.files["corrections"].name
            yield Problem(name, figure, value, "should be a number", "correct the value")
    yield from _bounds(study)
    yield from _repetitions(study, categories)
    yield from _scores_out_of_order(study)
    yield from _names_in_study(study, categories)
    wrong: dict[tuple[str, str, str, str], list[int]] = {}
    closed = {question.item: {known.id for known in categories.get(question.item, ())}
              for question in study.questions if question.type in CLOSED}  # fmt: skip
    for number, question in enumerate(study.questions, 2):
        for fault in (*_names_in_question(question, study, closed), *_answers_in_scale(question, study)):
            wrong.setdefault(fault, []).append(number)
    for (key, value, message, remedy), numbers in wrong.items():
        place = f"{rows_text(dict.fromkeys(numbers))}, {key}"
        yield Problem(study.files["instrument"].name, place, value, message, remedy)
    for name, key in (("corrections", "figure_id"), ("released", "figure_id")):
        known = {row["id"] for row in tables["published"]}
        for number, row in enumerate(tables[name], 2):
            if row[key] not in known:
                where = study.files["published"].name
                yield Problem(
                    study.files[name].name, f"row {number}, {key}", row[key], f"is no id of {where}", "correct the id"
                )


def _bounds(study: Study) -> Iterable[Problem]:
    """Bounds of equivalence that no difference on a scale could go beyond, and those given twice."""
    scales = [scale for scale in study.scales if scale.items and scale.items[0].response_set in study.response_sets]
    for number, bound in enumerate(study.bounds, 1):
        place = f"equivalence.bounds[{number}].{bound.unit}"
        if math.isnan(bound.size):
            continue
        if bound.key in {other.key for other in study.bounds[: number - 1]}:
            yield Problem("study.yml", place, f"{bound.size:g}", "stands twice", "keep one of the two")
        for scale in scales if bound.unit == "points" else ():
            scores = study.answers(scale).scores
            if scores and bound.size >= (span := max(scores.values()) - min(scores.values())):
                message = (
                    f"is no smaller than the range of `{scale.id}`, {span:g}, so that every difference lies within"
                )
                remedy = "write a smaller one, or one in sd"
                yield Problem("study.yml", place, f"{bound.size:g}", message, remedy)
                break


def check_derivation(
    grouping: Grouping, table: str, column: str, rows: Rows, source: Iterable[str]
) -> Iterable[Problem]:
    """Whether a reference table maps each category of its `source` question to one category of the grouping."""
    targets, sources = {category.id for category in grouping.categories}, list(source)
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        if row[column] not in targets:
            remedy = f"use one of: {', '.join(sorted(targets))}"
            yield Problem(table, f"row {number}, {column}", row[column], f"is no category of `{grouping.id}`", remedy)
        if row["basis"] not in BASES:
            yield Problem(
                table, f"row {number}, basis", row["basis"], "is not known", f"use one of: {', '.join(BASES)}"
            )
        if row["id"] in seen:
            yield Problem(table, f"row {number}, id", row["id"], "stands twice", "keep the row that is right")
        elif row["id"] not in sources:
            message = f"is no category of `{grouping.derived_from}`"
            yield Problem(table, f"row {number}, id", row["id"], message, "correct the id")
        seen.add(row["id"])
    for name in sources:
        if name not in seen:
            yield Problem(table, "id", name, f"is missing, so `{grouping.id}` cannot be derived for it", "add a row")


def _repetitions(study: Study, categories: Mapping[str, Sequence[Category]]) -> Iterable[Problem]:
    named: dict[tuple[str, str], list[str]] = {
        ("study.yml", "scales, id"): [scale.id for scale in study.scales],
        ("study.yml", "groupings, id"): [grouping.id for grouping in study.groupings],
        ("study.yml", "periods, id"): [period.id for period in study.periods],
        ("study.yml", "profiles"): list(study.profiles),
        # A cross-section is named beside the groupings where results are listed by group.
        ("study.yml", "cross_sections, id"): [section.id for section in study.cross_sections],
        ("study.yml", "item_counts, id"): [count.id for count in study.item_counts],
    }
    for answers in study.response_sets.values():
        options = (*answers.options, *answers.missing)
        place = f"response_sets.{answers.id}"
        named["study.yml", f"{place}, id"] = [option.id for option in options]
        named["study.yml", f"{place}, answer"] = [spelling(option.answer) for option in options]
    table = study.files["categories"].name
    for question, rows in categories.items():
        none = next((known.missing for known in study.questions if known.item == question and known.missing), ())
        named[table, f"{question}, id"] = [*(row.id for row in rows), *(row.id for row in none)]
        texts = [*(row.answer for row in rows), *(row.answer for row in none)]
        named[table, f"{question}, answer"] = [spelling(text) for text in texts if text]
    for (file, place), names in named.items():
        for name, times in Counter(names).items():
            if times > 1 and name:
                yield Problem(file, place, name, "stands twice", "give each its own")


def _scores_out_of_order(study: Study) -> Iterable[Problem]:
    """Sets whose scores neither rise nor fall from answer to answer, so that no mean of them says more or less."""
    for answers in study.response_sets.values():
        scores = [option.score for option in answers.options if option.score is not None]
        if sorted(scores) not in (scores, scores[::-1]):
            yield Problem("study.yml", f"response_sets.{answers.id}, score", ", ".join(map(str, scores)),
                          "neither rises nor falls from one answer to the next",
                          "write the answers in order from one end to the other, each with its score")  # fmt: skip


def _names_in_study(study: Study, categories: Mapping[str, Sequence[Category]]) -> Iterable[Problem]:
    instrument, table = study.files["instrument"].name, study.files["categories"].name
    closed = {question.item for question in study.questions if question.type in CLOSED}
    items = closed | {question.item for question in study.questions if question.type == "derived"}
    for number, scale in enumerate(study.scales, 1):
        if scale.id and not scale.items:
            yield Problem("study.yml", f"scales[{number}].id", scale.id, f"has no rating item in {instrument}",
                          "add its items, or take the scale out of `scales`")  # fmt: skip
    for number, grouping in enumerate(study.groupings, 1):
        place = f"groupings[{number}]"
        if grouping.id and grouping.id not in items:
            yield Problem("study.yml", f"{place}.id", grouping.id, f"is no question of {instrument}",
                          "add it, or correct the id")  # fmt: skip
        elif grouping.id and not grouping.categories:
            yield Problem("study.yml", f"{place}.id", grouping.id, "has no categories", f"add them to {table}")
        if grouping.derived_from and grouping.derived_from not in closed:
            yield Problem("study.yml", f"{place}.derived_from", grouping.derived_from,
                          f"is no question that {instrument} asks", "correct the id")  # fmt: skip
    yield from _profiles(study, categories)
    for name in study.further_demographics:
        if name not in items:
            yield Problem("study.yml", "further_demographics", name, f"is no question of {instrument}",
                          "correct the id")  # fmt: skip
    if study.consent:
        question, refused = study.consent
        if question not in closed:
            yield Problem("study.yml", "consent.question", question, f"is no question that {instrument} asks",
                          "correct it")  # fmt: skip
        elif refused not in {category.id for category in categories.get(question, ())}:
            yield Problem("study.yml", "consent.refused", refused, f"is no answer to `{question}`", "correct it")
    for name in categories:
        if name not in items:
            yield Problem(table, "question", name, f"is no closed question of {instrument}", "correct the name")


def _profiles(study: Study, categories: Mapping[str, Sequence[Category]]) -> Iterable[Problem]:
    """Groupings and categories that profiles and cross-sections name."""
    groupings = {grouping.id: grouping.categories for grouping in study.groupings}
    closed = {q.item for q in study.questions if q.type in CLOSED} | groupings.keys()
    remedy = f"use one of: {', '.join(groupings) or 'none'}"
    for name in study.profiles:
        if name not in groupings:
            yield Problem("study.yml", "profiles", name, "is no grouping of the study", remedy)
    for section in study.cross_sections:
        place = f"cross_sections, {section.id}"
        if section.id in groupings:
            yield Problem(
                "study.yml", place, section.id, "is the id of a grouping", "choose an id that no grouping has"
            )
        if not section.where:
            yield Problem("study.yml", place, "", "names no category", "write where: {question: category}")
        for name, category in section.where:
            if name not in closed:
                known = f"use one of: {', '.join(sorted(closed))}"
                yield Problem("study.yml", place, name, "is no grouping or closed question of the study", known)
            elif category not in (ids := [one.id for one in (groupings.get(name) or categories.get(name, ()))]):
                known = f"use one of: {', '.join(ids)}"
                yield Problem("study.yml", place, f"{name}: {category}", "is no category of it", known)


def _names_in_question(
    question: Question, study: Study, closed: Mapping[str, Collection[str]]
) -> Iterable[tuple[str, str, str, str]]:
    table = study.files["categories"].name
    if question.type in ("rating", "change_over_time") and question.response_set not in study.response_sets:
        remedy = f"use one of: {', '.join(study.response_sets)}"
        yield "response_type", question.response_set, "is no response set of study.yml", remedy
    if question.type in CLOSED and not closed[question.item]:
        yield "item", question.item, "has no categories", f"add its answers to {table}"
    for other, category in question.asked_if:
        rule = f"{other}={category}"
        if other not in closed:
            yield "asked_if", rule, f"`{other}` is no closed question that is asked", "write question=category"
        elif category not in closed[other]:
            remedy = f"write question=category with ids of {table}"
            yield "asked_if", rule, "names a category that does not exist", remedy
    if question.scale and question.scale not in {scale.id for scale in study.scales}:
        yield "scale", question.scale, "is no scale of study.yml", "add it to `scales`, or correct the row"
    if question.type == "change_over_time" and question.period not in {period.id for period in study.periods}:
        yield "period", question.period, "is no period of study.yml", "add it to `periods`, or correct the row"


def _answers_in_scale(question: Question, study: Study) -> Iterable[tuple[str, str, str, str]]:
    """Whether an item has the answers of its scale: one table has one head, and one mean one range of scores.

    What counts as missing may differ from item to item. The set that most items have is that of the scale.
    """
    own = study.response_sets.get(question.response_set)
    others = [
        known
        for other in study.questions
        if other.type == "rating" and other.scale == question.scale and other is not question
        if (known := study.response_sets.get(other.response_set)) and known.scores
    ]
    if question.type != "rating" or own is None or not own.scores or not others:
        return
    usual = Counter(answers.id for answers in (*others, own)).most_common(1)[0][0]
    scale = study.response_sets[usual]
    against = [other for other in others if _direction(own) * _direction(other) < 0 or _mirrored(own, other)]
    if own.ends != scale.ends:
        ranges = [f"{low} to {high}" for low, high in (own.ends, scale.ends)]
        message = f"its scores run from {ranges[0]}, those of its scale (`{usual}`) from {ranges[1]}"
        yield "response_type", own.id, message, "put it into a scale of its own, or give it the same answers"
    elif question.reverse and against:
        message = f"the scores of `{own.id}` run against those of `{against[0].id}` already, so that they turn twice"
        yield "reverse", YES, message, f"give it the answers of the others (`{usual}`) and keep yes"
    elif _seen(own) != _seen(scale):
        message = f"its answers differ from those of its scale (`{usual}`), and one table has one head"
        yield (
            "response_type",
            own.id,
            message,
            (
                f"write `{usual}`, with yes in the column `reverse` for an item that says the opposite of the others; "
                "or put it into a scale of its own"
            ),
        )


def _seen(answers: ResponseSet) -> object:
    """What a table tells of a set: answers with scores and sides, words, measures."""
    options = [(option.id, spelling(option.answer), option.score, option.side) for option in answers.options]
    return options, dict(answers.words), dict(answers.measures)


def _direction(answers: ResponseSet) -> int:
    """1 where the positive side has the high scores, -1 where it has the low ones, 0 where it cannot be told."""
    good, bad = ([answers.scores[option] for option in answers.side(side) if option in answers.scores] for side in ENDS)
    if not good or not bad:
        return 0
    return (min(good) > max(bad)) - (max(good) < min(bad))


def _mirrored(one: ResponseSet, other: ResponseSet) -> bool:
    """Whether one set has the answers of the other with their scores turned."""
    mine, theirs = (
        {spelling(option.answer): scores[option.id] for option in answers.options if option.id in scores}
        for answers, scores in ((one, one.scores), (other, other.turned))
    )
    return one.id != other.id and mine == theirs
