"""The figure of a benchmark: a bar a way, and a line for the series of sizes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

TITLES = {
    "a": "Notebooks of the findings, seconds",
    "b": "Profiles, seconds",
    "c": "Building again after a change, seconds",
    "d": "More respondents: seconds and MiB",
}
OWN, OTHER = "#1f4e79", "#8a8a8a"


def draw(rows: Sequence[Sequence[str]], target: Path) -> None:
    """Draw the rows of `bench.csv` (part, what, median, lowest, highest, ...) as SVG."""
    parts = [part for part in TITLES if any(row[0] == part for row in rows)]
    figure = Figure(figsize=(8, 2.6 * len(parts)), layout="constrained")
    for axes, part in zip(figure.subplots(len(parts), squeeze=False)[:, 0], parts, strict=True):
        shown = [row for row in rows if row[0] == part][::-1]
        middle = [float(row[2]) for row in shown]
        spread = [[float(row[2]) - float(row[3]) for row in shown], [float(row[4]) - float(row[2]) for row in shown]]
        colours = [OWN if row[1] == "this project" or part in "cd" else OTHER for row in shown]
        axes.barh([f"{row[1]} ({row[6]})" for row in shown], middle, xerr=spread, color=colours)
        axes.set_title(TITLES[part], loc="left", fontsize=10)
        axes.tick_params(labelsize=7)
        if part == "d":
            axes.set_xscale("log")
        for place, value in enumerate(middle):
            axes.annotate(f" {value:,.2f}", (value, place), va="center", fontsize=7)
        axes.spines[["top", "right"]].set_visible(False)
    with matplotlib.rc_context({"svg.hashsalt": "survey-report"}):
        figure.savefig(target, metadata={"Date": None, "Description": "Medians of the benchmark, see bench.csv"})
