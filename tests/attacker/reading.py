"""What pages show: numbers of HTML tables, alternative texts, sentences, scripts and drawings beside the CSV downloads.

Whatever a page shows has to stand in the download of its table or figure, row by row and no finer. If it does, the
downloads are all there is to attack. Nothing of the package is used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from bs4 import BeautifulSoup, Tag
from knowledge import tables_under

NUMBER = re.compile(r"(?<![\w.])[-−+]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?![\w.]*\w)")
SHARE = re.compile(r"([-−+]?\d[\d,]*(?:\.\d+)?)(?=%| points)")
TOTAL = "All respondents"
LEVEL = "95%"  # of every interval, in words about them
Shown = tuple[float, int]


@dataclass(frozen=True)
class Exhibit:
    """A table or figure of a page: rows of numbers (each a value and its decimals) with what they are called."""

    page: str
    label: str
    rows: list[tuple[str, list[Shown]]] = field(default_factory=list)
    alt: list[Shown] = field(default_factory=list)


def numbers_in(text: str, pattern: re.Pattern[str] = NUMBER) -> list[Shown]:
    """Values with the decimals that they are written with."""
    found = []
    for written in pattern.findall(text):
        plain = written.replace("−", "-").replace(",", "")
        found.append((float(plain), max(0, -int(Decimal(plain).as_tuple().exponent))))
    return found


@cache
def exhibits_under(site: Path) -> tuple[Exhibit, ...]:
    """Every table and figure of every page, of pages that show executed notebooks too; a site is read once."""
    return tuple(_exhibits(site))


def _exhibits(site: Path) -> Iterator[Exhibit]:
    for path in sorted(site.rglob("*.html")):
        soup, page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser"), path.relative_to(site).as_posix()
        for place in soup.find_all("div", id=re.compile("^(tbl|fig)-")):
            rows = [row for table in place.find_all("table") for row in _rows(table)]
            alt = " ".join(str(image.get("alt", "")) for image in place.find_all("img"))
            yield Exhibit(page, str(place["id"]), rows, numbers_in(alt.replace(LEVEL, "")))


def _rows(table: Tag) -> Iterator[tuple[str, list[Shown]]]:
    for row in table.find_all("tr"):
        cells = [cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"])]
        if not row.find("td") or not cells:
            continue
        numbers = [number for cell in cells[1:] if not cell.startswith("(") for number in numbers_in(cell)]
        if numbers:
            yield cells[0], numbers


def untold(
    site: Path, labels: re.Pattern[str], public: frozenset[str] = frozenset(), *, rows: bool = True
) -> list[tuple[str, str, str]]:
    """Rows (page, label, name of the row) of tables whose label matches, that their download does not explain.

    One row of the download has to hold all numbers of a row; without `rows`, of tables that set several side by side,
    all rows together. Rows named in `public` are those of figures that were published, beside their own.
    """
    tables, found = tables_under(site), []
    for exhibit in exhibits_under(site):
        if not labels.search(exhibit.label) or not exhibit.rows:
            continue
        table = tables.get(exhibit.label)
        if table is None:
            found.append((exhibit.page, exhibit.label, "no download"))
            continue
        held = [(" ".join(map(str, words)), values) for words, values in _held(table)]
        for name, numbers in exhibit.rows:
            if name in public or name.startswith(TOTAL):
                continue
            mine = [values for words, values in held if _stem(name) in words] or [values for _, values in held]
            if not rows:
                mine = [np.concatenate([values for _, values in held])]
            if not any(_explains(values, numbers) for values in mine):
                found.append((exhibit.page, exhibit.label, name))
    return found


def _stem(name: str) -> str:
    """The name of a row without what is added in brackets."""
    return name.split(" (")[0]


def _held(table: pd.DataFrame) -> Iterator[tuple[list[object], np.ndarray]]:
    numeric = [name for name in table.columns if pd.api.types.is_numeric_dtype(table[name])]
    others = [name for name in table.columns if name not in numeric]
    for (_, words), (_, row) in zip(table[others].iterrows(), table[numeric].iterrows(), strict=True):
        yield list(words), row.to_numpy(float)


def _explains(values: np.ndarray, numbers: Iterable[Shown]) -> bool:
    known = values[~np.isnan(values)]
    return all((np.abs(known - value) <= 0.5 * 10.0**-decimals + 1e-9).any() for value, decimals in numbers)


def untold_words(site: Path, labels: re.Pattern[str]) -> list[tuple[str, str, float]]:
    """Numbers with decimals or signs of alternative texts that stand in no download of their figure.

    Others count rows, of which the download has as many.
    """
    tables, found = tables_under(site), []
    for exhibit in exhibits_under(site):
        if not labels.search(exhibit.label) or not exhibit.alt:
            continue
        table = tables.get(exhibit.label, pd.DataFrame())
        values = np.concatenate([np.arange(0.0, 100.0), *(values for _, values in _held(table))])
        signed = values[100:] if any(decimals for _, decimals in exhibit.alt) else values
        for value, decimals in exhibit.alt:
            if not _explains(signed if decimals or value < 0 else values, [(value, decimals)]):
                found.append((exhibit.page, exhibit.label, value))
    return found


def untold_sentences(site: Path, folder: str) -> list[tuple[str, float]]:
    """Shares and points in the words of pages below a folder, outside tables, that no download of the page holds."""
    tables, found = tables_under(site), []
    for path in sorted((site / folder).glob("*/*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        labels = {str(place["id"]) for place in soup.find_all("div", id=re.compile("^(tbl|fig)-"))}
        for place in soup.find_all(["table", "script", "style", "figcaption"]):
            place.extract()
        main = soup.find("main") or soup
        text = re.sub(r"\s+", " ", main.get_text(" ")).replace(LEVEL, "").replace("95 %", "")
        text = re.sub(r"(\d) %", r"\1%", text)
        held = [values for label in labels if label in tables for _, values in _held(tables[label])]
        values = np.concatenate([np.empty(0), *held])
        found += [
            (path.relative_to(site).as_posix(), shown[0])
            for shown in numbers_in(text, SHARE)
            if not _explains(values, [shown])
        ]
    return found


def scripted(site: Path) -> list[float]:
    """Numbers with decimals in the data that scripts of the site carry."""
    found: list[float] = []

    def walk(content: object) -> None:
        if isinstance(content, dict):
            for part in content.values():
                walk(part)
        elif isinstance(content, list):
            for part in content:
                walk(part)
        elif isinstance(content, float):
            found.append(content)

    for path in sorted(site.rglob("*.js")):
        text = path.read_text(encoding="utf-8").strip()
        data = re.fullmatch(r"window\.\w+\s*=\s*(\{.*\}|\[.*\]);?", text, flags=re.DOTALL)
        if data:
            walk(json.loads(data[1]))
    return found


def segments(drawing: Path) -> np.ndarray:
    """Both ends of every horizontal stroke of the intervals that an SVG file draws, from the top (one a row)."""
    text = drawing.read_text(encoding="utf-8")
    number = r"(-?[\d.]+)"
    pattern = rf'd="M {number} {number} L {number} \2\s*"\s*style="fill: none; stroke: #\w+; stroke-width: 1.5'
    found = [(float(y), float(a), float(b)) for a, y, b in re.findall(pattern, text)]
    return np.array([(a, b) for _, a, b in sorted(found)])


def drawn_finer(site: Path, labels: re.Pattern[str]) -> list[tuple[str, float]]:
    """Drawings of intervals whose ends are not those of the download: how far off, in units of the figure."""
    tables, found = tables_under(site), []
    for path in sorted(site.rglob("*-output-1.svg")):
        ending = path.name.removesuffix("-output-1.svg")
        label = next((name for name in tables if labels.search(name) and ending.endswith(name)), "")
        if not label:
            continue
        table = tables[label]
        ends = table.loc[table["low"].notna(), ["low", "high"]].to_numpy(float)
        drawn = segments(path)
        if len(drawn) != len(ends) or not len(ends):
            found.append((path.name, float("nan")))
            continue
        inner = (drawn > drawn.min() + 0.01) & (drawn < drawn.max() - 0.01)  # a chart may cut what reaches too far
        if inner.sum() < 3:
            continue
        slope, start = np.polyfit(drawn[inner], ends[inner], 1)
        apart = np.abs(slope * drawn + start - ends)[inner]
        if float(apart.max()) > 0.01 * max(1.0, float(np.abs(ends).max())):
            found.append((path.name, float(apart.max())))
    return found
