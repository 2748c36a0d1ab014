"""What every notebook needs, imported once: importing this module is the work, in the process that is then forked.

It changes nothing that a notebook could see and starts no thread. The rendering that is being built is read once as
well; a notebook that opens it finds it in memory, provided that the files are still what they were (see
`notebook.open_desk`). The kernel is made as far as processes can share it.
"""

# ruff: noqa: E402

from __future__ import annotations

import gc

gc.disable()  # until all is there: nothing of it is garbage

import atexit
import os
from contextlib import suppress
from importlib import import_module

import pandas as pd
from nbformat.validator import get_validator

from survey_report import execution  # noqa: F401
from survey_report.charts.canvas import svg
from survey_report.charts.contrasts import contrasts_chart
from survey_report.findings.profiles import read_profiles
from survey_report.handover import BUILD, STUDIES, STUDY
from survey_report.kernels import engine  # noqa: F401
from survey_report.kernels.kernel import prepare_kernel
from survey_report.notebook import csv_text, open_desk

MODULES = "SURVEY_REPORT_PRELOAD"
# What is otherwise imported when a kernel, a table or a chart first needs it.
LATER = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.unicode_escape",
    "faulthandler",
    "ipykernel.debugger",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "multiprocessing.popen_forkserver",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs",
    "pdb",
    "pyarrow.parquet",
    "sqlite3",
    "tornado.platform.asyncio",
)


def _compile_schema() -> None:
    """Papermill checks notebooks by their schema, which is compiled when it is first needed."""
    get_validator()  # type: ignore[no-untyped-call]


def _import_all() -> None:
    """What is not there, a notebook that asks for it will miss."""
    for name in (*LATER, *filter(None, os.environ.get(MODULES, "").split(","))):
        with suppress(ImportError):
            import_module(name)


def _open_rendering() -> None:
    """Read the rendering that is being built, and its profiles; what is wrong with them a notebook will say."""
    names = [os.environ.get(name, "") for name in (BUILD, STUDIES, STUDY)]
    if all(names):
        with suppress(Exception):
            read_profiles(open_desk(names[-1]).build)


def _rehearse() -> None:
    """Draw a chart and write a table that nobody sees: what libraries keep from then on, forked processes have.

    Fonts are opened for it; Matplotlib forgets them in a process that is forked, where their files would be shared.
    """
    row = {"label": "A row", "difference": 0.5, "low": 0.1, "high": 0.9, "differs": True, "decimals": 1, "reason": ""}
    rows = pd.DataFrame([row])
    chart = contrasts_chart(rows, unit="points", reach=1.0, lower="lower", higher="higher", kind="real")
    assert chart
    svg(chart)
    csv_text(rows)


def _leave(pid: int) -> None:
    """End at once when nothing is left to fork; a forked process ends in its own way."""
    if os.getpid() == pid:
        os._exit(0)


_import_all()
_compile_schema()
_open_rendering()
with suppress(Exception):  # what is wrong with charts a notebook will say
    _rehearse()
prepare_kernel()
atexit.register(_leave, os.getpid())
gc.enable()
gc.set_threshold(10_000)  # a forked process ends soon: hardly any of its garbage goes round in circles
gc.freeze()  # what is here already stays shared with the processes that are forked
