"""Checks on published figures: contradictions that follow from the printed numbers alone, and what stays unseen."""

from survey_report.figure_checks.checks import CHECKS, check_figures, check_frame
from survey_report.figure_checks.outcome import Finding, Limit, Outcome
from survey_report.figure_checks.printed import Figures, Printed, figures_of, read_frame

__all__ = [
    "CHECKS",
    "Figures",
    "Finding",
    "Limit",
    "Outcome",
    "Printed",
    "check_figures",
    "check_frame",
    "figures_of",
    "read_frame",
]
