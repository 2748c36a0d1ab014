"""A rendering: one study with one export. Its files lie in one folder that no other rendering touches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from survey_report.disclosure import Policy
from survey_report.frames import read_frame
from survey_report.handover import RESPONSES
from survey_report.ledger import Ledger
from survey_report.qualitative.coded import Coded, open_coded
from survey_report.reading import Reading, read_reading
from survey_report.register import Register, load_register, released_keys
from survey_report.study import Study
from survey_report.study_load import load_study


@dataclass(frozen=True)
class Rendering:
    """What the findings are computed from: respondents (one row each), the study, the register, what may be shown.

    `coded` is the coded material, None where the rendering has none.
    """

    study: Study
    respondents: pd.DataFrame
    reading: Reading
    register: Register
    policy: Policy
    coded: Coded | None = None

    @property
    def withheld(self) -> str:
        """Why no groups are told of, as a sentence; empty where they are."""
        least = self.policy.thresholds.min_report
        if len(self.respondents) >= least:
            return ""
        return f"Fewer than {least} people answered, so only overall results are shown, none of groups."

    def members(self, name: str) -> pd.Series:
        """The group of each respondent, by a grouping or a closed question.

        Nobody is in any where no groups are told of, so that nothing computed from these can tell of one.
        """
        column = self.respondents[self.study.column(name)]
        return column.mask(pd.Series(True, index=column.index)) if self.withheld else column

    def ledger(self) -> Ledger:
        """A new, empty ledger."""
        return Ledger(self.register, synthetic=self.reading.synthetic)


def policy_of(study: Study, reading: Reading, register: Register) -> Policy:
    """What may be shown: released figures are exempt for shipped data only."""
    released = released_keys(register, study.files.get("released")) if reading.shipped else frozenset()
    return Policy(study.thresholds, released)


def open_rendering(study_folder: Path, build: Path) -> Rendering:
    """Open what `responses.read_responses` wrote."""
    study = load_study(study_folder)
    reading = read_reading(build)
    register = load_register(study)
    return Rendering(
        study=study,
        respondents=read_frame(build / RESPONSES),
        reading=reading,
        register=register,
        policy=policy_of(study, reading, register),
        coded=open_coded(build),
    )
