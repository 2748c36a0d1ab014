"""Agreement: published worked examples, values from R and statsmodels, and what has no value."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from survey_report.qualitative.agreement import (
    NO_PAIR,
    NO_VARIATION,
    Agreement,
    alphas,
    cohen_kappa,
    kappas,
    krippendorff_alpha,
)
from survey_report.qualitative.corpus import CodeRecord, Corpus, ExcerptRecord, SourceRecord, assemble
from survey_report.qualitative.units import text_units


def answers(table: list[list[int]]) -> tuple[list[int], list[int]]:
    """Both coders' answers from a table of how often each pair of answers occurred."""
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return [i for i, _ in pairs], [j for _, j in pairs]


def coded(*coders: str) -> pd.DataFrame:
    """One row a unit, one column a coder; `*` where not coded."""
    return pd.DataFrame({i: [None if c == "*" else c for c in coder] for i, coder in enumerate(coders)})


@pytest.mark.parametrize(
    ("table", "observed", "expected", "kappa"),
    [
        # Altman (1991), Practical Statistics for Medical Research, 14.3: two radiologists, 85 mammograms.
        ([[21, 12, 0, 0], [4, 17, 1, 0], [3, 9, 15, 2], [0, 0, 0, 1]], 0.6353, 0.3082, 0.4728),
        # Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 18.1: diagnoses of 100 patients.
        ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.89, 0.66, 0.676),
        # The usual introduction: fifty proposals read by two readers.
        ([[20, 5], [10, 15]], 0.7, 0.5, 0.4),
    ],
)
def test_kappa_of_published_tables(table: list[list[int]], observed: float, expected: float, kappa: float) -> None:
    found = cohen_kappa(*answers(table))
    assert found.units == sum(map(sum, table))
    assert found.observed == pytest.approx(observed, abs=5e-5)
    assert found.expected == pytest.approx(expected, abs=5e-5)
    assert found.value == pytest.approx(kappa, abs=5e-4)


