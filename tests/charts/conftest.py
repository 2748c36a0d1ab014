"""Charts are drawn once for all tests."""

from __future__ import annotations

from collections.abc import Callable

import chart_frames as frames
import pytest
from matplotlib.figure import Figure

from survey_report.charts.canvas import NARROW
from survey_report.charts.contrasts import contrasts_chart
from survey_report.charts.diverging import change_chart, items_chart
from survey_report.charts.equivalence import equivalence_chart
from survey_report.charts.heat import heat_chart
from survey_report.charts.integration import integration_chart
from survey_report.charts.key_figures import scale_means_chart, shares_chart
from survey_report.charts.means import means_chart

DRAW: dict[str, Callable[[], Figure]] = {
    "items": lambda: items_chart(frames.items(), frames.RATING, notice=frames.NOTICE),
    "items of four answers": lambda: items_chart(
        frames.bars("item", frames.FOUR, [("a", "One", 30, [10.0, 40.0, 30.0, 20.0], "xxx", False)]), frames.FOUR
    ),
    "items all hidden": lambda: items_chart(frames.items().query("item == 'hidden'"), frames.RATING),
    "change": lambda: change_chart(frames.changes(), frames.CHANGE, notice=frames.NOTICE),
    "means": lambda: means_chart(frames.groups(), 3.05, notice=frames.NOTICE, overall_kind="reproduced", **frames.ENDS),
    "means at the edge": lambda: means_chart(frames.groups().assign(mean=4.9, low=4.8, high=5.0), 4.95, **frames.ENDS),
    "means without overall": lambda: means_chart(frames.groups(), None, **frames.ENDS),
    "means all hidden": lambda: means_chart(frames.groups().query("kind == 'hidden'"), None, **frames.ENDS),
    "integration": lambda: integration_chart(frames.levels(), notice=frames.NOTICE, **frames.ENDS),
    "heat": lambda: heat_chart(frames.heat(), notice=frames.NOTICE),
    "heat of many groups": lambda: heat_chart(frames.many_groups(), notice=frames.NOTICE),
    "contrasts": lambda: contrasts_chart(frames.contrasts(), notice=frames.NOTICE, **frames.POINTS),
    "contrasts in blocks": lambda: contrasts_chart(frames.blocks(), notice=frames.NOTICE, **frames.PERCENT),
    "key means": lambda: scale_means_chart(frames.key_means(), notice=frames.NOTICE, **frames.ENDS),
    "key shares": lambda: shares_chart(frames.key_shares(), notice=frames.NOTICE, **frames.WORDS),
    "equivalence": lambda: equivalence_chart(frames.differences(), frames.bounds(), span=4, notice=frames.NOTICE),
    "narrow items": lambda: items_chart(frames.items(), frames.RATING, notice=frames.NOTICE, width=NARROW),
    "narrow change": lambda: change_chart(frames.changes(), frames.CHANGE, notice=frames.NOTICE, width=NARROW),
    "narrow means": lambda: means_chart(
        frames.groups(),
        3.05,
        notice=frames.NOTICE,
        overall_kind="reproduced",
        width=NARROW,
        **frames.ENDS,
    ),
    "narrow integration": lambda: integration_chart(frames.levels(), notice=frames.NOTICE, width=NARROW, **frames.ENDS),
    "narrow equivalence": lambda: equivalence_chart(
        frames.differences(), frames.bounds(), span=4, notice=frames.NOTICE, width=NARROW
    ),
    "narrow key means": lambda: scale_means_chart(
        frames.key_means(), notice=frames.NOTICE, width=NARROW, **frames.ENDS
    ),
    "narrow key shares": lambda: shares_chart(frames.key_shares(), notice=frames.NOTICE, width=NARROW, **frames.WORDS),
    "narrow heat": lambda: heat_chart(frames.heat(), notice=frames.NOTICE, width=NARROW),
    "narrow heat of many groups": lambda: heat_chart(frames.many_groups(), notice=frames.NOTICE, width=NARROW),
    "narrow contrasts": lambda: contrasts_chart(
        frames.contrasts(), notice=frames.NOTICE, width=NARROW, **frames.POINTS
    ),
    "narrow contrasts in blocks": lambda: contrasts_chart(
        frames.blocks(), notice=frames.NOTICE, width=NARROW, **frames.PERCENT
    ),
}


@pytest.fixture(params=DRAW, scope="session")
def figure(request: pytest.FixtureRequest) -> Figure:
    """Each chart in turn."""
    return DRAW[request.param]()


@pytest.fixture(scope="session")
def drawn() -> Callable[[str], Figure]:
    """A chart by name."""
    return lambda name: DRAW[name]()
