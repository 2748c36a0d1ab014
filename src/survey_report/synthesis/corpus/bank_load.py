"""Reading corpus.yml of a study and the tables it names, with everything that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from survey_report.errors import Problem, raise_if_any
from survey_report.study import Study
from survey_report.study_fields import Fields, own_file, read_table, read_yaml
from survey_report.synthesis.corpus.bank import (
    ANSWER_PARTS,
    SESSION_PARTS,
    SURVEY,
    AnswerForm,
    Bank,
    CodingForm,
    Draw,
    Glue,
    MethodForm,
    Passage,
    Session,
    Theme,
)
from survey_report.synthesis.corpus.session_load import read_sessions

THEME_COLUMNS = ["id", "section", "theme", "subtheme", "valence", "methods", "services"]
PASSAGE_COLUMNS = ["theme", "method", "speaker", "text", "identifying"]
GLUE_COLUMNS = ["method", "part", "about", "text", "identifying"]
CROSSWALK_COLUMNS = ["label", "found_in", "kind", "survey_id", "figures_group"]
NO_KIND = "none"


def read_bank(study: Study, name: str) -> Bank:
    """Read the bank that `name`, a file in the study's folder, describes.

    Raises UserError listing every missing key, unknown theme and speaker, and question without a passage.
    """
    problems: list[Problem] = []
    bank = load_bank(study, name, problems)
    raise_if_any(problems)
    return bank


def load_bank(study: Study, name: str, problems: list[Problem]) -> Bank:
    """Like `read_bank`, but what is wrong is added to `problems`, and the bank must not be used if there is any.

    Raises UserError only where the file cannot be read at all.
    """
    folder = study.folder
    top = Fields(read_yaml(own_file(folder, name), problems), Path(name).name, "", problems)
    raise_if_any(problems if not top.data else ())
    crosswalk = read_table(own_file(folder, top.text("crosswalk")), CROSSWALK_COLUMNS, problems)
    kinds = tuple(dict.fromkeys(row["kind"] for row in crosswalk if row["kind"] != NO_KIND))
    categories = {c.id for g in study.groupings if g.id in kinds for c in g.categories}
    themes = _themes(folder, top.text("themes"), crosswalk, problems)
    passages: list[Passage] = []
    for file in top.rows("passages"):
        passages.extend(_passages(own_file(folder, str(file)), themes, categories, problems))
    glue = _glue(own_file(folder, top.text("glue")), problems)
    methods = _methods(top)
    variables = {key: top.part("variables").text(key) for key in top.part("variables").data}
    sessions = _sessions(study, top.text("sessions", ""), crosswalk, methods, problems)
    bank = Bank(
        name=top.text("name"),
        description=top.text("description"),
        seed=int(top.number("seed", 0, 2**32)),
        themes=tuple(themes.values()),
        passages=tuple(passages),
        glue=glue,
        sessions=sessions,
        limits=_limits(folder, top.text("limits", ""), themes, problems),
        draws=_draws(top, study),
        valences=_valences(top.part("valences")),
        kinds=kinds,
        variables=variables,
        named_service=top.number("named_service", 0.01, 100),
        answers=_answer_form(top.part("answers")),
        methods=methods,
        coding=_coding_form(top.part("coding")),
    )
    top.done()
    problems.extend(_gaps(bank, study, name))
    return bank


def _themes(folder: Path, name: str, crosswalk: list[dict[str, str]], problems: list[Problem]) -> dict[str, Theme]:
    counterpart = {row["label"]: row["survey_id"] for row in crosswalk if "themes" in row["found_in"].split(";")}
    found = {}
    for number, row in enumerate(read_table(own_file(folder, name), THEME_COLUMNS, problems), 2):
        services = _several(row["services"])
        for label in services:
            if label not in counterpart:
                what = "is no label of the crosswalk's themes"
                problems.append(Problem(name, f"row {number}", label, what, "add it to the crosswalk"))
        named = frozenset(counterpart[label] for label in services if counterpart.get(label))
        found[row["id"]] = Theme(
            row["id"], row["section"], row["theme"], row["subtheme"], row["valence"],
            _several(row["methods"]), services, named,
        )  # fmt: skip
    return found


def _passages(path: Path, themes: Mapping[str, Theme], categories: set[str], problems: list[Problem]) -> list[Passage]:
    found = []
    for number, row in enumerate(read_table(path, PASSAGE_COLUMNS, problems), 2):
        place = f"row {number}"
        theme = themes.get(row["theme"])
        if theme is None:
            problems.append(Problem(path.name, place, row["theme"], "is no theme", "use an id of the table of themes"))
            continue
        if row["method"] not in theme.methods:
            what = "is no method in which this theme came up"
            problems.append(Problem(path.name, place, row["method"], what, f"use one of {', '.join(theme.methods)}"))
        if row["speaker"] and row["speaker"].removeprefix("!") not in categories:
            what = "is no category that a speaker can have"
            problems.append(Problem(path.name, place, row["speaker"], what, "use an id of categories.csv"))
        if not row["text"].strip() or row["text"] != " ".join(row["text"].split()):
            what = "is empty or holds spaces that an export would not keep"
            problems.append(Problem(path.name, place, row["text"][:40], what, "write words with single spaces"))
        names = _names(path, place, row, problems)
        found.append(Passage(row["theme"], row["method"], row["speaker"], row["text"], names))
    return found


def _glue(path: Path, problems: list[Problem]) -> tuple[Glue, ...]:
    found = []
    for number, row in enumerate(read_table(path, GLUE_COLUMNS, problems), 2):
        place = f"row {number}"
        parts = ANSWER_PARTS if row["method"] == SURVEY else SESSION_PARTS
        if row["part"] not in parts:
            problems.append(Problem(path.name, place, row["part"], "is no part", f"use one of {', '.join(parts)}"))
        names = _names(path, place, row, problems)
        found.append(Glue(row["method"], row["part"], row["about"], row["text"], names))
    return tuple(found)


def _names(path: Path, place: str, row: Mapping[str, str], problems: list[Problem]) -> tuple[str, ...]:
    names = _several(row["identifying"])
    for name in names:
        if name not in row["text"]:
            problems.append(Problem(path.name, place, name, "does not stand in the text", "spell it as the text does"))
    return names


def _sessions(
    study: Study,
    name: str,
    crosswalk: list[dict[str, str]],
    methods: tuple[MethodForm, ...],
    problems: list[Problem],
) -> tuple[Session, ...]:
    if not name:
        return ()
    counts_as = {form.method: form.counts_as for form in methods}
    return read_sessions(study, own_file(study.folder, name), crosswalk, counts_as, problems)


def _limits(folder: Path, name: str, themes: Mapping[str, Theme], problems: list[Problem]) -> dict[str, int]:
    found = {}
    rows = read_table(own_file(folder, name), ["theme", "most"], problems) if name else []
    for number, row in enumerate(rows, 2):
        if row["theme"] not in themes or not row["most"].isdigit():
            value = f"{row['theme']}, {row['most']}"
            what = "names no theme, or no whole number"
            problems.append(Problem(name, f"row {number}", value, what, "correct the row"))
            continue
        found[row["theme"]] = int(row["most"])
    return found


def _draws(top: Fields, study: Study) -> tuple[Draw, ...]:
    scales = {question.scale for question in study.open_questions}
    found = []
    for fields in top.each("questions"):
        draw = Draw(fields.text("section"), fields.text("theme", ""), tuple(map(str, fields.rows("scales"))))
        for scale in draw.scales:
            if scale not in scales:
                fields.note("scales", scale, "has no open question", "use a scale of an open question")
        fields.done()
        found.append(draw)
    return tuple(found)


def _valences(fields: Fields) -> dict[str, tuple[str, ...]]:
    return {str(item): tuple(map(str, fields.rows(str(item)))) for item in fields.data}


def _answer_form(fields: Fields) -> AnswerForm:
    form = AnswerForm(
        tuple(float(share) for share in fields.rows("passages")),
        fields.number("opener", 0, 100) / 100,
        fields.number("closer", 0, 100) / 100,
        fields.number("link", 0, 100) / 100,
        int(fields.number("most_uses", 1, 1000)),
    )
    fields.done()
    return form


def _methods(top: Fields) -> tuple[MethodForm, ...]:
    found = []
    for fields in top.each("methods"):
        part = fields.part("counts_as")
        found.append(
            MethodForm(
                fields.text("method"),
                fields.text("asker"),
                {str(kind): part.text(str(kind)) for kind in part.data},
                int(fields.number("fewest", 1, 1000)),
                int(fields.number("most", 1, 1000)),
            )
        )
        fields.done()
    return tuple(found)


def _coding_form(fields: Fields) -> CodingForm:
    coders = [str(name) for name in fields.rows("coders")]
    if len(coders) != 2:
        fields.note("coders", coders, "should be two names", "name the first and the second coder")
        coders = ["", ""]
    shares = ("overlap", "agree", "hard_themes", "agree_hard", "same_stretch", "neighbour", "extra")
    form = CodingForm((coders[0], coders[1]), *(fields.number(share, 0, 100) / 100 for share in shares))
    fields.done()
    return form


def _gaps(bank: Bank, study: Study, name: str) -> list[Problem]:
    """Open questions and sessions to which nothing in the bank can be said."""
    problems = []
    known_codes = {code for theme in bank.themes for code in (theme.top, theme.parent)}
    for about in sorted({glue.about for glue in bank.glue if glue.about}):
        if about not in known_codes | {question.item for question in study.open_questions}:
            what = "is neither an open question nor a section or theme"
            problems.append(Problem(Path(name).name, "glue", about, what, "spell it as the code tree does"))
    for question in study.open_questions:
        free = [
            passage
            for theme in bank.raised_under(question)
            for passage in bank.said.get((theme.id, SURVEY), ())
            if not passage.speaker and not theme.named
        ]
        if not free:
            what = "no passage can be written by everybody in answer to this question"
            problems.append(Problem(Path(name).name, question.id, "", what, "add passages, or draw more themes for it"))
    known = {form.method for form in bank.methods}
    for session in bank.sessions:
        if session.method not in known:
            what = "is a method without an entry"
            problems.append(Problem(Path(name).name, "methods", session.method, what, "add an entry for it"))
    for method in sorted({session.method for session in bank.sessions} & known):
        codes = dict.fromkeys(theme.parent for theme in bank.themes if (theme.id, method) in bank.said)
        needed = [(part, about) for part in SESSION_PARTS for about in (codes if part == "question" else [""])]
        for part, about in needed:
            if not bank.words(method, part, about):
                what = "the sessions of this method need words of this part"
                problems.append(Problem(Path(name).name, f"glue, {method}, {part}", about, what, "add a row to it"))
    return problems


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
