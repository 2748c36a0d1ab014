"""A study whose every text is hostile: labels, titles, answers, themes and quotations carry markup that runs."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import yaml

from survey_report.study_load import load_study
from survey_report.synthesis import synthesise

sys.path.insert(0, str(Path(__file__).parent / "synthesis"))
from second_study import write_second_study

# What each reader of the formats would act on; every place gets the whole of it. It sets `window.PWN` where it runs.
MARKS = (
    "<img src=x onerror=window.PWN=1>",
    "`<script>window.PWN=2</script>`{=html}",
    '[x]{onclick="window.PWN=3" style="position:fixed"}',
    "[l](javascript:window.PWN=4)",
    "![b](https://evil.example/b.png)",
    "<form action=https://evil.example/f><input></form>",
    "@work",
    "$\\frac{x$",
    "{{< env HOME >}} {{< var study.opened >}} {{< include /etc/passwd >}}",
    '`<w:fldSimple w:instr=" DDEAUTO cmd /c calc "/>`{=openxml}',
    '`#import "@preview/cetz:0.3.0"`{=typst}',
    "`#sys.version`{=typst}",
    "**b** _i_ | p",
    "[inaudible](laughs)",
    "&lt;b&gt; ::: {.notice}",
)
HOSTILE = " ".join(MARKS)
UNSEEN = "\u202etxt\u2066\u200b"
TEXTS = {"title", "short_title", "organisation", "wave", "report_author", "citation", "label", "by", "phrase", "answer",
         "positive", "negative", "neutral", "subject"}  # fmt: skip


def write_hostile_study(folder: Path) -> Path:
    """Write it into a folder in `folder`, with an export that fits it, and coded material as `corpus.csv` in it."""
    place = write_second_study(folder)
    study = yaml.safe_load((place / "study.yml").read_text(encoding="utf-8"))
    changed = {key: value if key in ("export", "thresholds") else _hostile(value, key) for key, value in study.items()}
    changed["profiles"] = ["branch"]
    changed["corpus"] = {"sections": [{"id": "top", "title": f"Voices {HOSTILE}"}]}
    changed["quotations"] = {"longest": 2000}
    (place / "study.yml").write_text(yaml.safe_dump(changed, allow_unicode=True, sort_keys=False), encoding="utf-8")
    for name, columns in (("instrument.csv", ("short", "label")), ("categories.csv", ("label", "phrase", "answer"))):
        _rewrite(place / name, columns)
    loaded = load_study(place)
    (place / "data").mkdir()
    synthesise(loaded, place / loaded.export.file, log=lambda _: None)
    _corpus(place / "corpus.csv")
    return place


def _hostile(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        measures = name == "measures"  # names of results, no texts
        return {key: part if measures else _hostile(part, str(key)) for key, part in value.items()}
    if isinstance(value, list):
        return [_hostile(part, name) for part in value]
    return f"{value} {HOSTILE}{UNSEEN}" if isinstance(value, str) and name in TEXTS else value


def _rewrite(path: Path, columns: tuple[str, ...]) -> None:
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    for row in rows:
        row |= {name: f"{row[name] or 'Text'} {row.get('id', '')} {HOSTILE}" for name in columns}
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _corpus(path: Path) -> None:
    said = "We would like to have more time to do the work that is asked of us every day"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["source", "method", "code", "text"])
        for number in range(48):
            theme = f"Theme {number % 3} {HOSTILE}".replace(">", ")")  # `>` between codes would part them
            words = f"{said}, {' '.join(MARKS[:2])} {MARKS[13]}, number {number}."
            writer.writerow([f"source {number} {HOSTILE}", "survey", f"Top > {theme}", words])
