"""The sources of the pages of profiles: one document a group, and the index with its table."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from importlib import resources

import pandas as pd

from survey_report.escaping import front_matter, one_line, settled, typeset
from survey_report.findings.profile_groups import ProfileGroup
from survey_report.findings.profiles import Profiles
from survey_report.frames import each_row
from survey_report.profile_text import too_small_sentence
from survey_report.study import Study

PARTS = ("fig-scales", "tbl-scales", "fig-items", "tbl-items", "fig-change", "tbl-change", "tbl-themes", "tbl-answers")
NOTICE = """::: {.content-visible when-meta="synthetic"}

:::: {.notice}

```{=typst}
#notice[
```

**Every figure on this page is invented.** %who% Nobody gave these answers: the data are synthetic, and nothing here may
be quoted as a finding.

```{=typst}
]
```

::::

:::"""
SCRIPT = "profiles.js"  # beside the index: searches and sorts its table
COLUMNS = ("Group", "Kind", "Respondents", "Scales that differ", "PDF")


def book_of(study: Study, run: str) -> str:
    """Project path of an executed notebook."""
    return f"/_build/{study.id}/findings/{run}.ipynb"


def profile_source(template: str, group: ProfileGroup, study: Study, labels: Collection[str]) -> str:
    """The document of a group's profile; figures and tables of which the notebook has nothing are left out."""
    name, book = group.name, book_of(study, f"profile-{group.name}")
    places = {"book": book, "name": name}
    for part in PARTS:
        kind, _, which = part.partition("-")
        label = f"{kind}-{name}-{which}"
        places[part] = f"{{{{< embed {book}#{label} >}}}}" if label in labels else ""
    return filled(template, _of_group(group) | places)


def too_small_source(template: str, group: ProfileGroup, study: Study, withheld: str) -> str:
    """The document that says why a group has no profile."""
    reason = settled(withheld or too_small_sentence(group.label, study))
    return filled(template, _of_group(group) | {"reason": reason})


def _of_group(group: ProfileGroup) -> dict[str, str]:
    """What every document of a group says; label and heading stand in its front matter."""
    notice = filled(NOTICE, {"who": settled(f"It says nothing about {group.label}.")})
    return {"notice": notice, "label": front_matter(group.label), "heading": front_matter(group.heading)}


def filled(template: str, places: Mapping[str, str]) -> str:
    """A template with its places filled; what is put there is not searched again, and other places stay."""
    return re.sub(r"%([a-z-]+)%", lambda found: places.get(found[1], found[0]), template)


def index_source(
    template: str, profiles: Profiles, study: Study, made: Collection[str], overviews: Mapping[str, Mapping[str, str]]
) -> str:
    """The index. `made` are pages (`grouping/group`) that are there; `overviews` names by scale the runs with a chart
    of all groups, by grouping."""
    who = "So is every figure of every group, area and service on the pages that it leads to."
    notice = filled(NOTICE, {"who": who})
    parts = []
    for grouping, runs in overviews.items():
        parts.append(f"# {typeset(study.grouping(grouping).label)}: all groups by name\n")
        parts.append(
            "Each row is one group beside all other respondents, in the order of the alphabet. Long intervals belong "
            "to small groups. Most differences that look large are such intervals.\n"
        )
        parts.append("::: {.panel-tabset}\n")
        for scale, run in runs.items():
            parts.append(f"## {typeset(study.scale(scale).title)}\n")
            parts.append(f"{{{{< embed {book_of(study, run)}#fig-{grouping}-{scale} >}}}}\n")
        parts.append(":::\n")
    table = "```{=html}\n" + index_table(profiles, made) + "\n```"
    return filled(template, {"notice": notice, "table": table, "overviews": "\n".join(parts)})


def index_rows(profiles: Profiles, made: Collection[str]) -> pd.DataFrame:
    """One row a profile, by kind and then in the study's order: page, label, heading, n (NA where not shown), compared,
    differ (scales; NA where there are none), reason, made."""
    scales = profiles.scales[profiles.scales["low"].notna()]
    counts = scales.groupby(["grouping", "group"])["differs"].agg(["size", "sum"])
    rows = []
    for row in each_row(profiles.groups):
        key, page = (row.grouping, row.group), f"{row.grouping}/{row.group}"
        compared, differ = counts.loc[key] if key in counts.index else (pd.NA, pd.NA)
        rows.append((page, row.label, row.heading, row.n, compared, differ, row.reason, page in made))
    return pd.DataFrame(rows, columns=["page", "label", "heading", "n", "compared", "differ", "reason", "made"])


def index_script() -> str:
    """The script that goes with the index."""
    return (resources.files("survey_report") / "assets" / SCRIPT).read_text(encoding="utf-8")


def index_table(profiles: Profiles, made: Collection[str]) -> str:
    """The table of all profiles as HTML: plain without the script that comes with it, searched and sorted with it."""
    head = "".join(f'<th scope="col"{_align(name)}>{name}</th>' for name in COLUMNS)
    body = "\n".join(_row(row) for row in each_row(index_rows(profiles, made)))
    return (
        '<div class="profile-list">\n'
        '<p class="profile-search" hidden><label for="profile-search">Search</label> '
        '<input type="search" id="profile-search" autocomplete="off"> '
        '<span role="status" id="profile-count"></span></p>\n'
        '<div class="table-scroll" tabindex="0" role="region" aria-label="Profiles">\n'
        '<table class="table" id="profiles" data-quarto-disable-processing="true">\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>\n"
        f'<script src="{SCRIPT}"></script>\n</div>'
    )


def _align(name: str) -> str:
    return ' class="number"' if name in COLUMNS[2:4] else ""


def _as_html(text: str) -> str:
    """A text in HTML that stands in Markdown between backticks."""
    return html.escape(one_line(text)).replace("`", "&#96;")


def _row(row: object) -> str:
    page, label, heading, n = (getattr(row, name) for name in ("page", "label", "heading", "n"))
    compared, differ, reason, made = (getattr(row, name) for name in ("compared", "differ", "reason", "made"))
    name = _as_html(label)
    first = f'<a href="{page}.html">{name}</a>' if made else f"{name} (not made)"
    size = '<span class="hidden-value">not shown</span>' if pd.isna(n) else f"<em>{n:,}</em>"
    if pd.isna(compared):
        found = f'<span class="hidden-value">{_as_html(reason) or "not shown"}</span>'
    else:
        found = f"<em>{differ} of {compared}</em>"
    number = -1 if pd.isna(n) else n
    pdf = f'<a href="{page}.pdf" aria-label="{name} as PDF">PDF</a>' if made else ""
    return (
        f'<tr><th scope="row">{first}</th><td class="kind">{_as_html(heading)}</td>'
        f'<td class="number" data-sort="{number}">{size}</td>'
        f'<td class="number" data-sort="{-1 if pd.isna(compared) else differ}">{found}</td><td>{pdf}</td></tr>'
    )
