"""Disclosure control: what every table, figure and sentence passes before it is shown.

`policy` decides on one group or table, `precision` how finely a group's figures are given, `comparisons` what is shown
of tests with small groups, `sets` on many groups at once (profiles), each of which is what the others leave over.
"""

from survey_report.disclosure.policy import Policy
from survey_report.disclosure.precision import Precision

__all__ = ["Policy", "Precision"]
