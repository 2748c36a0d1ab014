"""What every chart must be: the same bytes each time, nothing cut or overlapping, and nothing hidden shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import chart_frames as frames
import numpy as np
import pandas as pd
import pytest
from lxml import etree
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from survey_report.charts.canvas import NARROW, WIDTH, svg
from survey_report.charts.diverging import change_chart, items_chart
from survey_report.charts.equivalence import equivalence_chart
from survey_report.charts.integration import integration_chart
from survey_report.charts.intervals import axis_for
from survey_report.charts.means import means_chart
from survey_report.charts.numbers import percent, whole
from survey_report.charts.palette import PAPER, contrast
from survey_report.charts.typeface import FONTS, font_folder

Draw = Callable[[str], Figure]
LEAKED = {"mean": 2.47, "low": 2.3, "high": 2.6}


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.axes[0].texts if text.get_text()]


def named(figure: Figure, name: str) -> list[str]:
    return [text.get_text() for text in texts(figure) if str(text.get_label()) == name]


def rectangles(figure: Figure) -> dict[str, Rectangle]:
    found = (patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle))
    return {str(patch.get_label()): patch for patch in found if patch.get_label()}


def test_svg_is_the_same_each_time_and_small(drawn: Draw) -> None:
    for name in ("items", "means", "integration"):
        once, again = svg(drawn(name)), svg(drawn(name))
        assert once == again
        assert len(once.encode()) < 120_000
        assert "/" not in re.sub(r"http://www\.w3\.org/\S*|</|/>|text/css", "", once)  # no path, no comment
        assert "<text" not in once
        assert not re.search("<use [^>]*transform", once)  # letters are moved in the shorter way


def test_shapes_lie_in_the_svg_where_they_were_drawn(drawn: Draw) -> None:
    """To a hundredth of a point, in which an SVG counts."""
    figure = drawn("items")
    starts = [float(x) for x in re.findall(r'd="M ([\d.]+) ', svg(figure))]
    figure.draw_without_rendering()
    for bar in rectangles(figure).values():
        corner = bar.get_transform().transform(bar.get_path().vertices[0])[0] * 72 / figure.dpi
        assert min(abs(corner - start) for start in starts) < 0.0051


def test_svg_names_do_not_meet_in_one_page(drawn: Draw) -> None:
    ids = [set(etree.fromstring(svg(drawn(name)).encode()).xpath("//@id")) for name in ("items", "change", "means")]
    assert all(ids)
    assert not any(one & other for one, other in combinations(ids, 2))


def test_text_lies_within_the_canvas_and_never_on_other_text(figure: Figure) -> None:
    figure.set_dpi(300)  # at few dots an inch letters are rounded to whole dots, and lines come out too wide
    renderer = FigureCanvasAgg(figure).get_renderer()
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts(figure)]
    for words, box in boxes:
        assert box.x0 >= 0, words
        assert box.y0 >= 0, words
        assert box.x1 <= width, words
        assert box.y1 <= height, words
    for (one, a), (other, b) in combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        # Boxes of lines hold their descenders, so neighbouring lines may share a sliver.
        assert across <= 0.5 or down <= 0.3 * min(a.height, b.height), f"{one} / {other}"


def test_on_a_phone_no_text_is_smaller_than_eleven_pixels(figure: Figure) -> None:
    """A window 390 px wide leaves a picture 350 px; the width of the canvas is given in inches of 72 points."""
    wide = figure.get_size_inches()[0] * 72
    assert wide in (WIDTH, NARROW)
    smallest = min(text.get_fontsize() for text in texts(figure))
    assert wide == WIDTH or smallest * 350 / wide >= 11


def test_text_has_enough_contrast_with_what_is_behind_it(figure: Figure) -> None:
    renderer = FigureCanvasAgg(figure).get_renderer()
    bars = [(p.get_window_extent(renderer), to_hex(p.get_facecolor())) for p in rectangles(figure).values()]
    for text in texts(figure):
        box = text.get_window_extent(renderer)
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        behind = next((fill for bar, fill in bars if bar.contains(x, y)), PAPER)
        assert contrast(to_hex(text.get_color()), behind) >= 4.5, text.get_text()


def test_segments_are_as_wide_as_their_shares(drawn: Draw) -> None:
    data = frames.items().set_index("item")
    bars = rectangles(drawn("items"))
    per_percent = bars["quality/good"].get_width() / 45.1
    for item in ("waiting", "quality", "access", "long"):
        for option in (option.id for option in frames.RATING.options):
            assert bars[f"{item}/{option}"].get_width() == pytest.approx(data.loc[item, option] * per_percent)
    for side in ("positive", "neutral", "negative"):
        assert bars[f"merged/{side}"].get_width() == pytest.approx(data.loc["merged", side] * per_percent)
    assert not {name for name in bars if name.startswith(("hidden/", "partly/negative"))}
    assert not {name for name in bars if name.startswith("merged/") and "good" in name}


def test_neutral_answers_lie_half_on_each_side_of_one_zero(drawn: Draw) -> None:
    bars = rectangles(drawn("items"))
    neutral = [bar for name, bar in bars.items() if name.endswith(("neither", "neutral"))]
    middles = {round(bar.get_x() + bar.get_width() / 2, 6) for bar in neutral}
    assert len(middles) == 1
    zero = middles.pop()
    for item in ("waiting", "quality"):
        assert bars[f"{item}/poor"].get_x() < zero < bars[f"{item}/good"].get_x()
        assert bars[f"{item}/very-poor"].get_x() < bars[f"{item}/poor"].get_x()


def test_items_stand_in_the_order_of_their_positive_share(drawn: Draw) -> None:
    bars = rectangles(drawn("items"))
    tops = {name.split("/")[0]: bar.get_y() for name, bar in bars.items() if "/" in name}
    assert sorted(tops, key=tops.__getitem__) == ["partly", "quality", "merged", "long", "access", "waiting"]
    assert named(drawn("items"), "label")[-1] == "Continuity of support"


def test_periods_stay_in_the_order_given(drawn: Draw) -> None:
    assert named(drawn("change"), "label") == ["Before COVID-19", "Since COVID-19", "Under four years in the area"]


def test_each_kind_of_number_has_its_face(figure: Figure) -> None:
    faces = {"invented": "Italic", "reproduced": "Semibold", "real": "Regular", "hidden": "Regular"}
    for text in texts(figure):
        kind, colon, _ = str(text.get_label()).partition(":")
        if colon:
            assert f"ReportSans-{faces[kind]}.ttf" in str(text.get_fontproperties().get_file()), text.get_text()


def test_answers_of_a_published_sum_are_invented_unless_said_otherwise() -> None:
    data = frames.items().query("item == 'quality'")
    assert named(items_chart(data, frames.RATING), "invented:quality/good") == ["45"]
    assert named(items_chart(data, frames.RATING), "reproduced:quality/total-positive") == ["62%"]
    said = data.assign(**{"good_kind": "reproduced", "n_kind": "reproduced"})
    assert named(items_chart(said, frames.RATING), "reproduced:quality/good") == ["45"]
    assert named(items_chart(said, frames.RATING), "reproduced:quality/n") == ["n\u00a0=\u00a01,345"]


def test_hidden_rows_show_no_number() -> None:
    data = frames.items().query("item == 'hidden'")
    # Even where a frame forgot to blank its cells, the kind decides.
    leaky = data.assign(n=7, positive=72.4, neutral=9.7, negative=17.9)
    for frame in (data, leaky):
        words = [text.get_text() for text in texts(items_chart(frame, frames.RATING)) if text.get_label() != "legend"]
        assert "not shown" in words
        assert not [word for word in words if re.search(r"\d", word)]
    said = data.assign(reason="too few of some answers")
    assert "not shown: too few of some answers" in [t.get_text() for t in texts(items_chart(said, frames.RATING))]


def test_a_hidden_side_is_a_dash_and_says_why(drawn: Draw) -> None:
    figure = drawn("items")
    assert named(figure, "hidden:partly/total-negative") == ["–"]
    assert any("too few of some answers" in line for line in named(figure, "footer"))
    assert named(figure, "footer")[0] == frames.NOTICE  # drawn from the bottom upwards


def test_hidden_groups_show_neither_mean_nor_n() -> None:
    leaky = frames.groups().assign(n=7777, mean=4.44)
    leaky["shown"] = leaky["kind"] != "hidden"
    hidden = leaky[leaky["kind"] == "hidden"]
    figure = means_chart(hidden, None, **frames.ENDS)
    words = " ".join(text.get_text() for text in texts(figure))
    assert "not shown" in words
    assert "7,777" not in words
    assert "4.44" not in words
    # Nor does the axis stretch to hold them.
    assert "4.5" not in named(means_chart(leaky.assign(low=4.3, high=4.6).iloc[[2]], 3.0, **frames.ENDS), "tick")


def test_intervals_end_where_the_data_say(drawn: Draw) -> None:
    figure = drawn("means")
    lines = {str(line.get_label()): line for line in figure.axes[0].lines}
    low, high = lines["interval:service/early"].get_xdata()
    ticks = [t for t in texts(figure) if t.get_label() == "tick"]
    (x0, v0), (x1, v1) = ((t.get_position()[0], float(t.get_text())) for t in (ticks[0], ticks[-1]))
    per_point = (x1 - x0) / (v1 - v0)
    assert low == pytest.approx(x0 + (3.132 - v0) * per_point)
    assert high == pytest.approx(x0 + (3.352 - v0) * per_point)
    assert lines["overall"].get_xdata()[0] == pytest.approx(x0 + (3.05 - v0) * per_point)


def leaky(data: pd.DataFrame) -> pd.DataFrame:
    """A frame of means that forgot to blank the cells of hidden rows."""
    hidden = data["kind"] == "hidden"
    assert hidden.sum() == 1
    return data.assign(**{name: data[name].mask(hidden, value) for name, value in LEAKED.items()})


def test_hidden_means_are_not_drawn_either() -> None:
    for chart, data in (
        (means_chart(leaky(frames.groups()), None, **frames.ENDS), frames.groups()),
        (integration_chart(leaky(frames.levels()), **frames.ENDS), frames.levels()),
    ):
        assert chart is not None
        assert len(chart.axes[0].collections[-1].get_offsets()) == len(data) - 1
        intervals = [line for line in chart.axes[0].lines if str(line.get_label()).startswith("interval:")]
        assert len(intervals) == len(data) - 1
        assert "2.47" not in [text.get_text() for text in texts(chart)]


def test_merged_sides_are_drawn_whole_even_where_their_answers_are_known() -> None:
    data = frames.items().query("item == 'merged'")
    known = data.assign(**{option.id: 20.0 for option in frames.RATING.options})
    assert set(rectangles(items_chart(known, frames.RATING))) == set(rectangles(items_chart(data, frames.RATING)))


def test_intervals_of_levels_end_where_the_data_say(drawn: Draw) -> None:
    """Each mean lies 0.1 above its lower end and 0.12 below its upper one."""
    figure = drawn("integration")
    means = [x for x, _ in figure.axes[0].collections[-1].get_offsets()]
    ends = [line.get_xdata() for line in figure.axes[0].lines if str(line.get_label()).startswith("interval:")]
    assert len(means) == len(ends) == 8
    for mean, (low, high) in zip(means, ends, strict=True):
        assert (mean - low) / (high - low) == pytest.approx(0.1 / 0.22)


def test_invented_means_are_hollow(drawn: Draw) -> None:
    dots = drawn("means").axes[0].collections[-1]
    hollow = [to_hex(colour) == PAPER for colour in dots.get_facecolor()]
    assert hollow == [False, False, True, True, True]


def test_levels_differ_in_marker_and_colour(drawn: Draw) -> None:
    dots = drawn("integration").axes[0].collections[-1]
    first = {(to_hex(c), len(p.vertices)) for c, p in zip(dots.get_edgecolor()[:3], dots.get_paths()[:3], strict=True)}
    assert len({colour for colour, _ in first}) == len({vertices for _, vertices in first}) == 3


def test_differences_stand_beside_what_could_be_detected(drawn: Draw) -> None:
    figure = drawn("equivalence")
    lines = {str(line.get_label()): line for line in figure.axes[0].lines}
    (nought,) = {float(x) for x in lines["nought"].get_xdata()}
    bars = {name: bar for name, bar in rectangles(figure).items() if name.startswith("detectable:")}
    frame = frames.differences()
    assert len(bars) == len(frame)
    unit = None
    for row in frame[frame["scale"] == "services"].itertuples():
        name = f"{row.scale}/{row.a}/{row.b}"
        bar, (left, right) = bars[f"detectable:{name}"], lines[f"interval:{name}"].get_xdata()
        assert bar.get_x() + bar.get_width() / 2 == pytest.approx(nought)
        unit = bar.get_width() / 2 / row.detectable
        assert (left - nought, right - nought) == pytest.approx((row.low * unit, row.high * unit))
        assert named(figure, f"invented:{name}") == [f"{row.difference:.2f}".replace("-", "\u2212")]
        assert named(figure, f"invented:{name}/d") == [f"{row.detectable:.2f}"]
    assert unit is not None
    bounds = [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_label() == "bound"]
    assert sorted((x - nought) / unit for x in bounds) == pytest.approx([-0.2, -0.1, 0.1, 0.2])
    # What lies beyond the axis is cut at its end, and the number beside it tells.
    reach = lines["interval:strategic/full/partial"].get_xdata()[1]
    assert (reach - nought) / unit == pytest.approx(1.0)
    far = frame.assign(detectable=frame["detectable"].mask(frame["scale"] == "strategic", 1.7))
    again = equivalence_chart(far, frames.bounds(), span=4)
    assert again is not None
    cut_off = rectangles(again)["detectable:strategic/full/partial"]
    assert (cut_off.get_x() - nought) / unit == pytest.approx(-1.0)
    assert cut_off.get_width() / unit == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("ends", "values", "drawn_ends", "ticks"),
    [
        ((1, 5), (2.9, 3.3), (2.0, 4.0), [2.0, 2.5, 3.0, 3.5, 4.0]),
        ((0, 1), (0.42, 0.55), (0.3, 0.7), [0.3, 0.4, 0.5, 0.6, 0.7]),
        ((-2, 2), (-0.2, 0.4), (-1.0, 1.0), [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ((0, 10), (2.3, 8.8), (2.0, 9.0), [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]),
        ((1, 7), (1.2, 6.8), (1.0, 7.0), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]),
        ((0, 10), (0.3, 9.9), (0.0, 10.0), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
    ],
)
def test_an_axis_is_cut_at_parts_of_its_own_scale(
    ends: tuple[float, float], values: tuple[float, float], drawn_ends: tuple[float, float], ticks: list[float]
) -> None:
    axis = axis_for(values, 0, 100, ends)
    assert (axis.low, axis.high) == pytest.approx(drawn_ends)
    assert axis.ticks == pytest.approx(ticks)


def test_bounds_of_a_scale_of_its_own_and_none_at_all() -> None:
    """Bounds in deviations differ by scale and stand in its block; on scores from 0 to 10 the axis reaches further."""
    frame = frames.differences()
    own = {scale: [0.1, 0.15 + 0.01 * place] for place, scale in enumerate(frame["scale"].unique())}
    figure = equivalence_chart(frame, own, span=4)
    assert figure is not None
    lines = [line for line in figure.axes[0].lines if line.get_label() == "bound"]
    heights = sorted({abs(np.ptp(line.get_ydata())) for line in lines})
    assert len(lines) == 2 + 2 * len(own)
    assert heights[-1] > 1.5 * heights[0], "the one they share runs through all blocks"
    bare = equivalence_chart(frame, {}, span=10)
    assert bare is not None
    assert not [line for line in bare.axes[0].lines if line.get_label() == "bound"]
    assert not [text for text in bare.axes[0].texts if "bounds" in text.get_text()]
    assert {"0.0", "0.5", "\u22120.5"} <= set(named(bare, "tick"))


def test_on_a_phone_names_stand_above_what_they_name(drawn: Draw) -> None:
    for name in ("narrow contrasts", "narrow contrasts in blocks"):
        figure = drawn(name)
        dots = [y for _, y in figure.axes[0].collections[-1].get_offsets()]
        below = [max(y for y in label_heights(figure) if y < dot) for dot in dots]
        assert all(0 < dot - label < 20 for dot, label in zip(dots, below, strict=True))
        wide, narrow = (
            {str(line.get_label()): np.ptp(line.get_xdata()) for line in drawn(which).axes[0].lines}
            for which in (name.removeprefix("narrow "), name)
        )
        of = {line: narrow[line] / wide[line] for line in narrow if line.startswith("interval:")}
        assert len(of) == 3
        assert list(of.values()) == pytest.approx([of["interval:0"]] * 3)  # the axis is another, the data are the same


def label_heights(figure: Figure) -> list[float]:
    return [text.get_position()[1] for text in texts(figure) if text.get_label() == "label"]


def test_every_notebook_hands_its_charts_over_undrawn_so_that_a_phone_has_its_own() -> None:
    sources = [
        "".join(cell["source"])
        for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]
    given = [found for source in sources for found in re.findall(r"desk\.figure\(\s*(\w+)", source)]
    assert len(given) > 10
    assert set(given) == {"partial"}


def test_errors_of_floats_tip_no_half_in_a_chart() -> None:
    """Each product is a half, which as a float lies a little below."""
    assert [whole(100 * share) for share in (1.005, 0.145, 0.285, 0.575)] == ["101", "15", "29", "58"]


def test_shares_are_rounded_half_up() -> None:
    assert [whole(value) for value in (0.5, 1.5, 52.5, 52.499, 100.0)] == ["1", "2", "53", "52", "100"]
    assert percent(62.4) == "62%"


def test_frames_are_left_as_they_are() -> None:
    data = frames.items()
    items_chart(data, frames.RATING)
    pd.testing.assert_frame_equal(data, frames.items())


def test_without_the_fonts_another_face_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv(FONTS, str(tmp_path))
    assert font_folder() is None
    figure = change_chart(frames.changes(), frames.CHANGE)
    assert {str(text.get_fontproperties().get_file()).rsplit("/")[-1][:10] for text in texts(figure)} == {"DejaVuSans"}
    assert svg(figure)
