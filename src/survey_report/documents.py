"""The documents of a study's site: those it has of its own, and general ones for what it lacks.

Sources that serve any study name the default one in the paths of embedded cells, since Quarto takes no variables there;
for another study the name is replaced when the sources are laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from survey_report.escaping import typeset
from survey_report.places import DEFAULT_STUDY
from survey_report.study import Scale, Study

TEMPLATES = "any-study"
# Pages in the order of the site, with their names in its navigation; a study's further documents follow the first ones.
NAMES = {
    "full-report": "Full report",
    "short-report": "Report",
    "briefing": "Key messages",
    "slides": "Slides",
    "summary": "Summary",
    "supplementary": "Supplementary report",
}
RECORDS = {
    "register": "Register of published figures",
    "errata": "Inconsistencies in print",
    "synthetic-data": "How the data were made",
}
ASKED = "It put {{< var study.n_items >}} rated questions in {{< var study.n_scales >}} parts. "
GENERAL = ("full-report", "supplementary")


def own_documents(root: Path, study_id: str) -> list[str]:
    """Names of the documents that a study has of its own, without suffix."""
    return sorted(path.stem for path in (root / "report" / study_id).glob("*.qmd") if not path.stem.startswith("_"))


def document_names(root: Path, study: Study) -> list[str]:
    """All documents of a study in the order of its site: its own, or the general report; its records."""
    own = own_documents(root, study.id)
    published = "published" in study.files
    records = [name for name in RECORDS if name in own or (published and name in {"register", *study.files})]
    reports = [name for name in own if name not in RECORDS] or list(GENERAL)
    order = [*NAMES, *reports]
    return [*sorted(set(reports), key=order.index), *records]


def general_sources(root: Path, study: Study) -> dict[str, str]:
    """Sources of what a study has not of its own, by their place below the project: reports, records, the index."""
    templates = {path.stem: path.read_text(encoding="utf-8") for path in (root / "report" / TEMPLATES).glob("*.qmd")}
    own, found = own_documents(root, study.id), {}
    for name in document_names(root, study):
        if name not in own:
            found[f"report/{study.id}/{name}.qmd"] = _filled(templates[name], study, templates)
    links = "\n".join(
        f"- **[{typeset(_named(name))}](report/{study.id}/{name}.qmd)**" for name in document_names(root, study)
    )
    if study.scales:
        links += "\n- **[Explore the results](explore.qmd)**: choose a scale, an item or a grouping"
    found["index.qmd"] = _filled(templates["index"].replace("%documents%", links), study, templates)
    return found


def for_study(text: str, study_id: str) -> str:
    """A source that serves any study, with the cells of this study in the place of the default one's."""
    return text.replace(f"/_build/{DEFAULT_STUDY}/", f"/_build/{study_id}/")


def for_study_folder(names: Iterable[str], study_id: str) -> list[str]:
    """Files of the default study's documents as those of another study; shared ones as they are."""
    return [name.replace(f"report/{DEFAULT_STUDY}/", f"report/{study_id}/") for name in names]


def project_of(config: Mapping[str, Any], root: Path, study: Study) -> dict[str, Any]:
    """The configuration of the site of another study, from that of the default one."""
    pages = [f"report/{study.id}/{name}.qmd" for name in document_names(root, study)]
    navigation = [
        {"text": "Home", "href": "index.qmd"},
        *({"text": _named(Path(page).stem), "href": page} for page in pages),
        *({"text": "Explore the results", "href": page} for page in _explored(study)),
        {"text": "Reproducibility", "href": "reproducibility.qmd"},
    ]
    project = {
        **config["project"],
        "resources": [for_study("/" + path, study.id)[1:] for path in config["project"]["resources"]],
        "render": ["index.qmd", *pages, *_explored(study), "reproducibility.qmd"],
    }
    website = {**config["website"], "title": str(typeset(study.short_title)), "sidebar": {"contents": navigation}}
    changed = {**config, "project": project, "website": website, "lang": study.language}
    changed["metadata-files"] = [for_study("/" + path, study.id)[1:] for path in config["metadata-files"]]
    changed["format"] = {
        name: {
            **options,
            **(
                {"reference-doc": for_study("/" + options["reference-doc"], study.id)[1:]}
                if "reference-doc" in options
                else {}
            ),
        }
        for name, options in config["format"].items()
    }
    own = for_study_folder(config["bibliography"], study.id)
    changed["bibliography"] = [name for name in own if (root / name).is_file()]
    return changed


def _explored(study: Study) -> list[str]:
    """The page where a reader chooses what to see, for a study that has scales to choose from."""
    return ["explore.qmd"] if study.scales else []


def project_text(root: Path, study: Study) -> str:
    """`_quarto.yml` of the site of another study."""
    config = yaml.safe_load((root / "_quarto.yml").read_text(encoding="utf-8"))
    return yaml.safe_dump(project_of(config, root, study), sort_keys=False, allow_unicode=True, width=1000)


