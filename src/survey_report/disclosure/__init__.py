"""Disclosure control: what every table, figure and sentence passes before it is shown.

`policy` decides on one group or table, `precision` how finely a group's figures are given, `sets` on many groups at once
(profiles), of which each is what the others leave over.
"""

from survey_report.disclosure.policy import Policy
from survey_report.disclosure.precision import Precision

__all__ = ["Policy", "Precision"]
