"""Findings of one part of the code frame: who raises its themes, what goes together, agreement, quotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from survey_report.digits import released
from survey_report.findings.theme import overall_mean
from survey_report.frames import each_row
from survey_report.ledger import Ledger
from survey_report.numbers import Number
from survey_report.qualitative import theme_counts as counts
from survey_report.qualitative.agreement import alphas_and_kappas
from survey_report.qualitative.coded import service_labels
from survey_report.qualitative.corpus import Corpus, slug, themes
from survey_report.qualitative.naming import VALENCES
from survey_report.qualitative.speakers import NOT_TOLD, one_coding
from survey_report.qualitative.speakers import raised as who_raises
from survey_report.qualitative.units import Kind, coded_sources
from survey_report.rendering import Rendering
from survey_report.scales import scale_scores
from survey_report.study import METHODS, WHOLE_CORPUS

WHOLE = WHOLE_CORPUS
SURVEY = METHODS[0]
RAISED = ["theme", "label", *(f"n_{slug(name).replace('-', '_')}" for name in (*METHODS, *VALENCES))]
BY_SERVICE = ["theme", "label", "service", "service_label", "n", "base", "share", "kind", "key", "shown"]
AGREEMENT = ["theme", "label", "coders", "units", "alpha", "kappa", "kappa_low", "kappa_high", "reason"]
TOGETHER = ["first", "second", "first_label", "second_label", "n_first", "n_second", "together", "jaccard", "shown"]
QUOTATIONS = ["theme", "label", "text", "attribution"]
FRAMES = (RAISED, BY_SERVICE, AGREEMENT, TOGETHER, QUOTATIONS)


@dataclass(frozen=True)
class Voices:
    """Findings on a part of the code frame; all frames are empty where the rendering has no such material.

    A source is a person of the survey with all their answers, a focus group or an interview, coded by one coder
    (`speakers`). `raised`: one row a theme: theme, label, sources that raise it by method and by valence (missing: not
    shown). `by_service`: one row a theme and service: theme, label, service, service_label, n people of the survey who
    raise it, share of the service's people who answered an open question in percent, kind, key, shown. `agreement`: one
    row a theme: coders, units, alpha, kappa (of two coders) or its range (of more), reason if there is none.
    `together`: one row a pair of themes. `quotations`: one row a quotation. `unit` is what coders are compared over.
    `rating`, `middle`: mean and middle of the scale of the same name, None if there is none that may be shown. `whole`
    are numbers on the part itself by method and valence, `sources` those of all sources by method.
    """

    section: str
    title: str
    raised: pd.DataFrame
    by_service: pd.DataFrame
    agreement: pd.DataFrame
    together: pd.DataFrame
    quotations: pd.DataFrame
    numbers: Mapping[str, Number]
    whole: Mapping[str, Number]
    sources: Mapping[str, Number]
    unit: Kind = "sentence"
    rating: Number | None = None
    middle: float = float("nan")

    def number(self, theme: str, measure: str) -> Number:
        """A number on a theme: `n.survey`, `n_challenge.all`."""
        return self.numbers[f"themes.{theme}.{measure}"]


def sections_told(rendering: Rendering) -> frozenset[str]:
    """Sections that the coded material has anything on, WHOLE among them: codes at the top that have others below."""
    if rendering.coded is None:
        return frozenset()
    codes = rendering.coded.corpus.codes
    used = set(who_raises(rendering.coded.corpus)["theme"]) & set(codes["parent"])
    return frozenset({WHOLE, *codes.loc[(codes["parent"] == "") & codes["code"].isin(used), "code"]})


def voices_findings(rendering: Rendering, section: str) -> Voices:
    """All findings on the codes below the top code `section`; on the codes at the top where it is WHOLE."""
    titles = dict(rendering.study.coded.sections) if rendering.study.coded else {}
    title = titles.get(section, "All sections" if section == WHOLE else section.capitalize())
    if rendering.coded is None or section not in sections_told(rendering):
        raised, by_service, agreement, together, quotations = (pd.DataFrame(columns=names) for names in FRAMES)
        return Voices(section, title, raised, by_service, agreement, together, quotations, {}, {}, {})
    corpus = rendering.coded.corpus
    counted, part = (one if section == WHOLE else within(one, section) for one in (one_coding(corpus), corpus))
    codes = part.codes
    chosen = codes.loc[codes["parent"] == ("" if section == WHOLE else section), "code"].tolist()
    labels = {row.code: row.name[:1].upper() + row.name[1:] for row in each_row(codes)}
    labels |= {code: titles.get(code, label) for code, label in labels.items()}
    ledger = rendering.ledger()
    sources = (
        _sources(ledger, rendering, corpus) if section == WHOLE else _sources(rendering.ledger(), rendering, corpus)
    )
    told = counts.theme_counts(counted, rendering.policy, chosen=chosen if section == WHOLE else ())
    raised = _raised(ledger, rendering, counted, told, chosen, labels, whole=section == WHOLE)
    unit: Kind = "sentence" if corpus.sources["text"].ne("").any() else "source"
    rating, middle = _rating(rendering, section)
    chosen_quotations = rendering.coded.quotations
    quotations = chosen_quotations[chosen_quotations["theme"].isin(chosen)]
    quotations = quotations.assign(label=quotations["theme"].map(labels))[QUOTATIONS].reset_index(drop=True)
    return Voices(
        section,
        title,
        raised,
        _by_service(ledger, rendering, counted, told, chosen, labels),
        _agreement(ledger, part, corpus, chosen, labels, unit),
        _together(counted, rendering, chosen, labels),
        quotations,
        ledger.numbers,
        {}
        if section == WHOLE
        else {key: n for key, n in ledger.numbers.items() if key.startswith(f"themes.{section}.")},
        sources,
        unit,
        rating,
        middle,
    )


def within(corpus: Corpus, top: str) -> Corpus:
    """The code `top` with all below it and their excerpts; all sources."""
    below = themes(corpus)
    kept = set(below.loc[below["theme"] == top, "code"])
    codes = corpus.codes[corpus.codes["code"].isin(kept)].reset_index(drop=True)
    excerpts = corpus.excerpts[corpus.excerpts["code"].isin(kept)].reset_index(drop=True)
    return replace(corpus, codes=codes, excerpts=excerpts)


def _sources(ledger: Ledger, rendering: Rendering, corpus: Corpus) -> dict[str, Number]:
    """Number of sources by method."""
    found = counts.source_counts(corpus, rendering.policy)
    return {
        str(row.method): ledger.count(
            str(row.key), 0 if pd.isna(row.n) else int(row.n), source="tbl-corpus-raised", shown=bool(row.shown)
        )
        for row in each_row(found[found["service"] == counts.ALL])
    }


def _raised(
    ledger: Ledger,
    rendering: Rendering,
    part: Corpus,
    numbers: pd.DataFrame,
    chosen: list[str],
    labels: Mapping[str, str],
    *,
    whole: bool,
) -> pd.DataFrame:
    """Enters the numbers of sources by method and valence: of every code, or of those at the top for the whole."""
    top = set() if whole else set(part.codes.loc[part.codes["parent"] == "", "code"])
    entered = set(part.codes["code"]) if not whole else set()
    by_method = numbers[numbers["service"] == counts.ALL]
    by_valence = counts.valence_counts(part, rendering.policy)
    cells: dict[tuple[str, str], Any] = {}
    for row in each_row(by_method):
        measure = f"n.{slug(str(row.method))}"
        if row.theme in entered and (row.method == counts.ALL or row.theme in top or row.theme in chosen):
            _count(ledger, f"themes.{row.theme}.{measure}", row)
        cells[row.theme, f"n_{slug(str(row.method)).replace('-', '_')}"] = row.n
    for row in each_row(by_valence[by_valence["method"] == counts.ALL]):
        name = f"n_{slug(str(row.valence)).replace('-', '_')}"
        if row.theme in entered and (row.theme in top or row.theme in chosen):
            _count(ledger, f"themes.{row.theme}.{name}", row)
        cells[row.theme, name] = row.n
    # A theme without a code of some valence cannot be raised that way by anybody.
    rows = [(theme, labels[theme], *(cells.get((theme, name), 0) for name in RAISED[2:])) for theme in chosen]
    frame = pd.DataFrame(rows, columns=RAISED)
    frame = frame.astype(dict.fromkeys(RAISED[2:], "Int64"))
    present = {name for (theme, name), n in cells.items() if theme in chosen and (pd.isna(n) or n)}
    return frame[[name for name in RAISED if name in RAISED[:2] or name in present]]


def _count(ledger: Ledger, key: str, row: object) -> None:
    n, shown = getattr(row, "n"), bool(getattr(row, "shown"))  # noqa: B009
    ledger.count(key, 0 if pd.isna(n) else int(n), source="coded material", shown=shown)


def _by_service(
    ledger: Ledger,
    rendering: Rendering,
    part: Corpus,
    numbers: pd.DataFrame,
    chosen: list[str],
    labels: Mapping[str, str],
) -> pd.DataFrame:
    """Shares of each service's people who answered an open question that raise each theme."""
    names = service_labels(rendering.study)
    bases = counts.source_counts(part, rendering.policy)
    bases = bases[(bases["method"] == SURVEY) & (bases["service"] != counts.ALL) & bases["shown"]]
    base = {
        str(row.service): int(row.n) for row in each_row(bases) if int(row.n) >= rendering.policy.thresholds.min_group
    }
    services = [name for name in names if name in base] + [name for name in base if name not in names]
    services = [] if rendering.withheld else [name for name in services if name != NOT_TOLD]
    mine = numbers[numbers["method"] == SURVEY]
    cells = {(row.theme, row.service): row for row in each_row(mine)}
    rows = []
    for theme in chosen:
        for service in services:
            row = cells[theme, service]
            precision = rendering.policy.precision(base[service])
            shown = bool(row.shown)
            share = precision.percent(100 * int(row.n) / base[service]) if shown else float("nan")
            key = f"themes.{theme}.pct.{SURVEY}.{service}"
            number = ledger.enter(
                key, share, unit="percent", decimals=0, source="coded material", base=base[service], shown=shown
            )
            n = pd.NA if precision.coarse else row.n  # the exact number would tell the exact share
            told = (theme, labels[theme], service, names.get(service, service))
            rows.append((*told, n, base[service], share, number.kind, key, shown))
    return pd.DataFrame(rows, columns=BY_SERVICE)


