"""What every notebook needs, imported once: importing this module is the work, in the process that is then forked.

It changes nothing that a notebook could see, starts no thread and opens no font: forked processes would share the
place in its file. The rendering that is being built is read once as well; a notebook that opens it finds it in
memory, provided that the files are still what they were (see `notebook.open_desk`).
"""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from importlib import import_module

from nbformat.validator import get_validator

from survey_report.handover import BUILD, STUDIES, STUDY
from survey_report.kernels import engine  # noqa: F401
from survey_report.notebook import open_desk

MODULES = "SURVEY_REPORT_PRELOAD"
# What is otherwise imported when a kernel, a table or a chart first needs it.
LATER = (
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.unicode_escape",
    "faulthandler",
    "ipykernel.debugger",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
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
    """Read the rendering that is being built; what is wrong with it a notebook will say."""
    names = [os.environ.get(name, "") for name in (BUILD, STUDIES, STUDY)]
    if all(names):
        with suppress(Exception):
            open_desk(names[-1])


_import_all()
_compile_schema()
_open_rendering()
gc.collect()
gc.freeze()  # what is here already stays shared with the processes that are forked
