"""Charts of the briefing: what is published and met is drawn where it belongs, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import chart_frames as frames
import pytest
from matplotlib.figure import Figure

import shipped
from survey_report.charts.key_figures import scale_means_chart, shares_chart
from survey_report.key_figures import KeyFigures, alt_scale_means, alt_shares, key_figures
from survey_report.numbers import Number, format_number
from survey_report.register import Register, load_register
from survey_report.study import Study
from survey_report.study_load import load_study

Draw = Callable[[str], Figure]


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(shipped.ROOT / "studies" / "csrr-2023")


@pytest.fixture(scope="module")
def register(study: Study) -> Register:
    return load_register(study)


def published(register: Register) -> dict[str, Number]:
    """Every published figure as a number that meets it."""
    return {
        key: Number(key, float(rows[0].value), format_number(float(rows[0].value), "mean", 2), "", 2, None, "",
                    "reproduced", rows[0].id)
        for key, rows in register.by_key.items()
    }  # fmt: skip


def values(found: KeyFigures) -> Mapping[str, float]:
    shares = found.shares.to_dict("records")
    sides = {
        f"{row['scale']}.pct_{side}.{row['item']}": row[side] for row in shares for side in ("positive", "negative")
    }
    means = {f"{row['scale']}.mean.overall": row["mean"] for row in found.means.to_dict("records")}
    return {key: value for key, value in (means | sides).items() if value == value}


def test_every_published_mean_and_share_is_there_with_its_value(study: Study, register: Register) -> None:
    found = key_figures(study, register, published(register))
    items = {question.item for scale in study.scales for question in scale.items}
    wanted = {
        key: float(rows[0].value)
        for key, rows in register.by_key.items()
        if key.endswith(".mean.overall") or (key.split(".")[1:2] in (["pct_positive"], ["pct_negative"]) and
                                             key.split(".")[2] in items)
    }  # fmt: skip
    assert values(found) == wanted
    assert len(found.means) == 7
    assert len(wanted) > 20
    assert all(a >= b for a, b in pairwise(found.means["mean"]))
    assert found.ends == (1.0, 5.0)


def test_what_is_not_met_is_left_out(study: Study, register: Register) -> None:
    numbers = published(register)
    gone = ("services.mean.overall", "services.pct_negative.waiting_time", "transitions.pct_positive.leaving_care")
    for kind in ("invented", "hidden"):
        some = numbers | {key: replace(numbers[key], kind=kind) for key in gone}
        assert values(key_figures(study, register, some)).keys() == values(
            key_figures(study, register, numbers)
        ).keys() - set(gone)
    none = {key: replace(number, kind="invented") for key, number in numbers.items()}
    empty = key_figures(study, register, none)
    assert scale_means_chart(empty.means, **frames.ENDS) is None
    assert shares_chart(empty.shares, **frames.WORDS) is None
    # A real number is shown where the report printed one, whatever it printed; others are not.
    real = {key: replace(number, kind="real", value=1.5) for key, number in numbers.items()}
    real["services.pct_positive.access"] = replace(real["services.mean.overall"], key="services.pct_positive.access")
    assert set(values(key_figures(study, register, real)).values()) == {1.5}
    assert values(key_figures(study, register, real)).keys() == values(key_figures(study, register, numbers)).keys()


def test_alt_texts_tell_the_means_and_the_largest_shares(study: Study, register: Register) -> None:
    found = key_figures(study, register, published(register))
    assert "the highest first: Relationships and participation 3.85" in alt_scale_means(found)
    assert alt_scale_means(found).endswith("and Transitions to adult services 2.63.")
    assert "answers good or very good: Support to express views, 82%." in alt_shares(found)
    assert "answers poor or very poor: Mental health needs, 67%." in alt_shares(found)
    tied = replace(found, shares=found.shares.assign(negative=found.shares["negative"].clip(upper=60)))
    assert re.search(r"poor or very poor: [^,]+ and [^,]+, 60% each\.", alt_shares(tied))


@pytest.mark.parametrize("name", ["key means", "narrow key means"])
def test_means_lie_on_their_side_of_the_middle(drawn: Draw, name: str) -> None:
    figure = drawn(name)
    lines = {str(line.get_label()): line.get_xdata() for line in figure.axes[0].lines}
    middle = lines["middle"][0]
    ticks = {t.get_text(): t.get_position()[0] for t in figure.axes[0].texts if t.get_label() == "tick"}
    assert middle == pytest.approx(ticks["3.0"])
    unit = ticks["4.0"] - ticks["3.0"]
    dots = [x for x, _ in figure.axes[0].collections[-1].get_offsets()]
    for dot, row in zip(dots, frames.key_means().to_dict("records"), strict=True):
        assert (dot - middle) / unit == pytest.approx(row["mean"] - 3)
        assert sorted(lines[f"interval:{row['scale']}"]) == pytest.approx(sorted((middle, dot)))


@pytest.mark.parametrize("name", ["key shares", "narrow key shares"])
def test_shares_start_at_nought_and_hidden_ones_are_not_drawn(drawn: Draw, name: str) -> None:
    figure = drawn(name)
    bars = {str(bar.get_label()): bar for bar in figure.axes[0].patches if "/" in str(bar.get_label())}
    (zero,) = {float(line.get_xdata()[0]) for line in figure.axes[0].lines if line.get_label() == "zero"}
    assert set(bars) == {"views/positive", "long/positive", "long/negative", "health/negative", "leaky/positive"}
    per_percent = bars["views/positive"].get_width() / 82
    assert bars["long/positive"].get_x() == pytest.approx(zero)
    assert bars["long/negative"].get_x() == pytest.approx(zero - 38.4 * per_percent)
    assert bars["health/negative"].get_width() == pytest.approx(67 * per_percent)
    texts = {str(text.get_label()): text.get_text() for text in figure.axes[0].texts}
    assert texts["reproduced:long/negative"] == "38%"
    assert texts["real:long/positive"] == "44%"
    assert "56%" not in texts.values()
