"""The grid of shares: what stands in its cells, how dark they are, and what is not drawn."""

from __future__ import annotations

import chart_frames as frames
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

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


def test_nothing_to_draw() -> None:
    assert heat_chart(pd.DataFrame(columns=frames.heat().columns)) is None
