"""How long the synthetic export takes, as a multiple of one `survey-report check` in the same process.

    python benchmarks/synthesis.py [FOLDER OF STUDY] [CSV TO WRITE]

A ratio of two steps on one machine says more than seconds do: both grow on a slow or busy one.
"""

from __future__ import annotations

import contextlib
import csv
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from survey_report.cli import main
from survey_report.study_load import load_study
from survey_report.synthesis import synthesise

RUNS = 3


def timed(step: Callable[[], object]) -> tuple[float, float]:
    """Shortest processor time and shortest time on the clock of several runs, in seconds."""
    found = []
    for _ in range(RUNS):
        clock, processor = perf_counter(), process_time()
        step()
        found.append((process_time() - processor, perf_counter() - clock))
    return min(one for one, _ in found), min(one for _, one in found)


def bench(folder: Path, target: Path) -> dict[str, float]:
    """Times of both steps and their ratio, in seconds of processor time; also written to `target`."""
    study = load_study(folder)

    def check() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            main(["check", "--study", str(folder)])

    with tempfile.TemporaryDirectory() as scratch:
        made, clock = timed(lambda: synthesise(study, Path(scratch) / "export.csv", log=lambda _: None))
    checked, _ = timed(check)
    row = {"check_s": checked, "synthesise_s": made, "synthesise_clock_s": clock, "ratio": made / checked}
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["quantity", "value"])
        writer.writerows([name, f"{value:.3f}"] for name, value in row.items())
    return row


if __name__ == "__main__":
    given = [Path(name) for name in sys.argv[1:]]
    folder = given[0] if given else Path("studies/csrr-2023")
    result = bench(folder, given[1] if len(given) > 1 else Path("_build/bench/synthesis.csv"))
    print(", ".join(f"{name} {value:.2f}" for name, value in result.items()))