def _named(name: str) -> str:
    return NAMES.get(name) or RECORDS.get(name) or name.replace("-", " ").capitalize()


def _filled(template: str, study: Study, templates: Mapping[str, str]) -> str:
    """A template with the study's parts: `%sections%`, `%tables%` once a scale, `%levels%` once a derived grouping,
    `%voices%` once a part of the code frame; `%measures%` are the parts of the supplement for which it has anything.
    What speaks of scores, or of groups compared, is left out where the study has none."""
    scores, tests = bool(study.scales), bool(study.scales and study.tested_groupings)
    compared = [g for g in study.tested_groupings if g.mapping and tests]
    reading = [*(["_scores"] if scores else []), "_tests" if tests else "_counts"]
    parts = {
        "%reading%": "\n".join(templates[name] for name in reading),
        "%asked%": ASKED if scores else "",
        "%chose%": "{{< include /report/_chose.qmd >}}" if scores else "",
        "%respondents%": "\n".join(_respondents(study, templates)),
        "%sections%": "".join(_section(scale, study, templates) for scale in study.scales),
        "%comparisons%": templates["_comparisons"] if tests else "",
        "%tables%": "".join(_tables(scale, study, templates) for scale in study.scales),
        "%instrument%": templates["_instrument"] + ("\n" + templates["_answers"] if scores else ""),
        "%measures%": "\n".join(_measures(study, templates)),
        "%levels%": "".join(
            templates["_levels"].replace("%grouping%", g.id).replace("%label%", _text(g.label)) for g in compared
        ),
        "%voices%": _voices(study, templates),
    }
    for place, text in parts.items():
        template = template.replace(place, text.strip("\n"))
    return template.replace("%study%", study.id)


def _voices(study: Study, templates: Mapping[str, str]) -> str:
    """What sources say: of the whole code frame, then of each of its parts that the study names."""
    if study.coded is None:
        return ""
    parts = [
        templates["_voices-section"].replace("%section%", section).replace("%title%", _text(title))
        for section, title in study.coded.sections
    ]
    return "\n\n".join([templates["_voices"], *parts])


def _measures(study: Study, templates: Mapping[str, str]) -> Iterable[str]:
    """Sections on answers, change, measurement and weighting; those that serve any study lie beside the templates."""
    has = {
        "items": bool(study.scales),
        "change": any(s.changes for s in study.scales),
        "measurement": bool(study.scales),
    }
    yield from (f"{{{{< include /report/_{name}.qmd >}}}}\n" for name in has if has[name])
    if any(grouping.mapping for grouping in study.groupings):
        yield templates["_categories"]
    if "margins" in study.files:
        yield templates["_weighting"]


def _respondents(study: Study, templates: Mapping[str, str]) -> Iterable[str]:
    """Embedded tables of the respondents section: those of which the study has anything."""
    groupings, further = study.groupings, study.further_demographics
    has = {
        "txt-respondents": bool(groupings),
        "tbl-respondents": any(g.tested and not g.mapping and g.id not in further for g in groupings),
        "tbl-areas": any(not g.tested for g in groupings),
        "tbl-levels": any(g.mapping for g in groupings),
        "tbl-demographics": bool(further),
        "tbl-focus-groups": any(row.method == "focus_group" for row in study.participants),
        "tbl-interviews": any(row.method == "interview" for row in study.participants),
    }
    return (templates["_cell"].replace("%run%", "respondents").replace("%label%", name) for name in has if has[name])


def _section(scale: Scale, study: Study, templates: Mapping[str, str]) -> str:
    text = templates["_section"]
    if study.tested_groupings:
        text += "\n" + templates["_section-groups"]
    if scale.changes:
        text += "\n" + templates["_section-change"]
    return _of_scale(text, scale)


def _tables(scale: Scale, study: Study, templates: Mapping[str, str]) -> str:
    compared = ["tbl-%scale%-sizes", "tbl-%scale%-differences", "txt-%scale%-conclusion", "tbl-%scale%-sensitivity"]
    labels = [
        ("theme", "tbl-%scale%-items"),
        *(("comparison", label) for label in compared if study.tested_groupings),
        *([("theme", "tbl-%scale%-change")] if scale.changes else []),
    ]
    cells = [templates["_cell"].replace("%run%", f"{run}-%scale%").replace("%label%", label) for run, label in labels]
    return _of_scale(templates["_tables"] + "\n" + "\n".join(cells), scale)


def _of_scale(text: str, scale: Scale) -> str:
    return "\n" + text.replace("%scale%", scale.id).replace("%title%", _text(scale.title)) + "\n"


def _text(text: str) -> str:
    """A text of the study in a template; its per cent signs name no place there."""
    return typeset(text).replace("%", "\\%")
