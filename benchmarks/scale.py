"""Reading, cleaning and finding for more and more respondents: seconds of processor time and peak memory.

All descriptive findings and comparisons of groups are computed. Left out are mixed models (areas as the unit) and
ordinal models, whose time is that of their own iterations.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from many_respondents import write_many

from survey_report.rendering import open_rendering
from survey_report.responses import read_responses
from survey_report.study_load import load_study

SIZES = (1_399, 10_000, 100_000, 1_000_000)
STEPS = ("read", "findings")


def series(study_folder: Path, scratch: Path, sizes: tuple[int, ...] = SIZES) -> list[dict[str, float]]:
    """One row a size: respondents, and for each step seconds and MiB; each step in a process of its own."""
    study = load_study(study_folder)
    closed = [question.column for question in study.asked if question.type in ("rating", "change")]
    opened = [question.column for question in study.open_questions]
    rows = []
    for size in sizes:
        export, build = scratch / f"{size}.csv", scratch / f"{size}"
        export_rows = round(size * 1794 / 1399)
        write_many(study_folder / study.export.file, export, export_rows, closed, opened)
        row: dict[str, float] = {"respondents": size}
        for step in STEPS:
            command = [sys.executable, __file__, step, str(study_folder), str(export), str(build)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            row |= {f"{step}_{name}": value for name, value in json.loads(done.stdout.splitlines()[-1]).items()}
        rows.append(row)
        export.unlink()
    return rows


def read(study: Path, export: Path, build: Path) -> None:
    """Read and clean."""
    read_responses(study, export, build)


def findings(study: Path, _: Path, build: Path) -> None:
    """All descriptive findings and comparisons."""
    from survey_report.findings.changing import change_findings
    from survey_report.findings.comparing import all_comparisons
    from survey_report.findings.levels import level_findings
    from survey_report.findings.measuring import measurement_findings
    from survey_report.findings.people import people_findings
    from survey_report.findings.theme import theme_findings

    rendering = open_rendering(study, build)
    parts: list[tuple[str, Callable[[], object]]] = [
        ("people", lambda: people_findings(rendering)),
        *(
            (f"theme {scale.id}", lambda scale=scale: theme_findings(rendering, scale.id))
            for scale in rendering.study.scales
        ),
        (
            "levels",
            lambda: [level_findings(rendering, g.id) for g in rendering.study.groupings if g.mapping and g.tested],
        ),
        ("comparisons", lambda: all_comparisons(rendering)),
        ("measurement", lambda: measurement_findings(rendering)),
        ("change", lambda: change_findings(rendering)),
    ]
    for name, part in parts:
        began = perf_counter()
        part()
        print(f"{name}: {perf_counter() - began:.2f} s", file=sys.stderr)


def main() -> None:
    """Run one step and say what it took."""
    step, study, export, build = sys.argv[1], *map(Path, sys.argv[2:5])
    began, processor = perf_counter(), process_time()
    {"read": read, "findings": findings}[step](study, export, build)
    print(json.dumps({"clock_s": perf_counter() - began, "s": process_time() - processor, "mib": peak()}))


def peak() -> float:
    """MiB that this process held at most. What `getrusage` says begins with those of the process that started it."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
