"""Some of the made surveys as a user builds them: every page, and R's numbers on it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from beside_r import NO_NUMBER, Made, looked_at_by_r
from bs4 import BeautifulSoup
from made_surveys import made_survey, write_survey

sys.path.insert(0, str(Path(__file__).parents[1] / "pages"))
from checkout import build, copy_checkout

pytestmark = pytest.mark.heavy
SEEDS = (5, 8, 17, 36, 47)  # 7, 11 and 5 points; a team of 120; scores from -4; 13 people; three scales


@pytest.mark.parametrize("seed", SEEDS)
def test_a_made_survey_is_built_whole_and_tells_what_r_finds(seed: int, tmp_path: Path) -> None:
    made = Made(made_survey(seed), tmp_path)
    by_r = looked_at_by_r([made], tmp_path)
    folder = copy_checkout(tmp_path / "checkout")
    written, _ = write_survey(made.survey, tmp_path / "again")
    shutil.copytree(written, folder / "studies" / made.survey.name)
    done = build(folder, export=str(tmp_path / f"{made.survey.name}.csv"), study=made.survey.name)
    assert done.returncode == 0, done.stderr[-3000:]
    (site,) = (folder / "_build").glob(f"{made.survey.name}*/site")
    numbers = json.loads((site.parent / "results.json").read_text(encoding="utf-8"))["numbers"]
    for scale in made.survey.answers:
        told, n = numbers[f"{scale}.mean.overall"]["value"], by_r[made.survey.name, "n", scale, "", ""]
        answers = made.published.themes[scale].answers
        step = made.rendering.policy.precision(int(n), answers=answers).mean_step
        if told is None:
            assert made.published.themes[scale].overall.value is None
        else:
            assert told == pytest.approx(by_r[made.survey.name, "mean", scale, "", ""], abs=step / 2 + 1e-9)
    pages = list(site.rglob("*.html"))
    assert pages
    for page in pages:
        text = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").get_text(" ")
        found = NO_NUMBER.search(re.sub(r"None of|None is|None are", "", text))
        assert not found, (page.name, text[max(0, found.start() - 200) : found.end() + 200])