def _agreement(
    ledger: Ledger, part: Corpus, corpus: Corpus, chosen: list[str], labels: Mapping[str, str], unit: Kind
) -> pd.DataFrame:
    """Alpha and kappa of each theme, entered. Whoever gave a source any code of the frame is taken to have read it."""
    read = coded_sources(corpus)
    found, pairs = alphas_and_kappas(part, unit, read, chosen)
    rows = []
    for row in each_row(found):
        mine = pairs.loc[pairs["code"] == row.code, "kappa"].dropna()
        low, high = (float(mine.min()), float(mine.max())) if len(mine) else (float("nan"), float("nan"))
        alpha = None if pd.isna(row.alpha) else float(row.alpha)
        ledger.enter(f"themes.{row.code}.alpha", alpha, unit="coefficient", decimals=2, source="coded material")
        one = low if len(mine) == 1 else float("nan")
        ledger.enter(f"themes.{row.code}.kappa", one, unit="coefficient", decimals=2, source="coded material")
        told = (float("nan") if alpha is None else alpha, one, low, high, str(row.reason))
        rows.append((row.code, labels[row.code], int(row.coders), int(row.units), *told))
    return released(pd.DataFrame(rows, columns=AGREEMENT))


def _together(part: Corpus, rendering: Rendering, chosen: list[str], labels: Mapping[str, str]) -> pd.DataFrame:
    """Pairs of themes, those most often raised together first."""
    pairs = counts.raised_together(part, rendering.policy, chosen)
    pairs = pairs.assign(first_label=pairs["first"].map(labels), second_label=pairs["second"].map(labels))
    pairs = pairs.sort_values(["shown", "together"], ascending=False, kind="stable", na_position="last")
    frame: pd.DataFrame = pairs[TOGETHER].reset_index(drop=True).astype({"jaccard": "float64"})
    return released(frame)


def _rating(rendering: Rendering, section: str) -> tuple[Number | None, float]:
    """Mean of all respondents on the scale of the same name, and the middle of its answers."""
    scale = next((scale for scale in rendering.study.scales if scale.id == section), None)
    if scale is None:
        return None, float("nan")
    scores = scale_scores(rendering.respondents, scale, rendering.study)
    number = overall_mean(rendering, rendering.ledger(), scale, scores)
    values = rendering.study.answers(scale).scores.values()
    return (None if number.value is None else number), (min(values) + max(values)) / 2
