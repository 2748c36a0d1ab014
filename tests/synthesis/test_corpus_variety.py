"""The corpus is varied enough to be read as people's words; and the measures of that see what they should."""

from __future__ import annotations

import pytest
from variety import nearest, repeated

from survey_report.synthesis.corpus import SyntheticCorpus
from survey_report.synthesis.corpus.transcripts import NOTICE

MOST = 10


def test_the_measures_see_repetition() -> None:
    texts = ["It rained. It rained all day long here.", "P1: It rained.\nModerator: It rained all day, they said."]
    assert repeated(texts)["it rained"] == 2
    assert repeated(texts, 4) == {"it rained all day": 2}
    # Two of four runs of three words in common.
    assert nearest(["one two three four five", "two three four five six", "seven"]) == [0.5, 0.5, 0.0]
    assert nearest(["same again", "same again"]) == [1.0, 1.0]


def spoken(corpus: SyntheticCorpus) -> list[str]:
    """Texts without the line at the head of transcripts, which is the same everywhere on purpose."""
    return [text.partition("\n")[2] if NOTICE in text else text for text in corpus.sources["text"]]


def test_no_sentence_and_no_beginning_comes_back_more_than_ten_times(corpus: SyntheticCorpus) -> None:
    texts = spoken(corpus)
    for first in (None, 6, 5):
        often = {piece: n for piece, n in repeated(texts, first).items() if n > MOST}
        assert not often
    assert len(repeated(texts)) > 4500


@pytest.mark.parametrize(("similarity", "share"), [(0.5, 0.15), (0.6, 0.04), (0.7, 0.01), (0.8, 0.0)])
def test_answers_are_seldom_alike(corpus: SyntheticCorpus, similarity: float, share: float) -> None:
    answers = corpus.sources.loc[corpus.sources["method"] == "survey", "text"].tolist()
    assert sum(most >= similarity for most in nearest(answers)) <= share * len(answers)
