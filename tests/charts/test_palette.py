"""Colours stay apart for readers with each kind of colour blindness, and texts on them stay readable."""

from __future__ import annotations

from itertools import combinations

import chart_frames as frames
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from survey_report.charts.palette import LEVELS, MUTED, PAPER, SIDES, contrast, ink_on, option_fills
from survey_report.study import ResponseSet

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, blindness: str) -> np.ndarray:
    """CIELAB (D65) of a colour as somebody with that kind of blindness sees it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(BLINDNESS[blindness] @ linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, blindness: str) -> float:
    """CIE76 difference; 2.3 is just noticeable."""
    return float(np.linalg.norm(lab(one, blindness) - lab(other, blindness)))


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("response_set", [frames.RATING, frames.CHANGE, frames.FOUR], ids=lambda r: str(r.id))
def test_answers_stay_apart(response_set: ResponseSet, blindness: str) -> None:
    fills = option_fills(response_set)
    for one, other in combinations(fills.values(), 2):
        assert distance(one, other, blindness) > 10


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_levels_stay_apart(blindness: str) -> None:
    for one, other in combinations(LEVELS[:3], 2):
        assert distance(one, other, blindness) > 10


def test_extreme_answers_stand_out_more_than_mild_ones() -> None:
    strength = {option: contrast(fill, PAPER) for option, fill in option_fills(frames.RATING).items()}
    assert strength["very-good"] > strength["good"] > strength["neither"]
    assert strength["very-poor"] > strength["poor"] > strength["neither"]


@pytest.mark.parametrize("response_set", [frames.RATING, frames.FOUR], ids=lambda r: str(r.id))
def test_ink_on_every_fill_is_readable(response_set: ResponseSet) -> None:
    fills = [*option_fills(response_set).values(), *(middle for _, middle, _ in SIDES.values())]
    for fill in fills:
        assert contrast(ink_on(fill), fill) >= 4.5
        assert contrast(ink_on(fill, muted=True), fill) >= 4.5


def test_marks_and_grey_text_stand_out_from_the_paper() -> None:
    assert contrast(MUTED, PAPER) >= 4.5
    assert all(contrast(colour, PAPER) >= 3 for colour in LEVELS)  # graphical objects, WCAG 1.4.11
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
