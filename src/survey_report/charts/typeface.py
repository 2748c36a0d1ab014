"""Where the charts' typeface lies. Fonts are used by file, never by name, so installed fonts cannot change a chart."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Literal

import matplotlib
from matplotlib.font_manager import FontProperties

Face = Literal["regular", "italic", "semibold", "semibold-italic"]

ENVIRONMENT = "SURVEY_REPORT_FONTS"
IN_CHECKOUT = Path("report", "theme", "fonts")
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
    return _complete(os.environ.get(ENVIRONMENT, ""))


def font(face: Face, size: float) -> FontProperties:
    """A face at a size in points; Matplotlib's own DejaVu Sans where the theme's fonts are missing."""
    return _properties(font_folder(), face, size)


@cache
def _complete(named: str) -> Path | None:
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / IN_CHECKOUT
    return folder if all((folder / name).is_file() for name in FILES.values()) else None


@cache
def _properties(folder: Path | None, face: Face, size: float) -> FontProperties:
    if folder is None:
        return FontProperties(fname=str(Path(matplotlib.get_data_path(), "fonts", "ttf", FALLBACK[face])), size=size)
    return FontProperties(fname=str(folder / FILES[face]), size=size)
