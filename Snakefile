# What is made from what. One rendering a run: a study, and its own export and coded material or a user's (variables STUDY, EXPORT and CORPUS of the environment).
#
# No date counts. Each step rests on sources of its own and on all that the steps before it rest on; its mark
# (`_build/.../STEP.done`) holds one digest of these, and a mark that holds another is removed here (see `step_marks`).
import os
from pathlib import Path

from survey_report.handover import fonts_digest, study_digest
from survey_report.places import data_files, places
from survey_report.step_marks import PAGES, made_from, mark, source_files
from survey_report.stitching import engine_note

STUDY = os.environ.get("STUDY") or "csrr-2023"
EXPORT = os.environ.get("EXPORT", "")
CORPUS = os.environ.get("CORPUS", "")
PLACES = places(STUDY, EXPORT, CORPUS)
BUILD = PLACES.build.as_posix()
FOLDER = Path("studies", STUDY)
# Names and paths come from the environment, so that no character of them can act as shell code.
COMMON = '--study "studies/${STUDY:-csrr-2023}"'
COMMON += (' --export="$EXPORT"' if EXPORT else "") + (' --corpus="$CORPUS"' if CORPUS else "")
# The end of each step.
MARKED = "printf %s {params.made_from} > {output.mark}"


def files(*patterns):
    return [path.as_posix() for path in source_files(Path(), patterns)]


DATA = data_files(FOLDER, EXPORT, CORPUS)
STITCHER = files("src/survey_report/stitch/**/*", "src/survey_report/site/*.py")
CODE = sorted({*files("src/survey_report/**/*")} - {*STITCHER})
NOTEBOOKS = [
    "respondents", "theme", "comparison", "comparisons", "integration", "instrument", "measurement", "change",
    "weighting", "qualitative",
]
RECORDS = ["register", "errata", "readings", "key-figures", "provenance"]
# Profiles that have been made: pages lead to them.
MADE = files(f"{BUILD}/profiles/made.json")
ENGINE, FONTS = engine_note(), fonts_digest(Path())
# Into how many batches the profiles are shared out, each a job of its own. On one machine it is one, and no job of its
# own: processes are started once for all profiles. A cluster's workflow profile says how many (see `cluster/slurm`).
BATCHES = int(config.get("batches", 1))
BATCH = "profile-batch-{batch}-of-" + str(BATCHES)


def notebooks(names):
    return [f"notebooks/{name}.ipynb" for name in names]


# Every step before the pages rests on the whole definition and code: what it reads may come out the same as before from
# changed code, and nothing would tell it. Which notebooks then run is decided one by one (see `up_to_date`).
READ = made_from([*DATA, *CODE, "requirements.lock"], study_digest(FOLDER))
FOUND = made_from(notebooks(NOTEBOOKS), READ, FONTS)
RECORDED = made_from(notebooks(RECORDS), FOUND)
STITCHED = made_from([*files(*PAGES), *STITCHER, *MADE], RECORDED, ENGINE)
PROFILED = made_from([*notebooks(["profile", "profiles"]), *files(*PAGES), *STITCHER], READ, ENGINE, FONTS)


def done(step, digest):
    # A job on a node, which reads this file as well, judges nothing.
    return mark(BUILD, step, digest, look=workflow.is_main_process)


# What is not named here is sent to the nodes of a cluster, where there is one.
localrules: site, findings_only, read, protect, findings, results, records, stitch, profile_figures, profiles


rule site:
    input:
        done("site", STITCHED),


rule findings_only:
    input:
        done("records", RECORDED),


rule read:
    output:
        f"{BUILD}/responses.parquet",
        f"{BUILD}/reading.json",
        mark=done("read", READ),
    params:
        made_from=READ,
    shell:
        "survey-report read {COMMON} && " + MARKED


rule protect:
    input:
        done("read", READ),
    output:
        f"{BUILD}/private/answers.parquet",
        f"{BUILD}/private/protected.parquet",
        mark=done("protect", READ),
    params:
        made_from=READ,
    shell:
        "survey-report protect {COMMON} && " + MARKED


rule findings:
    input:
        done("read", READ),
    output:
        mark=done("findings", FOUND),
    params:
        made_from=FOUND,
    shell:
        "survey-report findings {COMMON} && " + MARKED


rule results:
    input:
        done("findings", FOUND),
    output:
        f"{BUILD}/results.json",
        f"{BUILD}/reconciliation.csv",
        f"{BUILD}/variables.json",
        f"{BUILD}/metadata.yml",
        mark=done("results", FOUND),
    params:
        made_from=FOUND,
    shell:
        "survey-report results {COMMON} && " + MARKED


rule records:
    input:
        done("results", FOUND),
        done("protect", READ),
    output:
        mark=done("records", RECORDED),
    params:
        made_from=RECORDED,
    shell:
        "survey-report records {COMMON} && " + MARKED


rule stitch:
    input:
        done("records", RECORDED),
    output:
        mark=done("site", STITCHED),
    params:
        made_from=STITCHED,
    shell:
        "survey-report stitch {COMMON} && " + MARKED


rule profile_figures:
    input:
        done("protect", READ),
    output:
        mark=done("profile-figures", PROFILED),
    params:
        made_from=PROFILED,
    shell:
        "survey-report profiles --figures {COMMON} && " + MARKED


rule profile_batch:
    input:
        done("profile-figures", PROFILED),
    output:
        mark=f"{BUILD}/{BATCH}.done",
    params:
        made_from=PROFILED,
    threads: 2
    shell:
        "survey-report profiles --batch {wildcards.batch}/{BATCHES} {COMMON} && " + MARKED


# Takes what batches have left and makes the rest, which is all where there are none.
rule profiles:
    input:
        [done(BATCH.format(batch=k + 1), PROFILED) for k in range(BATCHES)] if BATCHES > 1 else done("protect", READ),
    output:
        mark=done("profiles", PROFILED),
    params:
        made_from=PROFILED,
    shell:
        "survey-report profiles {COMMON} && " + MARKED
