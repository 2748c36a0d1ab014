# Set-up, then one word a task. `make report` on a fresh clone needs Python 3.11 or later and nothing else.
PYTHON ?= python3
STUDY ?= csrr-2023
EXPORT ?=
CORPUS ?=
# As it was typed: a `$` in a path is no variable of make.
override STUDY := $(value STUDY)
override EXPORT := $(value EXPORT)
override CORPUS := $(value CORPUS)
CLUSTER ?=
override CLUSTER := $(value CLUSTER)
BASELINE ?=
FOLLOWUP ?=
override BASELINE := $(value BASELINE)
override FOLLOWUP := $(value FOLLOWUP)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LAB := $(VENV)/.lab
export STUDY EXPORT CORPUS CLUSTER BASELINE FOLLOWUP
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONHASHSEED := 0
export MPLBACKEND := agg
# A build starts many processes: what Python compiled is kept, also on machines (many containers) whose settings say no.
export PYTHONDONTWRITEBYTECODE :=

OF = --study "studies/$$STUDY" $${EXPORT:+--export="$$EXPORT"} $${CORPUS:+--corpus="$$CORPUS"}

# Tests are shared out to processes, one a core; those that took longest are told at the end (see tests/README.md).
PYTEST := python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations 25

.DELETE_ON_ERROR:
.PHONY: report pages profiles waves findings verify test test-all lint lab synthesise bench clean help

report: $(READY)  ## render the report (EXPORT=file for your own export, CORPUS=file for your coded material, STUDY=name for another study)
	@survey-report build report $(OF)

pages: $(READY)  ## render the pages as HTML only, for whoever writes; `make report` makes the PDFs as well
	@survey-report build pages $(OF)

profiles: $(READY)  ## a short report for each council, service and other group, and the site that leads to them (CLUSTER=cluster/slurm: as jobs of Slurm)
	@survey-report build profiles $(OF) $${CLUSTER:+--cluster="$$CLUSTER"}

waves: $(READY)  ## compare two waves (BASELINE=file FOLLOWUP=file) in a site of their own
	@survey-report waves --study "studies/$$STUDY" --baseline="$$BASELINE" --followup="$$FOLLOWUP"

findings: $(READY)  ## run the notebooks and prepare the checkout for `quarto render`
	@survey-report build findings $(OF)

verify: $(READY)  ## build everything again in a folder of its own and compare every digest
	@survey-report verify $(OF)

test: $(READY)  ## run the tests that this machine can run, but for the long ones (ten minutes on two cores)
	@$(PYTEST) -m "not heavy"

test-all: $(READY)  ## run the long tests, which `make test` leaves out: whole builds, Slurm, intruders, hundreds of runs (half an hour)
	@$(PYTEST) -m heavy

lint: $(READY)  ## check style and types
	@ruff check . && ruff format --check . && mypy

lab: $(LAB)  ## open the notebooks in JupyterLab, which is installed at the first time
	@env --unset=MPLBACKEND jupyter lab $(ARGS)

synthesise: $(READY)  ## write the study's synthetic export and corpus anew
	@survey-report synthesise --study "studies/$$STUDY"

bench: $(READY)  ## simulate every interval and test, then measure everything beside papermill and nbconvert: CSVs and a figure (an hour)
	@python benchmarks/simulations.py --out _build/bench/simulations.csv
	@python benchmarks/synthesis.py "studies/$$STUDY" _build/bench/synthesis.csv
	@python benchmarks/bench.py "studies/$$STUDY"

clean:  ## remove everything that was built
	rm -rf _build _site _variables.yml .snakemake

help:  ## list the tasks
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; set PYTHON=") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(LAB): requirements-lab.lock $(READY)
	@echo "installing JupyterLab into $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements-lab.lock
	@mkdir -p $(VENV)/share/jupyter/lab/settings
	@echo '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}' > $(VENV)/share/jupyter/lab/settings/overrides.json
	@touch $(LAB)
