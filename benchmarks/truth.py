"""Answers whose truth is known: normal variables cut at thresholds into ordered answers.

Means, variances, shares and covariances follow exactly from the normal distribution, so that an interval can be
asked whether it holds them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from survey_report.study import Option, ResponseSet, Side

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(80)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
ITEMS, ALIKE = 4, 0.4  # of a scale: its items, and the correlation between what lies behind each two of them


@dataclass(frozen=True)
class Item:
    """A question with so many ordered answers to people who lean by `shift` and differ by `sd`, in units of the cuts.

    Five answers score from 1, others from 0. The cuts lie between -1.5 and 1.5; two answers have one, at 0.
    """

    points: int
    shift: float = 0.0
    sd: float = 1.0

    @property
    def cuts(self) -> np.ndarray:
        """Where one answer ends and the next begins."""
        return np.zeros(1) if self.points == 2 else np.linspace(-1.5, 1.5, self.points - 1)

    @property
    def scores(self) -> np.ndarray:
        """Scores from the lowest to the highest."""
        return np.arange(self.points, dtype=float) + (1.0 if self.points == 5 else 0.0)

    @property
    def answers(self) -> ResponseSet:
        """The answers as a study has them: above, on and below the middle."""
        middle = float(self.scores.mean())
        options = []
        for score in self.scores:
            side: Side = "positive" if score > middle else "negative" if score < middle else "neutral"
            options.append(Option(f"a{score:g}", f"answer {score:g}", int(score), side))
        return ResponseSet(f"points_{self.points}", tuple(options), (), {})

    @property
    def shares(self) -> np.ndarray:
        """Probability of each answer."""
        return _shares(self.cuts, np.array([self.shift]), self.sd)[0]

    @property
    def mean(self) -> float:
        """True mean of the scores, of one item and of a scale of such items."""
        return float(self.shares @ self.scores)

    @property
    def variance(self) -> float:
        """True variance of the scores of one item."""
        return float(self.shares @ (self.scores - self.mean) ** 2)

    @property
    def positive(self) -> float:
        """True share of answers above the middle (0 to 1)."""
        return float(self.shares[self.scores > self.scores.mean()].sum())

    @property
    def balance(self) -> float:
        """True share above the middle less that below it, in percentage points."""
        return 100 * (self.positive - float(self.shares[self.scores < self.scores.mean()].sum()))

    def covariance(self, alike: float) -> float:
        """True covariance of two such items: given what both share they are independent."""
        given = _shares(self.cuts, self.shift + self.sd * np.sqrt(alike) * NODES, self.sd * np.sqrt(1 - alike))
        return float(WEIGHTS @ (given @ self.scores - self.mean) ** 2)

    def of(self, normal: np.ndarray) -> np.ndarray:
        """Scores of standard normal values."""
        return self.scores[np.searchsorted(self.cuts, self.shift + self.sd * normal)]

    def draw(self, random: np.random.Generator, n: int) -> np.ndarray:
        """Scores of n people."""
        return self.of(random.standard_normal(n))

    def scale(self, random: np.random.Generator, n: int) -> np.ndarray:
        """Mean scores of n people on a scale of such items."""
        return self.of(related(random, n, ITEMS, ALIKE)).mean(axis=1)

    @property
    def scale_variance(self) -> float:
        """True variance of `scale`."""
        return (self.variance + (ITEMS - 1) * self.covariance(ALIKE)) / ITEMS

    def signs(self, scores: np.ndarray) -> np.ndarray:
        """1, 0 and -1 for scores above, on and below the middle."""
        return np.sign(scores - self.scores.mean())


def related(random: np.random.Generator, n: int, k: int, alike: float) -> np.ndarray:
    """Standard normal values of n people on k variables, each two of which correlate so."""
    common = random.standard_normal((n, 1))
    return np.sqrt(alike) * common + np.sqrt(1 - alike) * random.standard_normal((n, k))


def in_clusters(random: np.random.Generator, sizes: np.ndarray, icc: float) -> tuple[np.ndarray, np.ndarray]:
    """Standard normal values of people in clusters of these sizes, whose members correlate so; and their clusters."""
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    common = random.standard_normal(len(sizes))[clusters]
    return np.sqrt(icc) * common + np.sqrt(1 - icc) * random.standard_normal(len(clusters)), clusters


def _shares(cuts: np.ndarray, shifts: np.ndarray, sd: float) -> np.ndarray:
    """Probability of each answer, one row a shift."""
    below = stats.norm.cdf((cuts - shifts[:, None]) / sd)
    ends = np.ones((len(shifts), 1))
    return np.diff(np.hstack([0 * ends, below, ends]), axis=1)
