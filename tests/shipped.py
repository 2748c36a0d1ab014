"""Findings of the study's own export, computed once for all tests that look at them (comparing groups takes time)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pytest

from survey_report import digits
from survey_report.conditions import Facts
from survey_report.findings import theme as theme_module
from survey_report.findings.clustered import ClusteredLevels, clustered_findings
from survey_report.findings.comparing import AllComparisons, all_comparisons
from survey_report.findings.levels import Levels, level_findings
from survey_report.findings.people import People, people_findings
from survey_report.findings.theme import Theme, theme_findings
from survey_report.findings.voices import WHOLE, Voices, voices_findings
from survey_report.numbers import Number
from survey_report.reconciliation import Line, reconcile
from survey_report.rendering import Rendering, open_rendering
from survey_report.responses import read_responses

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "studies" / "csrr-2023"
EXPORT = STUDY / "data" / "synthetic-export.csv"


def rendering_of(export: Path | None) -> Rendering:
    """The rendering of an export; None for the study's own."""
    with tempfile.TemporaryDirectory() as folder:
        read_responses(STUDY, export, Path(folder))
        return open_rendering(STUDY, Path(folder))


@cache
def rendering() -> Rendering:
    return rendering_of(None)


def in_full(of: Rendering) -> Rendering:
    """The rendering with small groups shown as finely as large ones: what is computed, before it is made coarser."""
    limits = replace(of.study.thresholds, coarse_group=0)
    return replace(of, study=replace(of.study, thresholds=limits), policy=replace(of.policy, thresholds=limits))


def every_size(of: Rendering) -> Rendering:
    """The rendering with nobody's number hidden: what would tell one is shown all the same."""
    limits = replace(of.study.thresholds, min_cell=0)
    return replace(of, study=replace(of.study, thresholds=limits), policy=replace(of.policy, thresholds=limits))


@contextmanager
def exactly() -> Iterator[None]:
    """Findings with all their digits: what is computed, before it is rounded as pages print it."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((digits, "printed"), (theme_module, "rounded")):
            patch.setattr(module, name, lambda value, to: value)
        yield


@cache
def theme_in_full(scale: str) -> Theme:
    with exactly():
        return theme_findings(every_size(in_full(rendering())), scale)


@cache
def people() -> People:
    return people_findings(rendering())


@cache
def theme(scale: str) -> Theme:
    return theme_findings(rendering(), scale)


@cache
def levels(grouping: str) -> Levels:
    return level_findings(rendering(), grouping)


@cache
def clustered(grouping: str) -> ClusteredLevels:
    return clustered_findings(rendering(), grouping)


@cache
def comparisons() -> AllComparisons:
    return all_comparisons(rendering())


@cache
def themes() -> tuple[Theme, ...]:
    return tuple(theme(scale.id) for scale in rendering().study.scales)


@cache
def voices() -> Mapping[str, Voices]:
    """What the shipped corpus has on each part of its code frame, and on the whole."""
    coded = rendering().study.coded
    assert coded is not None
    return {section: voices_findings(rendering(), section) for section in (*dict(coded.sections), WHOLE)}


@cache
def numbers() -> Mapping[str, Number]:
    """The numbers of all sections, each key entered by one of them."""
    merged: dict[str, Number] = {}
    others = (comparisons(), levels("integration"), clustered("integration"))
    for section in (people(), *themes(), *others, *voices().values()):
        assert not merged.keys() & section.numbers.keys()
        merged |= section.numbers
    return MappingProxyType(merged)


@cache
def reconciled() -> Mapping[str, Line]:
    """The register beside the shipped data, by id."""
    return {line.figure.id: line for line in reconcile(rendering(), numbers())}


@cache
def facts() -> Facts:
    """What conditions may ask about the shipped data."""
    pairs = [row for found in themes() for row in records(found.pairs)]
    return Facts(numbers(), pairs, [row for found in themes() for row in records(found.orders)])


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as conditions see them."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
