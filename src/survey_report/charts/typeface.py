"""Where the charts' typeface lies. Fonts are used by file, never by name, so installed fonts cannot change a chart."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

import matplotlib
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from survey_report.handover import FONTS, THEME_FONTS

Face = Literal["regular", "italic", "semibold", "semibold-italic"]

FILES: dict[Face, str] = {
    "regular": "ReportSans-Regular.ttf",
    "italic": "ReportSans-Italic.ttf",
    "semibold": "ReportSans-Semibold.ttf",
    "semibold-italic": "ReportSans-SemiboldItalic.ttf",
}
FALLBACK: dict[Face, str] = {
    "regular": "DejaVuSans.ttf",
    "italic": "DejaVuSans-Oblique.ttf",
    "semibold": "DejaVuSans-Bold.ttf",
    "semibold-italic": "DejaVuSans-BoldOblique.ttf",
}


def font_folder() -> Path | None:
    """The folder named by SURVEY_REPORT_FONTS, else the theme's in the checkout that holds this package, else None."""
    return _complete(os.environ.get(FONTS, ""))


def font(face: Face, size: float, text: str = "") -> FontProperties:
    """A face at a size in points; Matplotlib's own DejaVu Sans where the theme's fonts are missing, or where it has
    more of a text's letters."""
    folder = font_folder()
    if folder is not None and not text.isascii():
        lacking = [len(set(map(ord, text)) - _letters(path)) for path in (_file(folder, face), _file(None, face))]
        folder = None if lacking[1] < lacking[0] else folder
    return _properties(folder, face, size)


@contextmanager
def any_letters() -> Iterator[None]:
    """Text may be measured and drawn whose letters no font here has: they are boxes, which is no reason to warn."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", r"Glyph \d+ .*missing from|Matplotlib currently does not support", UserWarning
        )
        yield


@cache
def _letters(path: Path) -> frozenset[int]:
    return frozenset(FT2Font(str(path)).get_charmap())


def _file(folder: Path | None, face: Face) -> Path:
    return folder / FILES[face] if folder else Path(matplotlib.get_data_path(), "fonts", "ttf", FALLBACK[face])


@cache
def _complete(named: str) -> Path | None:
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / THEME_FONTS
    return folder if all((folder / name).is_file() for name in FILES.values()) else None


@cache
def _properties(folder: Path | None, face: Face, size: float) -> FontProperties:
    return FontProperties(fname=str(_file(folder, face)), size=size)
