"""Charts as pure functions over tidy frames: each takes numbers that may be shown and returns a Matplotlib figure."""

from survey_report.charts.canvas import NARROW, WIDTH, svg
from survey_report.charts.contrasts import contrasts_chart
from survey_report.charts.diverging import change_chart, items_chart
from survey_report.charts.equivalence import equivalence_chart
from survey_report.charts.heat import heat_chart
from survey_report.charts.integration import integration_chart
from survey_report.charts.means import means_chart

__all__ = [
    "NARROW",
    "WIDTH",
    "change_chart",
    "contrasts_chart",
    "equivalence_chart",
    "heat_chart",
    "integration_chart",
    "items_chart",
    "means_chart",
    "svg",
]
