"""Colours of the theme are named in `report/theme/colours.csv`; charts, pages, PDFs and office files agree with it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.colors import to_rgb

from survey_report.charts import palette
from survey_report.stitch import office_reference, typst_nodes

ROOT = Path(__file__).parents[2]
THEME = ROOT / "report" / "theme"
STITCH = ROOT / "src" / "survey_report" / "stitch"
CSS, TYPST = ("report.css", "typst-template.typ")
LISTED = list(csv.DictReader((THEME / "colours.csv").read_text(encoding="utf-8").splitlines()))
HEX = re.compile(r"#([0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?\b")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def in_charts(name: str) -> str:
    found: Any = palette
    for part in name.split("."):
        found = found[int(part)] if part.isdigit() else found[part] if isinstance(found, dict) else getattr(found, part)
    return str(found)


def on_pages(name: str) -> str:
    return dict(re.findall(r"^  (--[\w-]+): (#[0-9a-f]{6});$", text_of(THEME / CSS), re.M))[name]


def in_pdf(name: str) -> str:
    return dict(re.findall(r'^#let ([\w-]+) = rgb\("(#[0-9a-f]{6})"\)$', text_of(THEME / TYPST), re.M))[name]


def in_office(name: str) -> str:
    found = office_reference.SCHEME.get(name) or getattr(office_reference, name)
    return f"#{found}".lower()


def in_callouts(name: str) -> str:
    """The value on pages of the embedded engine, which must be that of its PDFs."""
    kind, part = name.split(".")
    css = re.search(rf"\.callout-{kind} {{.*--{part}: (#[0-9a-f]{{6}});", text_of(STITCH / "assets" / "page.css"))
    assert css
    assert css[1] == typst_nodes.COLOURS[kind][("tint", "tone").index(part)]
    return css[1]


PLACES: dict[str, Callable[[str], str]] = {
    "charts": in_charts, "pages": on_pages, "pdf": in_pdf, "office": in_office, "callouts": in_callouts,
}  # fmt: skip


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row["colour"])
def test_a_colour_has_one_value_wherever_it_stands(row: dict[str, str]) -> None:
    named = {place: row[place] for place in PLACES if row[place]}
    assert named
    assert {place: PLACES[place](name) for place, name in named.items()} == dict.fromkeys(named, row["value"])


def test_no_colour_has_two_names() -> None:
    for column in ("colour", "value"):
        assert [value for value, times in Counter(row[column] for row in LISTED).items() if times > 1] == []


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (THEME / CSS, "pages"),
        (THEME / TYPST, "pdf"),
        (ROOT / "src/survey_report/charts/palette.py", "charts"),
        (STITCH / "office_reference.py", "office"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_every_colour_of_a_file_is_listed_and_stands_there_once(path: Path, place: str) -> None:
    text = text_of(path)
    if place == "office":
        text = re.sub(r'"([0-9A-F]{6})"', r"#\1", text.split("SCHEME")[0] + text.split("SCHEME")[1].split("}")[0])
    found = Counter(f"#{value}".lower() for value in HEX.findall(text))
    shade = {"#1d2a33"} if place == "pages" else set()  # shadows are the ink, let through to a part
    assert found.keys() == {row["value"] for row in LISTED if row[place]}
    assert {value for value, times in found.items() if times > 1} <= shade


def test_no_other_chart_or_page_names_a_colour_of_its_own() -> None:
    others = [*(ROOT / "src/survey_report/charts").glob("*.py"), *THEME.glob("*.js"), *THEME.glob("typst-show.typ")]
    assert len(others) > 10
    assert [path.name for path in others if path.name != "palette.py" and HEX.search(text_of(path))] == []


def test_numbers_of_channels_are_those_of_the_colours() -> None:
    """Quarto's page takes some colours as red, green and blue."""
    css = text_of(THEME / CSS)
    for name, colour in (("body-color", "--ink"), ("link-color", "--accent"), ("link-hover-color", "--accent-dark")):
        channels = re.search(rf"--bs-{name}-rgb: ([\d, ]+);", css)
        assert channels
        assert channels[1] == ", ".join(str(round(255 * part)) for part in to_rgb(on_pages(colour)))
