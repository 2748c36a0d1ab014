"""What a study says of its coded material: the keys `corpus` and `quotations` of study.yml; both may be absent."""

from __future__ import annotations

from pathlib import Path

from survey_report.qualitative.naming import read_naming
from survey_report.study import CodedMaterial, QuotationRules
from survey_report.study_fields import Fields, read_table

CROSSWALK = ["label", "kind", "survey_id"]
KINDS = ("service", "sector", "role", "none")
LENGTHS = (1, 2000)


def read_coded_material(top: Fields, folder: Path) -> CodedMaterial | None:
    """What `top` says of coded material; None where it says nothing. What does not fit is noted in its problems.

    `corpus` may have `file`, `synthetic`, `sections` (id and title each), `crosswalk`, and the names that `read_naming`
    reads; `quotations` may have `each_theme`, `shortest`, `longest` (characters) and `allowed`, a table with a column
    `word`.
    """
    told = [name for name in ("corpus", "quotations") if name in top.data]
    top.taken.update(("corpus", "quotations"))
    if not told:
        return None
    corpus, quotations = (
        top.part(name) if name in told else Fields({}, top.file, name, top.problems)
        for name in ("corpus", "quotations")
    )
    sections = []
    for part in corpus.each("sections", []):
        sections.append((part.text("id"), part.text("title")))
        part.done()
    corpus.path("file", folder, "")
    found = CodedMaterial(
        file=corpus.text("file", ""),
        synthetic=corpus.flag("synthetic", False),
        naming=read_naming(corpus),
        sections=tuple(sections),
        crosswalk=_crosswalk(corpus, folder),
        allowed=_allowed(quotations, folder),
        rules=_rules(quotations),
    )
    for fields in (corpus, quotations):
        fields.done()
    return found


def _crosswalk(fields: Fields, folder: Path) -> tuple[tuple[str, str, str], ...]:
    path = fields.path("crosswalk", folder, "")
    rows = read_table(path, CROSSWALK, fields.problems) if path else []
    for number, row in enumerate(rows, 2):
        if row["kind"] not in KINDS:
            place = Fields({}, path.name if path else "", f"row {number}", fields.problems)
            place.note("kind", row["kind"], "is not known", f"use one of: {', '.join(KINDS)}")
    return tuple((row["label"], row["kind"], row["survey_id"]) for row in rows)


def _allowed(fields: Fields, folder: Path) -> tuple[str, ...]:
    path = fields.path("allowed", folder, "")
    rows = read_table(path, ["word"], fields.problems) if path else []
    return tuple(row["word"] for row in rows)


def _rules(fields: Fields) -> QuotationRules:
    usual = QuotationRules()
    each, shortest, longest = (
        fields.whole(key, *bounds) if key in fields.data else default
        for key, bounds, default in (
            ("each_theme", (0, 20), usual.a_theme),
            ("shortest", LENGTHS, usual.shortest),
            ("longest", LENGTHS, usual.longest),
        )
    )
    fields.taken.update(("each_theme", "shortest", "longest"))
    if shortest > longest:
        fields.note("shortest", shortest, f"is more than `longest`, {longest}", "correct one of them")
    return QuotationRules(each, shortest, longest)
