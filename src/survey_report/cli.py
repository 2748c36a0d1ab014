"""The console command: one step of the build a subcommand. Users' errors end with exit code 2, no traceback."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from survey_report.errors import Problem, UserError, raise_if_any
from survey_report.places import DEFAULT_STUDY, OWN_EXPORT, Places, export_elsewhere, places
from survey_report.shortages import shortage

INTERRUPTED, REFUSED = 130, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step; returns the exit code (0 done, 2 something for the user to mend)."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        code = STEPS[options.step](options)
    except UserError as error:
        return _refused(options.step, error.problems)
    except Exception as error:
        if (problem := shortage(error)) is None:
            raise
        return _refused(options.step, [problem])
    except KeyboardInterrupt:
        print(
            f"\nsurvey-report {options.step}: stopped; what is finished is kept, and the next run goes on",
            file=sys.stderr,
        )
        return INTERRUPTED
    return code or 0


def _refused(step: str, problems: Sequence[Problem]) -> int:
    print(f"\nsurvey-report {step}: {len(problems)} problem{'s' if len(problems) > 1 else ''}\n", file=sys.stderr)
    for problem in problems:
        print(f"  {problem}", file=sys.stderr)
    last = LAST.get(step, "Nothing was built from this; what was built before is as it was.")
    print(f"\n{last}", file=sys.stderr)
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="survey-report",
        description="Renders a survey report from a survey export. `make report` calls these steps in order.",
    )
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for name, text in HELP.items():
        step = steps.add_parser(name, help=text, description=text)
        step.add_argument("--study", type=Path, default=Path("studies") / DEFAULT_STUDY, help="folder of the study")
        if name == "map":
            step.add_argument("export", type=Path, metavar="EXPORT", help="your own export")
            step.add_argument("--accept", action="store_true", help="take every proposal that is left to you")
        elif name == "waves":
            for wave, text in (("baseline", "export of the earlier wave"), ("followup", "export of the later wave")):
                step.add_argument(f"--{wave}", type=Path, required=True, help=text)
        elif name == "new-study":
            _new_study_options(step)
        elif name == "synthesise":
            step.add_argument("--out", type=Path, help="where to write; the study's own export otherwise")
        else:
            step.add_argument("--export", type=Path, help="your own export; without it, the study's own")
            step.add_argument("--corpus", type=Path, help="your own coded material: .qdpx, .qde, or CSV of excerpts")
            if name == "profiles":
                step.add_argument("--grouping", default="", help="only the groups of this grouping")
                step.add_argument("--group", default="", help="only this group of it")
                step.add_argument("--figures", action="store_true", help="only the figures, which parts need")
                step.add_argument(
                    "--batch", default="", metavar="K/N", help="only notebooks and pages of a part of all"
                )
        if name == "stitch":
            step.add_argument("--html", action="store_true", help="leave PDFs as they are (embedded engine)")
        if name == "build":
            step.add_argument("target", choices=("report", "pages", "findings", "profiles"), help="what to build")
            step.add_argument("--cluster", default="", help="workflow profile of a cluster, for the profiles")
    return parser


def _new_study_options(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "source", type=Path, metavar="SOURCE", help="an export, or a data dictionary: column,text,answers"
    )
    step.add_argument("--title", default="", help="title of the report; made from the folder's name otherwise")
    step.add_argument("--organisation", default="Not named", help="who ran the survey")
    for name in ("opened", "closed"):
        step.add_argument(f"--{name}", type=date.fromisoformat, metavar="YYYY-MM-DD", help=f"when the survey {name}")
    step.add_argument("--real", action="store_true", help="declare that the export holds real answers")
    step.add_argument("--yes", action="store_true", help="write the draft with what is in doubt, without asking")


def _places(options: argparse.Namespace) -> Places:
    return places(options.study.name, str(options.export or ""), str(options.corpus or ""))


def _build(options: argparse.Namespace) -> Path:
    return _places(options).build


def _built_before(found: Places) -> Iterable[Problem]:
    """That a report which an earlier build made of other answers, or by other thresholds, still stands."""
    if found.index.is_file():
        message = "was built before from other answers, or with another min_group, and stands as it was"
        yield Problem(str(found.site), "", "", message, "do not publish it as the report of these answers")


def _check(options: argparse.Namespace) -> None:
    from survey_report.cleaning import TooFewRespondents, clean
    from survey_report.conditions import load_conditions
    from survey_report.escaping import one_line
    from survey_report.export_check import counted_as_other
    from survey_report.findings.weighting import check_margins
    from survey_report.mapping.prepared import prepared_export
    from survey_report.qualitative.coded_reading import check_people, corpus_path, read_coded
    from survey_report.rare_answers import rare_in_lists
    from survey_report.register import load_register
    from survey_report.responses import is_shipped, spellings_of
    from survey_report.rules import check_rules
    from survey_report.study_load import load_study

    remedy = "rename the file, or put it into a folder without braces"
    raise_if_any(
        Problem(str(path), "", "", "Snakemake takes braces in a path for wildcards", remedy)
        for path in (options.export, options.corpus)
        if path and set("{}") & set(str(path))
    )
    study = load_study(options.study)
    if elsewhere := export_elsewhere(options.study, str(options.export or "")):
        print(f"the export is {one_line(elsewhere)}, named by {OWN_EXPORT} of the study")
    for name, (value, usual) in study.thresholds.low.items():
        print(f"{name} is {value}, below its default of {usual}: the report tells of fewer people")
    raise_if_any(check_rules(load_register(study), study))
    load_conditions(study.files.get("conditions"))
    export = prepared_export(study, options.export)
    try:
        respondents, flow = clean(export, study)
    except TooFewRespondents as few:
        raise UserError([*few.problems, *_built_before(_places(options))]) from None
    raise_if_any(check_margins(respondents, study))
    corpus = corpus_path(study, options.corpus, shipped=is_shipped(export, study))
    if corpus:
        material = read_coded(study, corpus)
        check_people(material, len(respondents), corpus.name)
        counts = ", ".join(f"{len(getattr(material, name)):,} {name}" for name in ("sources", "codes", "excerpts"))
        print(f"the coded material fits the study: {counts}")
    print(f"the export fits the study: {flow.rows:,} rows, {flow.complete:,} complete responses")
    _tell([*export.notes, *counted_as_other(export, study)], spellings_of(export, study))
    for line in rare_in_lists(respondents, study):
        print(f"  {line}")


def _tell(notes: Sequence[str], spellings: Sequence[tuple[str, str, str, int]]) -> None:
    """What was taken for granted and which spellings were accepted; nothing where the export is as it should be."""
    for note in notes:
        print(f"  {note}")
    if spellings:
        print("  accepted in another spelling:")
    for column, found, meant, rows in spellings:
        print(f"    {column}: {found!r} taken as {meant!r} in {rows:,} row{'s' if rows > 1 else ''}")


def _read(options: argparse.Namespace) -> None:
    from survey_report.responses import read_responses

    reading = read_responses(options.study, options.export, _build(options), options.corpus)
    flow = reading.flow
    print(f"read {reading.export_name}: {flow.rows:,} rows, of which {flow.complete:,} complete responses")
    print(f"  left out: {flow.incomplete:,} incomplete, {flow.previews} previews, {flow.tests} tests, "
          f"{flow.repeated} repeated, {flow.refused} without consent")  # fmt: skip
    if flow.not_asked:
        print(f"  set aside: {flow.not_asked:,} single answers to questions that were not meant for the respondent")
    _tell(reading.notes, reading.spellings)
    _tell_coded(_build(options))
    if reading.synthetic:
        print("  treated as synthetic: the notice stands on every page. An export of real answers is declared in")
        print(f"  study.yml under export: real_exports, by its digest {reading.export_digest}")


def _tell_coded(build: Path) -> None:
    """What coded material there is, and where the list lies that a person should look through."""
    from survey_report.qualitative.coded import FOLDER, TO_CHECK, open_coded

    material = open_coded(build)
    if material is None:
        print("  no coded material goes with these answers; CORPUS=file names your own (.qdpx, .qde or .csv)")
        return
    print(f"read {material.name}: {len(material.corpus.sources):,} sources, {len(material.corpus.excerpts):,} excerpts")
    for notice in material.corpus.notices:
        print(f"  {notice}")
    print(f"  look through {build / FOLDER / TO_CHECK} before you publish quotations: what was replaced or kept back,")
    print("  remarks on one person whom others may know among them")


def _protect(options: argparse.Namespace) -> None:
    from survey_report.disclosure.sets import write_protected
    from survey_report.rendering import open_rendering

    build = _build(options)
    rows = write_protected(open_rendering(options.study, build), build)
    kinds = rows["detail"].value_counts()
    shown, some, none = (int(kinds.get(name, 0)) for name in ("sides", "some", "none"))
    print(f"protected: {shown:,} rows of groups shown, {some:,} in part, {none:,} not shown")


def _findings(options: argparse.Namespace) -> None:
    from survey_report.execution import execute_all, prepare, runs_of

    prepare(Path("notebooks"), options.study, _build(options))
    from survey_report.study_load import load_study  # while another process imports what notebooks need

    study = load_study(options.study)
    execute_all(runs_of(study), Path("notebooks"), options.study.parent, _build(options))


def _results(options: argparse.Namespace) -> None:
    from survey_report.execution import runs_of
    from survey_report.figure_checks.gate import check_build
    from survey_report.rendering import open_rendering
    from survey_report.results import log_lines, write_results

    build = _build(options)
    rendering = open_rendering(options.study, build)
    tables, numbers = check_build(build, [run.name for run in runs_of(rendering.study)], rendering.study)
    print(f"checked: {tables} tables and {numbers:,} numbers agree with themselves")
    left_out = write_results(rendering, runs_of(rendering.study), build)
    print(f"results: {build / 'results.json'}")
    if left_out:
        print("prose left out because its condition does not hold:")
        for name in left_out:
            print(f"  {name}")
    if lines := log_lines(runs_of(rendering.study), build):
        print("look at these scales before you trust their means:")
        for line in lines:
            print(f"  {line}")


def _records(options: argparse.Namespace) -> None:
    from survey_report.downloads import write_downloads
    from survey_report.execution import execute_all, record_runs, runs_of
    from survey_report.files import digest_files
    from survey_report.handover import RECONCILIATION, RESULTS
    from survey_report.provenance import code_digest
    from survey_report.rendering import open_rendering
    from survey_report.staging import prepare_checkout

    build = _build(options)
    rendering = open_rendering(options.study, build)
    study = rendering.study
    further = code_digest() + digest_files([build / RESULTS, build / RECONCILIATION], build)
    runs = record_runs(study)
    execute_all(runs, Path("notebooks"), options.study.parent, build, stage="records", further=further)
    written = write_downloads(rendering, runs_of(study), runs, build)
    print(f"downloads: {len(written)} files in {written[-1].parent}")
    if study.id == DEFAULT_STUDY and not options.export:
        prepare_checkout(Path(), build)


def _stitch(options: argparse.Namespace) -> None:
    from survey_report.stitching import stitch
    from survey_report.study_load import load_study

    found = _places(options)
    formats = ("html",) if options.html else ()
    stitch(Path(), load_study(options.study), found.build, found.site, formats=formats)


def _built(options: argparse.Namespace) -> int:
    from survey_report.building import Order, build

    export, corpus = (str(path or "") for path in (options.export, options.corpus))
    return build(options.target, Order(options.study, export, corpus, options.cluster))


def _verify(options: argparse.Namespace) -> None:
    from survey_report.locks import locked
    from survey_report.verifying import verify

    with locked(_build(options)):
        verify(Path(), options.study, options.export)


def _profiles(options: argparse.Namespace) -> None:
    from survey_report.profile_building import make_figures, make_part, make_profiles
    from survey_report.profile_parts import read_part
    from survey_report.rendering import open_rendering

    found = _places(options)
    if options.batch:
        make_part(Path(), options.study, found.build, read_part(options.batch))
        return
    if options.figures:
        make_figures(open_rendering(options.study, found.build), found.build)
        return
    made = make_profiles(Path(), options.study, found.build, found.site, options.grouping, options.group)
    print(f"{made.pages} profiles are in {made.folder}")
    raise_if_any(made.problems)


def _waves(options: argparse.Namespace) -> None:
    from survey_report.locks import locked
    from survey_report.waves_building import make_waves, wave_places

    found = wave_places(options.study.name, options.baseline, options.followup)
    with locked(found.build):
        print(f"the comparison is at {make_waves(Path(), options.study, options.baseline, options.followup, found)}")


def _synthesise(options: argparse.Namespace) -> None:
    from survey_report.study_fields import own_file
    from survey_report.study_load import load_study
    from survey_report.synthesis import synthesise, write_corpus

    study = load_study(options.study)
    synthesise(study, options.out or own_file(options.study, study.export.file))
    if options.out is None and study.coded and study.coded.file and study.coded.synthetic:
        write_corpus(study, own_file(options.study, study.coded.file))


def _map(options: argparse.Namespace) -> None:
    from survey_report.own_survey import map_export
    from survey_report.study_load import load_study

    map_export(options.export, load_study(options.study), accept=options.accept)


def _new_study(options: argparse.Namespace) -> None:
    from survey_report.own_survey import new_study

    new_study(
        options.source,
        options.study,
        title=options.title,
        organisation=options.organisation,
        opened=options.opened,
        closed=options.closed,
        real=options.real,
        agreed=_agreed if not options.yes and sys.stdin.isatty() else lambda doubts: True,
    )


def _agreed(doubts: Sequence[str]) -> bool:
    """Whether the person at the terminal wants a draft with its doubts."""
    print("in doubt:", *doubts, sep="\n  ")
    return input("write the study as it stands? [y/N] ").strip().lower() in ("y", "yes")


LAST = {
    "build": "The report that was there before, if there was one, is as it was.",
    "profiles": "Nothing was built from these; every other profile is in its place.",
}
HELP = {
    "build": "make what is due of a report, its pages, findings or profiles: what `make` calls",
    "check": "check an export against the study and list everything that is wrong",
    "read": "read and clean an export into one row a respondent",
    "protect": "decide which answers of groups the profiles may show",
    "findings": "run the notebooks of all sections",
    "results": "check the findings' arithmetic, put their numbers together, evaluate the conditions of the prose",
    "records": "run the notebooks of the register, its errata and the provenance",
    "stitch": "render the pages, with Quarto or the embedded engine, and put them in place",
    "profiles": "make a short report for each group of respondents, and the index of them",
    "waves": "compare two waves of a study's instrument, in a site of their own",
    "verify": "build everything again in a folder of its own and compare every digest with the present site",
    "synthesise": "write the synthetic export of the study, and its invented corpus",
    "map": "propose which column of your export is which question, and which answer is which category",
    "new-study": "draft the folder of a new study from an export or a data dictionary",
}
STEPS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "build": _built,
    "check": _check,
    "read": _read,
    "protect": _protect,
    "findings": _findings,
    "results": _results,
    "records": _records,
    "stitch": _stitch,
    "profiles": _profiles,
    "waves": _waves,
    "verify": _verify,
    "synthesise": _synthesise,
    "map": _map,
    "new-study": _new_study,
}

if __name__ == "__main__":
    sys.exit(main())