@given(table=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_as_statsmodels_has_it(table: list[list[int]]) -> None:
    found = cohen_kappa(*answers(table))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = cohens_kappa(np.array(table)).kappa if sum(map(sum, table)) else np.nan
    if found.value is None:
        assert np.isnan(value)
    else:
        assert found.value == pytest.approx(value, abs=1e-12)


FOUR = ("123321412***", "1233224125*3", "*3332342251*", "12332441251*")


@pytest.mark.parametrize(
    ("coders", "alpha", "units"),
    [
        # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, A, B and C: binary, nominal, missing.
        (("0100000010", "1110010000"), 0.095, 10),
        (("aabbdcccedda", "babbbccceddd"), 0.692, 12),
        (FOUR, 0.743, 11),
    ],
)
def test_alpha_of_krippendorffs_examples(coders: tuple[str, ...], alpha: float, units: int) -> None:
    found = krippendorff_alpha(coded(*coders))
    assert found.value == pytest.approx(alpha, abs=5e-4)
    assert found.units == units


def test_alpha_as_r_has_it(root: Path) -> None:
    folder = root / "tests" / "reference"
    told = pd.read_csv(folder / "alpha-answers.csv")
    values = pd.read_csv(folder / "alpha.csv").set_index("case")["alpha"]
    assert len(values) == 12
    for case, rows in told.groupby("case"):
        assert krippendorff_alpha(rows.drop(columns="case")).value == pytest.approx(values[case], rel=1e-8)


@pytest.mark.parametrize(
    ("found", "reason", "units"),
    [
        (cohen_kappa([], []), NO_PAIR, 0),
        (cohen_kappa([1, None], [None, 1]), NO_PAIR, 0),
        (cohen_kappa([0, 0, 0], [0, 0, 0]), NO_VARIATION, 3),
        (krippendorff_alpha(coded("01*", "**1")), NO_PAIR, 0),
        (krippendorff_alpha(pd.DataFrame()), NO_PAIR, 0),
        (krippendorff_alpha(coded("110", "11*")), NO_VARIATION, 2),
    ],
)
def test_what_has_no_value_says_why(found: Agreement, reason: str, units: int) -> None:
    assert (found.value, found.reason, found.units) == (None, reason, units)


def test_one_coder_who_never_varies_has_a_kappa_of_nought() -> None:
    assert cohen_kappa([0, 0, 0, 0], [0, 1, 0, 1]).value == 0
    assert cohen_kappa([0, 0], [1, 1]).value == 0


def test_units_of_a_text() -> None:
    text = "Waits are long. Very long!\n \n“Staff are kind?” she said. Yes…\nNo"
    corpus = assemble([SourceRecord("a", text), SourceRecord("b")], [], [])
    units = {kind: text_units(corpus, kind) for kind in ("source", "passage", "sentence")}
    assert units["source"].to_numpy().tolist() == [["a", 1, 0, len(text)], ["b", 1, 0, 0]]
    for kind, wanted in {
        "passage": ["Waits are long. Very long!", "“Staff are kind?” she said. Yes…", "No"],
        "sentence": ["Waits are long. ", "Very long!", "“Staff are kind?” ", "she said. ", "Yes…", "No"],
    }.items():
        assert [text[row.start : row.end] for row in units[kind].itertuples()] == wanted
        assert set(units[kind]["source"]) == {"a"}


TEXT = "One here. Two here. Three here.\nFour here. Five here."


def small() -> Corpus:
    """Two coders code `a` in full; only the first codes `b`; `c` has nobody's codes. `Waits` lies below `Services`."""
    codes = [
        CodeRecord("s", "Services"),
        CodeRecord("w", "Waits", "s"),
        CodeRecord("k", "Kind"),
        CodeRecord("n", "None"),
    ]
    codes.append(CodeRecord("i", "Idle"))
    excerpts = [
        ExcerptRecord(0, "w", "ann", 4, 12),  # reaches into the second sentence
        ExcerptRecord(0, "s", "bob", 0, 5),
        ExcerptRecord(0, "k", "ann", 32, 32),  # spans nothing: stands at the start of the fourth sentence
        ExcerptRecord(0, "k", "bob", 32, 53),
        ExcerptRecord(0, "n", None, 0, 53),  # by nobody in particular
        ExcerptRecord(0, "n", "ann", 10, 19),  # the second sentence, no more
        ExcerptRecord(1, "k", "ann", 0, 3),
    ]
    return assemble([SourceRecord(name, TEXT) for name in "abc"], codes, excerpts)


def test_agreement_code_by_code_over_sentences() -> None:
    """By hand. Services: ann 1 1 0 0 0, bob 1 0 0 0 0. Kind: ann 0 0 0 1 0, bob 0 0 0 1 1."""
    kappa = kappas(small()).set_index("code")
    assert kappa.loc["services", ["first", "second", "units"]].tolist() == ["coder-1", "coder-2", 5]
    assert kappa.loc["services", ["both", "first_only", "second_only", "unmarked"]].tolist() == [1, 1, 0, 3]
    # observed 0.8; expected 0.4 * 0.2 + 0.6 * 0.8 = 0.56
    assert kappa.loc["services", "agreed"] == pytest.approx(0.8)
    assert kappa.loc["services", "kappa"] == pytest.approx(0.24 / 0.44)
    assert kappa.loc["kind", ["both", "first_only", "second_only", "unmarked"]].tolist() == [1, 0, 1, 3]
    assert kappa.loc["services-waits", ["both", "first_only", "second_only", "unmarked"]].tolist() == [0, 2, 0, 3]
    assert kappa.loc["services-waits", "kappa"] == 0
    assert kappa.loc["none", ["both", "first_only", "second_only", "unmarked"]].tolist() == [0, 1, 0, 4]
    assert kappa.loc["idle", "reason"] == NO_VARIATION
    assert pd.isna(kappa.loc["idle", "kappa"])
    alpha = alphas(small()).set_index("code")
    assert alpha.loc["services", ["coders", "units", "marked"]].tolist() == [2, 5, 3]
    # ten answers, three yes: expected disagreement 2 * 3 * 7 / (10 * 9), observed 2 * 1 / 10
    assert alpha.loc["services", "alpha"] == pytest.approx(1 - 0.2 / (42 / 90))
    assert alpha.loc["idle", "reason"] == NO_VARIATION


def test_agreement_over_sources_and_over_who_read_what() -> None:
    by_source = kappas(small(), "source").set_index("code")
    assert by_source.loc["kind", ["units", "both"]].tolist() == [1, 1]
    read = pd.DataFrame({"source": ["a", "b", "c"] * 2, "coder": ["coder-1"] * 3 + ["coder-2"] * 3})
    told = kappas(small(), "source", read).set_index("code")
    # Who read a source without coding it said no: ann yes yes no, bob yes no no.
    assert told.loc["kind", ["units", "both", "first_only", "second_only", "unmarked"]].tolist() == [3, 1, 1, 0, 1]
    assert told.loc["kind", "kappa"] == pytest.approx(0.4)
    assert alphas(small(), "passage", read).set_index("code").loc["kind", ["units", "marked"]].tolist() == [6, 3]


def test_marks_of_a_coder_who_is_not_said_to_have_read_the_source_do_not_count() -> None:
    excerpts = [ExcerptRecord(0, "k", coder, 0, 3) for coder in ("ann", "cat")]
    excerpts.append(ExcerptRecord(0, "o", "bob", 0, 3))
    codes = [CodeRecord("k", "Kind"), CodeRecord("o", "Other")]
    corpus = assemble([SourceRecord("a", TEXT)], codes, excerpts)
    everybody = alphas(corpus, "source").set_index("code")
    assert everybody.loc["kind", ["coders", "units", "marked"]].tolist() == [3, 1, 2]
    read = pd.DataFrame({"source": ["a", "a"], "coder": ["coder-1", "coder-2"]})  # ann and cat
    assert corpus.excerpts["coder"].tolist() == ["coder-1", "coder-2", "coder-3"]
    told = alphas(corpus, "source", pd.concat([read, pd.DataFrame({"source": ["b"], "coder": ["coder-3"]})]))
    assert told.set_index("code").loc["other", ["coders", "units", "marked"]].tolist() == [2, 1, 0]


def test_without_a_second_coder_or_a_text_there_is_none() -> None:
    one = assemble([SourceRecord("a", TEXT)], [CodeRecord("k", "Kind")], [ExcerptRecord(0, "k", "ann", 0, 3)])
    assert alphas(one)[["coders", "units", "reason"]].to_numpy().tolist() == [[0, 0, NO_PAIR]]
    assert kappas(one).empty
    excerpts = [ExcerptRecord(0, "k", coder, None, None, "said") for coder in ("ann", "bob")]
    untold = assemble([SourceRecord("a")], [CodeRecord("k", "Kind")], excerpts)
    assert alphas(untold)["reason"].tolist() == [NO_PAIR]
    assert kappas(untold, "source")["both"].tolist() == [1]
