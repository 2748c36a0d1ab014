"""Colours of the charts, and the arithmetic that keeps text on them readable (WCAG 2.2 contrast).

`report/theme/colours.csv` names every colour of charts, pages and PDFs once, with the places where its value stands.
"""

from __future__ import annotations

import seaborn
from matplotlib.colors import to_hex, to_rgb

from survey_report.study import ResponseSet, Side

INK = "#1d2a33"
MUTED = "#56646f"  # 6.1 on white: for what may step back but must be read
RULE = "#c9d1d6"
GRID = "#e4e9ec"
PAPER = "#ffffff"
ACCENT, WARM = "#0b5d73", "#98490a"
NEUTRAL = "#dde2e5"
AA = 4.5

# From the extreme answer to the mild one, by way of the middle, which is light enough for dark text.
# Orange-brown and blue-teal stay apart in every kind of colour blindness.
SIDES: dict[Side, tuple[str, str, str]] = {
    "positive": (ACCENT, "#5ba1ad", "#86c5cc"),
    "neutral": (NEUTRAL, NEUTRAL, NEUTRAL),
    "negative": (WARM, "#cf8f52", "#ecb478"),
}
LEVELS = (ACCENT, "#c0650b", "#6a5797", "#3b7d3a", "#a33b5c", "#4b5963")
MARKERS = ("o", "^", "s", "D", "v", "P")


def luminance(colour: str) -> float:
    """Relative luminance, 0 black to 1 white."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def blend(one: str, other: str, share: float) -> str:
    """A colour that is `share` (0 to 1) of `other` and the rest of `one`."""
    red, green, blue = ((1 - share) * a + share * b for a, b in zip(to_rgb(one), to_rgb(other), strict=True))
    return to_hex((red, green, blue))


def ink_on(fill: str, *, muted: bool = False) -> str:
    """Text colour for a fill: the better of dark and white; muted, as near to the fill as contrast 4.5 allows."""
    strong = max((INK, PAPER), key=lambda colour: contrast(colour, fill))
    if not muted:
        return strong
    steps = (blend(strong, fill, share / 20) for share in range(7, -1, -1))
    return next((colour for colour in steps if contrast(colour, fill) >= AA + 0.1), strong)


def shades(side: Side, number: int) -> tuple[str, ...]:
    """Fills for the answers of one side, from the extreme to the mild one; a lone answer takes the middle."""
    if number == 1:
        return (SIDES[side][1],)
    return tuple(to_hex(colour) for colour in seaborn.blend_palette(SIDES[side], number))


def option_fills(response_set: ResponseSet) -> dict[str, str]:
    """Fill of each substantive answer id."""
    positive, neutral = response_set.side("positive"), response_set.side("neutral")
    negative = response_set.side("negative")[::-1]
    fills = dict(zip(positive, shades("positive", len(positive)), strict=True)) if positive else {}
    fills |= dict.fromkeys(neutral, SIDES["neutral"][0])
    return fills | (dict(zip(negative, shades("negative", len(negative)), strict=True)) if negative else {})
