"""Beside each figure and table: the notebook that made it, and the published figures that it holds."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from survey_report.numbers import Number
from survey_report.site.numbers import NumberFacts, Printed

DATA_LINK = re.compile(r'<a (?:[^>]*?)href="[^"]*/downloads/(?:synthetic-)?((?:fig|tbl)-[^"/]+)\.csv"[^>]*>Data</a>')
END = "</figure>"
HEADER = ("What", "Printed", "Here", "Status")


def same_data(folder: Path) -> dict[str, str]:
    """Figures by label with the table that has the same data, so that both show the same published figures."""
    tables = {path.read_bytes(): path.stem for path in sorted(folder.glob("tbl-*.csv"), reverse=True)}
    figures = {path.stem: tables.get(path.read_bytes(), "") for path in sorted(folder.glob("fig-*.csv"))}
    return {figure: table for figure, table in figures.items() if table}


def with_checks(
    markup: str, page: str, facts: NumberFacts, same: Mapping[str, str], notebooks: Mapping[str, str], register: str
) -> str:
    """The page with links to the notebooks beside the links to the data, and published figures below each float.

    `notebooks` are addresses from the root by label, `register` is the address of the register's page or empty.
    """
    folder = posixpath.dirname(page) or "."

    def link(found: re.Match[str]) -> str:
        address = notebooks.get(found[1], "")
        if not address:
            return found[0]
        name = _words(found[0])
        path, _, anchor = address.partition("#")
        href = html.escape(f"{posixpath.relpath(path, folder)}#{anchor}")
        label = f' aria-label="{name.replace("Data as CSV", "Notebook", 1)}"' if name else ""
        return f'{found[0]} <a class="made-by" href="{href}"{label}>Notebook</a>'

    labels = list(dict.fromkeys(DATA_LINK.findall(markup)))
    markup = DATA_LINK.sub(link, markup)
    for label in labels if register else ():
        rows = facts.of_source(same.get(label, label))
        if rows:
            markup = _below(markup, label, disclosure(rows, label, posixpath.relpath(register, folder)))
    return markup


def disclosure(rows: Sequence[tuple[Number, Printed]], label: str, register: str) -> str:
    """Published figures of a table in a box that unfolds: what is printed, what is computed, whether they agree."""
    matching = sum(row.status == "match" for _, row in rows)
    many = f"{len(rows)} published figure{'' if len(rows) == 1 else 's'}"
    summary = (
        f"{many} here, {'all' if matching == len(rows) else matching} matching"
        if len(rows) > 1
        else (f"{many} here, {'matching' if matching else rows[0][1].status}")
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in HEADER)
    lines = []
    for _, row in rows:
        address = html.escape(f"{register}#{row.id}")
        cells = "".join(f"<td>{html.escape(text) or '–'}</td>" for text in (row.published, row.here))
        status = f'<td><span class="status-{row.status}">{row.status}</span></td>'
        lines.append(f'<tr><th scope="row"><a href="{address}">{html.escape(row.id)}</a></th>{cells}{status}</tr>')
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    name = html.escape(f"Published figures of {label}")
    box = f'<div class="table-scroll" role="region" tabindex="0" aria-label="{name}">{table}</div>'
    return f'<details class="print-check"><summary>{summary}</summary>{box}</details>'


def _below(markup: str, label: str, addition: str) -> str:
    """The addition after the figure element of a float; the page as it is where there is none."""
    start = re.search(rf'<div [^>]*\bid="{re.escape(label)}"', markup)
    end = markup.find(END, start.end()) if start else -1
    return markup if end < 0 else markup[: end + len(END)] + addition + markup[end + len(END) :]


def _words(link: str) -> str:
    found = re.search(r'aria-label="([^"]*)"', link)
    return found[1] if found else ""
