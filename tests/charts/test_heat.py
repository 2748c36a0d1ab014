"""The grid of shares: what stands in its cells, how dark they are, and what is not drawn."""

from __future__ import annotations

import chart_frames as frames
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from survey_report.charts.canvas import NARROW, WIDTH
from survey_report.charts.heat import heat_chart
from survey_report.charts.palette import contrast


def test_each_cell_has_its_share_and_the_larger_is_the_darker() -> None:
    cells = frames.heat()
    figure = heat_chart(cells)
    assert figure is not None
    texts = {str(text.get_label()): text for text in figure.axes[0].texts}
    fills = {str(patch.get_label()): patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)}
    shown = cells[cells["shown"]]
    for row in shown.to_dict("records"):
        text = texts[f"{row['kind']}:{row['theme']}/{row['service']}"]
        assert text.get_text() == f"{row['share']:.0f}%"
        fill = fills[f"{row['theme']}/{row['service']}"].get_facecolor()
        assert contrast(text.get_color(), fill[:3]) >= 4.5
    largest = shown.loc[shown["share"].idxmax()]
    lightness = {name: sum(to_rgb(patch.get_facecolor()[:3])) for name, patch in fills.items()}
    assert min(lightness, key=lambda name: lightness[name]) == f"{largest['theme']}/{largest['service']}"


def test_a_hidden_share_is_a_letter_without_a_fill() -> None:
    cells = frames.heat().assign(share=37.0)  # were it there, it would not be shown
    figure = heat_chart(cells)
    assert figure is not None
    labels = {str(patch.get_label()) for patch in figure.axes[0].patches}
    for row in cells[~cells["shown"]].to_dict("records"):
        name = f"{row['theme']}/{row['service']}"
        assert [t.get_text() for t in figure.axes[0].texts if str(t.get_label()) == f"hidden:{name}"] == ["c"]
        assert name not in labels


def test_groups_beyond_the_width_make_a_grid_of_their_own() -> None:
    cells = frames.many_groups()
    for width, grids in ((WIDTH, 2), (NARROW, 3)):
        figure = heat_chart(cells, width=width)
        assert figure is not None
        texts = {str(text.get_label()): text for text in figure.axes[0].texts}
        rows = cells.to_dict("records")
        wanted = {f"invented:{row['theme']}/{row['service']}": f"{row['share']:.0f}%" for row in rows}
        assert {name: texts[name].get_text() for name in wanted} == wanted
        heads = [text.get_text() for text in figure.axes[0].texts if text.get_label() == "head"]
        assert heads == list(dict.fromkeys(cells["service_label"]))
        labels = [text.get_text() for text in figure.axes[0].texts if text.get_label() == "label"]
        assert labels == ["Theme a", "Theme b"] * grids
        for one in cells[cells["theme"] == "a"]["service"]:
            above, below = (texts[f"invented:{theme}/{one}"].get_position() for theme in "ab")
            assert above[0] == below[0]
            assert above[1] < below[1]


def test_on_a_phone_a_theme_stands_above_its_row() -> None:
    figure = heat_chart(frames.heat(), width=NARROW)
    assert figure is not None
    cells = {str(text.get_label()): text.get_position() for text in figure.axes[0].texts}
    labels = [text.get_position() for text in figure.axes[0].texts if text.get_label() == "label"]
    for label, theme in zip(labels, "abc", strict=True):
        assert 0 < cells[f"invented:{theme}/s0"][1] - label[1] < 25
        assert cells[f"invented:{theme}/s0"][0] < 30  # the columns begin where the name does


def test_nothing_to_draw() -> None:
    assert heat_chart(pd.DataFrame(columns=frames.heat().columns)) is None
