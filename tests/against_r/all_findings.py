"""The findings of a rendering, all of them: as computed, as published, and every text that pages make of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import shipped
from survey_report import comparison_text, narrative, supplement_tables, tables
from survey_report.findings.comparing import AllComparisons, Comparing, all_comparisons, comparing_findings
from survey_report.findings.measuring import Measurement, measurement_findings
from survey_report.findings.people import People, people_findings
from survey_report.findings.theme import Theme, theme_findings
from survey_report.marks import Style
from survey_report.rendering import Rendering


@dataclass(frozen=True)
class Findings:
    """What a report tells of a rendering, by scale where it does so."""

    people: People
    themes: dict[str, Theme]
    comparing: dict[str, Comparing]
    measurement: Measurement
    every: AllComparisons | None


def published(rendering: Rendering) -> Findings:
    """As pages have it."""
    scales = [scale.id for scale in rendering.study.scales]
    return Findings(
        people_findings(rendering),
        {scale: theme_findings(rendering, scale) for scale in scales},
        {scale: comparing_findings(rendering, scale) for scale in scales},
        measurement_findings(rendering),
        all_comparisons(rendering),
    )


def computed(rendering: Rendering) -> Findings:
    """With all digits, small groups as finely as large ones, and nobody's number hidden."""
    with shipped.exactly():
        return published(shipped.every_size(shipped.in_full(rendering)))


def texts(rendering: Rendering, found: Findings) -> Iterator[str]:
    """Every table and sentence of the sections on scales and comparisons."""
    style, study = Style(rendering.study.id, synthetic=False), rendering.study
    yield from _flat(narrative.flow_sentences(found.people, style))
    yield from _flat(narrative.people_sentences(found.people, study, style))
    for theme in found.themes.values():
        yield from _flat(narrative.item_sentences(theme, style))
        yield from _flat(narrative.group_sentences(theme, style))
        for table in (tables.items_table, tables.means_table, tables.pairs_table):
            yield table(theme, style)
    for comparing in found.comparing.values():
        yield comparison_text.sizes_table(comparing, style)
        yield comparison_text.differences_table(comparing, style)
        yield comparison_text.sensitivity_table(comparing, style)
        yield from _flat(comparison_text.conclusion_sentences(comparing, style))
    if found.every:
        yield comparison_text.all_table(found.every, style)
        yield from _flat(comparison_text.all_sentences(found.every, style))
    yield supplement_tables.scales_table(found.measurement, style)
    yield supplement_tables.item_statistics_table(found.measurement, style)
    yield supplement_tables.answers_table(found.measurement, study, style)
    yield supplement_tables.missing_table(found.measurement, style)
    yield supplement_tables.missing_by_group_table(found.measurement, style)
    yield from _flat(supplement_tables.consistency_sentences(found.measurement))


def _flat(sentences: object) -> list[str]:
    return [sentences] if isinstance(sentences, str) else list(map(str, sentences))  # type: ignore[call-overload]
