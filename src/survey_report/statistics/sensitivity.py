"""The same comparison by other methods: does the finding depend on the method?

Classical analysis of variance with Tukey's pairs assumes equal variances; Kruskal and Wallis's test with Brunner and
Munzel's pairs uses only the order of scores.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from survey_report.statistics.effect_sizes import EffectSize, omega_squared
from survey_report.statistics.multiplicity import holm
from survey_report.statistics.ranges import studentised_range, studentised_range_sf
from survey_report.statistics.samples import NOT_COMPUTED, Samples

NAN = float("nan")
TUKEY_COLUMNS = ["a", "b", "difference", "low", "high", "p", "reason"]
ORDER_COLUMNS = ["a", "b", "superiority", "statistic", "p", "p_holm", "reason"]


@dataclass(frozen=True)
class OneWay:
    """A test of several groups at once: its statistic (F or H), degrees of freedom, p; NaN with a reason if not tested.

    `df_within` is NaN for Kruskal and Wallis's test, which has none.
    """

    statistic: float
    df_between: float
    df_within: float
    p: float
    reason: str = ""


def why_not(samples: Samples) -> str:
    """Why the samples cannot be compared; empty if they can."""
    if len(samples) < 2:
        return "fewer than two groups"
    if min(len(sample) for sample in samples.values()) < 2:
        return "a group with fewer than 2 answers"
    return NOT_COMPUTED if np.ptp(np.concatenate(list(samples.values()))) == 0 else ""


def classical_anova(samples: Samples) -> OneWay:
    """One-way analysis of variance with equal variances assumed (Fisher; SciPy's f_oneway)."""
    reason = why_not(samples) or _no_spread(samples)
    if reason:
        return OneWay(NAN, NAN, NAN, NAN, reason)
    result = stats.f_oneway(*samples.values())
    df_within = sum(len(sample) for sample in samples.values()) - len(samples)
    return OneWay(float(result.statistic), len(samples) - 1.0, float(df_within), float(result.pvalue))


def classical_omega_squared(samples: Samples, *, alpha: float) -> EffectSize:
    """Hays' omega squared with its interval; see `omega_squared`."""
    found = classical_anova(samples)
    if found.reason:
        return EffectSize(NAN, NAN, NAN, found.reason)
    n = sum(len(sample) for sample in samples.values())
    return omega_squared(found.statistic, found.df_between, found.df_within, n, alpha=alpha)


def tukey_pairs(samples: Samples, *, alpha: float) -> pd.DataFrame:
    """Tukey and Kramer's pairs: a, b, difference (a minus b), low, high (simultaneous 1 - alpha interval), p, reason.

    p is the tail of the studentised range at |a - b| / sqrt(MS_w (1/n_a + 1/n_b) / 2) (Kramer 1956, Biometrics 12);
    half an interval is its quantile times that root. About 30 ms for eight groups.
    """
    reason = why_not(samples) or _no_spread(samples)
    names = list(samples)
    if reason:
        rows = [(a, b, _difference(samples, a, b), NAN, NAN, NAN, reason) for a, b in combinations(names, 2)]
        return _frame(rows, TUKEY_COLUMNS)
    df = sum(len(sample) for sample in samples.values()) - len(samples)
    mean_square = sum(float(sample.var(ddof=0)) * len(sample) for sample in samples.values()) / df
    quantile = studentised_range(1 - alpha, len(names), df)
    rows = []
    for a, b in combinations(names, 2):
        error = float(np.sqrt(mean_square * (1 / len(samples[a]) + 1 / len(samples[b])) / 2))
        difference, half = _difference(samples, a, b), quantile * error
        p = studentised_range_sf(abs(difference) / error, len(names), df)
        rows.append((a, b, difference, difference - half, difference + half, p, ""))
    return _frame(rows, TUKEY_COLUMNS)


def kruskal_wallis(samples: Samples) -> OneWay:
    """Kruskal and Wallis's test by ranks, corrected for ties (1952, JASA 47; SciPy's kruskal): H as statistic."""
    reason = why_not(samples)
    if reason:
        return OneWay(NAN, NAN, NAN, NAN, reason)
    result = stats.kruskal(*samples.values())
    return OneWay(float(result.statistic), len(samples) - 1.0, NAN, float(result.pvalue))


def brunner_munzel_pairs(samples: Samples) -> pd.DataFrame:
    """Brunner and Munzel's test (2000, Biometrical Journal 42) of every pair, with Holm's adjustment over the pairs.

    One row a pair: a, b, superiority, statistic, p (Student's t), p_holm, reason. `superiority` is the probability, in
    percent, that an answer of a lies above one of b, ties counted half; the test is of 50 %. Variances may differ and
    ties are allowed. p is SciPy's (brunnermunzel). About 0.5 ms a pair.
    """
    rows = []
    for a, b in combinations(samples, 2):
        first, second = samples[a], samples[b]
        reason = why_not({a: first, b: second})
        if min(len(first), len(second)) == 0:
            rows.append((a, b, NAN, NAN, NAN, NAN, reason))
            continue
        ranks = stats.rankdata(np.concatenate([first, second]))
        superiority = float((ranks[: len(first)].mean() - (len(first) + 1) / 2) / len(second))
        statistic = p = NAN
        if not reason:
            statistic, p = _brunner_munzel(first, second)
            reason = "" if np.isfinite([statistic, p]).all() else NOT_COMPUTED
        rows.append((a, b, 100 * superiority, statistic, p, NAN, reason))
    frame = _frame(rows, ORDER_COLUMNS)
    return frame.assign(p_holm=holm(frame["p"].to_numpy()))


def _brunner_munzel(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Statistic (positive where a lies above b) and p; not finite where ranks do not vary, as in groups apart."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = stats.brunnermunzel(b, a)
    return (float(result.statistic), float(result.pvalue)) if np.isfinite(result.statistic) else (NAN, NAN)


def _no_spread(samples: Samples) -> str:
    return NOT_COMPUTED if all(np.ptp(sample) == 0 for sample in samples.values()) else ""


def _difference(samples: Samples, a: str, b: str) -> float:
    return float(samples[a].mean() - samples[b].mean()) if len(samples[a]) and len(samples[b]) else NAN


def _frame(rows: Sequence[tuple[object, ...]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:-1], float))
