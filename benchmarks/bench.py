"""Everything that is measured, in one run: a table of ratios, `bench.csv` with medians and spread, and a figure.

    python benchmarks/bench.py [FOLDER OF STUDY] [--out FOLDER] [--repeats 3] [--slow 1] [--parts a,b,c,d]

Ratios of two ways on one machine say more than seconds do: both grow on a slow or busy one. Ways take turns, so that a
busy minute falls on all of them. What runs one notebook after the other takes long and is repeated `--slow` times.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

from figure import draw
from rebuilds import rebuilds
from scale import series
from ways import (
    Work,
    check_notebooks,
    floor_seconds,
    nbconvert_one_by_one,
    ours,
    papermill_one_by_one,
    papermill_two,
    timed,
)

from survey_report.disclosure.sets import write_protected
from survey_report.execution import runs_of
from survey_report.findings.profile_groups import profile_groups
from survey_report.findings.profiles import all_profiles, write_profiles
from survey_report.profile_building import profile_run
from survey_report.rendering import open_rendering
from survey_report.responses import read_responses

OURS, FLOOR = "this project", "floor: two warm processes without kernels"
SLOW: dict[str, Callable[[Work, Path], None]] = {
    "papermill, one by one": papermill_one_by_one,
    "nbconvert --execute, one by one": nbconvert_one_by_one,
    "papermill, two at a time": papermill_two,
}
# What is asked of the ratios: at least so many times faster than ...; at most so many times the floor.
TARGETS = {
    ("a", "papermill, one by one"): 5.0,
    ("b", "papermill, one by one"): 8.0,
    ("a", "papermill, two at a time"): 3.0,
    ("b", "papermill, two at a time"): 3.0,
}
MOST_OF_FLOOR = 1.5
Times = dict[tuple[str, str], list[float]]


def works(study: Path, scratch: Path) -> tuple[Work, Work]:
    """All notebooks of the findings, and all profiles, over a rendering that is read once."""
    build = scratch / "build"
    shutil.rmtree(build, ignore_errors=True)
    read_responses(study, None, build)
    rendering = open_rendering(study, build)
    profiles = all_profiles(rendering, write_protected(rendering, build))
    write_profiles(profiles, build)
    small = profiles.groups.loc[profiles.groups["reason"] != "", ["grouping", "group"]]
    left_out = set(small.itertuples(index=False, name=None))
    shown = [one for one in profile_groups(rendering.study) if (one.grouping, one.group) not in left_out]
    root = study.resolve().parents[1]
    return (
        Work("a", root, study.name, build.resolve(), runs_of(rendering.study)),
        Work("b", root, study.name, build.resolve(), tuple(profile_run(rendering.study, one) for one in shown)),
    )


def notebook_times(work: Work, scratch: Path, repeats: int, slow: int) -> Times:
    """Seconds of every way, whose results are compared with ours."""
    times: Times = defaultdict(list)
    reference = scratch / f"{work.name}-ours"

    def note(name: str, seconds: float) -> None:
        print(f"    {name}: {seconds:.2f} s", flush=True)
        times[work.name, name].append(seconds)

    for number in range(max(repeats, slow)):
        if number < repeats:
            note(OURS, timed(ours, work, reference))
            check_notebooks(work, reference, None)
            note(FLOOR, floor_seconds(work))
        for name, way in SLOW.items() if number < slow else ():
            target = scratch / "other"
            note(name, timed(way, work, target))
            check_notebooks(work, target, reference)
    return times


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path, nargs="?", default=Path("studies/csrr-2023"))
    parser.add_argument("--out", type=Path, default=Path("_build/bench"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--slow", type=int, default=1)
    parser.add_argument("--parts", default="a,b,c,d")
    options = parser.parse_args()
    parts, out = options.parts.split(","), options.out
    scratch = out / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    rows: list[list[str]] = []
    for work in works(options.study, scratch) if {"a", "b"} & set(parts) else ():
        if work.name in parts:
            what = "findings" if work.name == "a" else "profiles"
            print(f"({work.name}) {len(work.runs)} notebooks of {what}, {work.cells} cells", flush=True)
            rows += ratios(work, notebook_times(work, scratch, options.repeats, options.slow))
    if "c" in parts:
        print("(c) building again after a change", flush=True)
        times: Times = defaultdict(list)
        for name, seconds in rebuilds(Path.cwd(), scratch, options.repeats):
            times["c", name].append(seconds)
        rows += [line("c", name, found) for (_, name), found in times.items()]
    if "d" in parts:
        print("(d) more respondents", flush=True)
        rows += scale_rows(series(options.study, scratch))
    out.mkdir(parents=True, exist_ok=True)
    with (out / "bench.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["part", "what", "median", "lowest", "highest", "runs", "unit", "ratio"])
        writer.writerows(rows)
    for row in rows:
        print(f"({row[0]}) {row[1]:<48} {row[2]:>9} {row[6]:<4} [{row[3]}-{row[4]}, {row[5]}]  {row[7]}")
    draw(rows, out / "bench.svg")
    shutil.rmtree(scratch)
    print(f"written: {out / 'bench.csv'}, {out / 'bench.svg'}")


def ratios(work: Work, times: Times) -> list[list[str]]:
    """Each way with its ratio to ours, and whether it is what is asked."""
    base = median(times[work.name, OURS])
    rows = [line(work.name, OURS, times[work.name, OURS])]
    for (_, name), found in times.items():
        if name == OURS:
            continue
        if name == FLOOR:
            share = base / median(found)
            rows.append(
                line(work.name, name, found, f"ours takes {share:.2f} times as long (asked: at most {MOST_OF_FLOOR})")
            )
            continue
        factor, asked = median(found) / base, TARGETS.get((work.name, name))
        note = f" (asked: {asked:g})" if asked else ""
        rows.append(line(work.name, name, found, f"ours is {factor:.1f} times faster{note}"))
    return rows


def line(part: str, name: str, found: list[float], ratio: str = "", unit: str = "s") -> list[str]:
    """A row of the table."""
    figures = [f"{value:.2f}" for value in (median(found), min(found), max(found))]
    return [part, name, *figures, str(len(found)), unit, ratio]


def scale_rows(found: list[dict[str, float]]) -> list[list[str]]:
    """Time and memory by number of respondents, and per respondent as a multiple of the smallest."""
    rows = []
    for one in found:
        for step in ("read", "findings"):
            for key, unit in (("s", "s"), ("mib", "MiB")):
                value, first = one[f"{step}_{key}"], found[0][f"{step}_{key}"]
                share = (value / one["respondents"]) / (first / found[0]["respondents"])
                ratio = f"{share:.3f} times as much a respondent as with {found[0]['respondents']:,.0f}"
                rows.append(line("d", f"{step}, {one['respondents']:,.0f} respondents", [value], ratio, unit))
    return rows


if __name__ == "__main__":
    main()
