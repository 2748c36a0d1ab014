"""Scale means of groups with their 95% intervals, one block of rows a grouping."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

import pandas as pd
from matplotlib.figure import Figure

from survey_report.charts.canvas import (
    BODY,
    EDGE,
    SMALL,
    WIDTH,
    Canvas,
    draw_footer,
    footer_height,
    footer_lines,
    narrow,
    text_width,
    wrap,
)
from survey_report.charts.intervals import AXIS_HEIGHT, Mark, axis_for, draw_axis, draw_marks, key_text
from survey_report.charts.numbers import (
    FACES,
    WITHHELD,
    Kind,
    count,
    kind_of,
    known,
    mean,
    mean_shown,
    no_size_text,
    number,
    reason_of,
)
from survey_report.charts.palette import INK, LEVELS, MUTED, RULE
from survey_report.disclosure.reasons import not_shown

LINE, ROW, HEADING, HEAD, LANE = 11.0, 14.0, 20.0, 20.0, 17.0
INDENT = 9.0
LABEL_WIDTH = (90.0, 178.0)
MEAN_WIDTH, N_WIDTH = 40.0, 42.0


def means_chart(
    groups: pd.DataFrame,
    overall: float | None,
    *,
    ends: tuple[float, float],
    low: str,
    high: str,
    notice: str | None = None,
    overall_kind: Kind = "invented",
    overall_label: str = "All",
    width: float = WIDTH,
) -> Figure | None:
    """One row a group under its grouping's heading, with a line at the mean of all; None where nothing is grouped.

    Columns: grouping, grouping_label, group, label, n, mean, low, high (ends of the 95% interval), kind, shown, reason
    (why the mean, or only n, is not shown); rows of one grouping stand together. `ends` are the scores of the worst and
    the best answer, `low` and `high` the words for them ("very poor", "very good"), `overall` the mean of all (None
    draws no line).
    """
    if groups.empty:
        return None
    records = [{str(key): value for key, value in row.items()} for row in groups.to_dict("records")]
    shown = [row for row in records if mean_shown(row)]
    widest = max((text_width(str(row["label"]), "regular", BODY) for row in records), default=0.0) + INDENT + 1
    above = narrow(width)
    label_width = min(max(widest, LABEL_WIDTH[0]), LABEL_WIDTH[1])
    if above:
        label_width = width - 2 * EDGE - MEAN_WIDTH - N_WIDTH - 6 + INDENT
    lines = [wrap(str(row["label"]), label_width - INDENT, "regular", BODY) for row in records]
    heights = [LINE * len(text) + LANE if above else max(ROW, LINE * len(text) + 3) for text in lines]
    headings = sum(1 for _ in groupby(records, key=lambda row: row["grouping"]))

    top = EDGE + HEAD
    bottom = top + sum(heights) + headings * HEADING
    key = key_text(kind_of(row, "kind", "invented") for row in shown)
    footer = footer_lines([key, no_size_text(shown), notice or ""], width)
    canvas = Canvas.of_height(bottom + AXIS_HEIGHT + footer_height(footer), width)
    values = [number(row[column]) for row in shown for column in ("mean", "low", "high")]
    left, right = EDGE + label_width + 10, width - EDGE - MEAN_WIDTH - N_WIDTH - 6
    columns = right + MEAN_WIDTH, width - EDGE
    if above:
        left, right = EDGE + 12, width - EDGE - 12
    axis = axis_for([*values, overall if overall is not None else float("nan")], left, right, ends)

    draw_axis(canvas, axis, top, bottom, low, high)
    _draw_head(canvas, columns, top)
    if overall is not None and known(overall):
        x = axis.x(overall)
        canvas.rule((x, top - 8), (x, bottom), colour=MUTED, weight=1.0, dashes=(3, 2), name="overall")
        text = f"{overall_label} {mean(overall)}"
        half = text_width(text, FACES[overall_kind], SMALL) / 2
        canvas.text(
            min(max(x, left + half), right - half + 8),
            top - 14,
            text,
            face=FACES[overall_kind],
            size=SMALL,
            colour=MUTED,
            align="center",
            name=f"{overall_kind}:overall",
        )

    marks: list[Mark] = []
    y = top
    before: object = None
    for row, label, height in zip(records, lines, heights, strict=True):
        if row["grouping"] != before:
            y += HEADING
            canvas.rule((EDGE, y - 3), (width - EDGE, y - 3), colour=RULE, weight=0.6)
            canvas.text(EDGE, y - 10, str(row["grouping_label"]), face="semibold", size=BODY, name="heading")
            before = row["grouping"]
        # Beside the mark the name is centred on it; above it, it has lines of its own, the numbers on the first.
        middle = y + LINE * len(label) + LANE / 2 - 2 if above else y + height / 2
        words = (y + LINE * len(label) / 2 + 1, y + LINE / 2 + 1) if above else (middle, middle)
        if mean_shown(row):
            marks.append(_mark(row, middle))
        _draw_name(canvas, label, words[0], mean_shown(row), EDGE if above else EDGE + INDENT)
        if mean_shown(row):
            _draw_numbers(canvas, row, words[1], columns)
        else:
            canvas.hidden(left + 5, middle, not_shown(reason_of(row)))
        y += height
    draw_marks(canvas, axis, marks, 6.0)
    draw_footer(canvas, footer)
    return canvas.figure


def _mark(row: Mapping[str, object], middle: float) -> Mark:
    kind = kind_of(row, "kind", "invented")
    name = f"{row['grouping']}/{row['group']}"
    return Mark(name, middle, number(row["mean"]), number(row["low"]), number(row["high"]), kind, LEVELS[0])


def _draw_head(canvas: Canvas, columns: tuple[float, float], top: float) -> None:
    for x, word in zip(columns, ("Mean", "n"), strict=True):
        canvas.text(
            x, top + 10 if narrow(canvas.width) else top - 8, word, size=SMALL, colour=MUTED, align="right", name="head"
        )


def _draw_name(canvas: Canvas, lines: list[str], middle: float, shown: bool, x: float) -> None:
    canvas.lines(x, middle, lines, colour=INK if shown else MUTED, leading=1.1, ground=True, name="label")


def _draw_numbers(canvas: Canvas, row: Mapping[str, object], middle: float, columns: tuple[float, float]) -> None:
    kind = kind_of(row, "kind", "invented")
    n_kind = kind_of(row, "n_kind", "real" if kind == "real" else "invented")
    name = f"{row['grouping']}/{row['group']}"
    canvas.text(
        columns[0],
        middle,
        mean(number(row["mean"]), row.get("step")),
        face=FACES[kind],
        colour=MUTED if kind == "invented" else INK,
        align="right",
        name=f"{kind}:{name}",
    )
    n_kind = n_kind if known(row["n"]) else "hidden"
    canvas.text(
        columns[1],
        middle,
        count(number(row["n"])) if known(row["n"]) else WITHHELD,
        face=FACES[n_kind],
        size=SMALL,
        colour=MUTED,
        align="right",
        name=f"{n_kind}:{name}/n",
    )
