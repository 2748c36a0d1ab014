# What is made from what. One rendering a run: a study, and its own export and coded material or a user's (variables STUDY, EXPORT and CORPUS of the environment).
import glob
import os
from pathlib import Path

import yaml

from survey_report.places import places

STUDY = os.environ.get("STUDY") or "csrr-2023"
EXPORT = os.environ.get("EXPORT", "")
CORPUS = os.environ.get("CORPUS", "")
PLACES = places(STUDY, EXPORT, CORPUS)
BUILD = PLACES.build.as_posix()
FOLDER = f"studies/{STUDY}"
OWN = yaml.safe_load(Path(FOLDER, "study.yml").read_text(encoding="utf-8"))
KEPT = (OWN.get("corpus") or {}).get("file", "")
ELSEWHERE = Path(FOLDER, "own", "export.txt")  # the path of an export outside the study's folder
NAMED = ELSEWHERE.read_text(encoding="utf-8").partition("\n")[0].strip() if ELSEWHERE.is_file() else ""
DATA = [EXPORT or Path(FOLDER, OWN["export"].get("file") or NAMED).as_posix()]
DATA += [CORPUS] if CORPUS else [Path(FOLDER, KEPT).as_posix()] if KEPT else []
# Paths come from the environment, so that no character of them can act as shell code.
COMMON = f"--study {FOLDER}" + (' --export="$EXPORT"' if EXPORT else "") + (' --corpus="$CORPUS"' if CORPUS else "")


def files(*patterns):
    found = {path for pattern in patterns for path in glob.glob(pattern, recursive=True) if Path(path).is_file()}
    return sorted(path for path in found if "__pycache__" not in Path(path).parts)


DEFINITION = files(f"{FOLDER}/*.csv", f"{FOLDER}/*.yml", f"{FOLDER}/own/*.csv")
STITCHER = files("src/survey_report/stitch/**/*", "src/survey_report/site/*.py")
CODE = sorted({*files("src/survey_report/**/*.py", "src/survey_report/qualitative/words/*")} - {*STITCHER})
# Every step before the pages names both: what it reads may come out the same as before from changed code, and nothing
# would tell it. Which notebooks then run is decided one by one (see `up_to_date`).
MADE_FROM = [*DEFINITION, *CODE]
PAGES = files("_quarto.yml", "_environment", "CITATION.cff", "*.qmd", "report/**/*")
NOTEBOOKS = [
    "respondents", "theme", "comparison", "comparisons", "integration", "instrument", "measurement", "change",
    "weighting", "qualitative",
]
# Profiles that have been made: pages lead to them.
MADE = files(f"{BUILD}/profiles/made.json")
RECORDS = ["register", "errata", "readings", "key-figures", "provenance"]
# Into how many batches the profiles are shared out, each a job of its own. On one machine it is one, and no job of its
# own: processes are started once for all profiles. A cluster's workflow profile says how many (see `cluster/slurm`).
BATCHES = int(config.get("batches", 1))
PROFILES_FROM = [
    *MADE_FROM,
    f"{BUILD}/responses.parquet",
    f"{BUILD}/private/protected.parquet",
    "notebooks/profile.ipynb",
    "notebooks/profiles.ipynb",
    *PAGES,
    *STITCHER,
]
BATCH = f"{BUILD}/profile-batches/{{batch}}-of-{BATCHES}.done"


# What is not named here is sent to the nodes of a cluster, where there is one.
localrules: site, findings_only, read, protect, findings, results, records, stitch, profile_figures, profiles


rule site:
    input:
        f"{BUILD}/site.done",


rule findings_only:
    input:
        f"{BUILD}/records.done",


rule read:
    input:
        DATA,
        MADE_FROM,
    output:
        f"{BUILD}/responses.parquet",
        f"{BUILD}/reading.json",
    shell:
        "survey-report read {COMMON}"


rule protect:
    input:
        MADE_FROM,
        f"{BUILD}/responses.parquet",
        f"{BUILD}/reading.json",
    output:
        f"{BUILD}/private/answers.parquet",
        f"{BUILD}/private/protected.parquet",
    shell:
        "survey-report protect {COMMON}"


rule findings:
    input:
        MADE_FROM,
        f"{BUILD}/responses.parquet",
        [f"notebooks/{name}.ipynb" for name in NOTEBOOKS],
    output:
        touch(f"{BUILD}/findings.done"),
    shell:
        "survey-report findings {COMMON}"


rule results:
    input:
        MADE_FROM,
        f"{BUILD}/findings.done",
    output:
        f"{BUILD}/results.json",
        f"{BUILD}/reconciliation.csv",
        f"{BUILD}/variables.json",
        f"{BUILD}/metadata.yml",
    shell:
        "survey-report results {COMMON}"


rule records:
    input:
        MADE_FROM,
        f"{BUILD}/results.json",
        f"{BUILD}/private/protected.parquet",
        [f"notebooks/{name}.ipynb" for name in RECORDS],
    output:
        touch(f"{BUILD}/records.done"),
    shell:
        "survey-report records {COMMON}"


rule stitch:
    input:
        f"{BUILD}/records.done",
        PAGES,
        STITCHER,
        MADE,
    output:
        touch(f"{BUILD}/site.done"),
    shell:
        "survey-report stitch {COMMON}"


rule profile_figures:
    input:
        PROFILES_FROM,
    output:
        touch(f"{BUILD}/profile-figures.done"),
    shell:
        "survey-report profiles --figures {COMMON}"


# Batches, and what follows them, are made from what the figures are made from: these stand for all of it, since Snakemake
# lists the inputs of whatever it tells of.
rule profile_batch:
    input:
        f"{BUILD}/profile-figures.done",
    output:
        touch(BATCH),
    threads: 2
    shell:
        "survey-report profiles --batch {wildcards.batch}/{BATCHES} {COMMON}"


# Takes what batches have left and makes the rest, which is all where there are none.
rule profiles:
    input:
        expand(BATCH, batch=range(1, BATCHES + 1)) if BATCHES > 1 else PROFILES_FROM,
    output:
        touch(f"{BUILD}/profiles.done"),
    shell:
        "survey-report profiles {COMMON}"
