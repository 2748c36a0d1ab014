"""A notebook in a forked process gives what it gives in a kernel that `jupyter` starts, byte for byte."""

from __future__ import annotations

import json
import os
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from survey_report import execution
from survey_report.execution import Run
from survey_report.finish import finish, notebook_json
from survey_report.kernels.forking import can_fork, each_forked

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system cannot fork processes")
MANY = int(os.environ.get("SURVEY_REPORT_RUNS", "500"))
AT_ONCE = 8
# Everything that a kernel does beyond running code: what is shown, in which order, and what a notebook finds around it.
CELLS = (
    'study = "a"',
    "import sys\nprint('out 1')\nprint('err 1', file=sys.stderr)\nprint('out 2')",
    "import os\nos.write(1, b'low level\\n')\nos.system('echo from a program')",
    "!echo from a shell",
    "from IPython.display import HTML, clear_output, display\n"
    "shown = display(HTML('<b>x</b>'), metadata={'text/html': {'of': {'a': 1}}}, display_id='one')\n"
    "print('between')\nshown.update(HTML('<i>y</i>'))\n1 + 1",
    "shown.update(HTML('<i>z</i>'))\ndisplay({'text/markdown': '**b**'}, raw=True, metadata={'of': {'a': 1}})",
    "print('gone')\nclear_output()\nprint('kept')",
    "print('gone')\nclear_output(wait=True)\nprint('kept')",
    "import time\nprint('first')\ntime.sleep(0.5)\ndisplay('second')\nprint('third')",
    "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
    "asyncio.get_running_loop().is_running()",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "import matplotlib\nmatplotlib.get_backend(), sorted(matplotlib.rcParams.items())[:400]",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "__name__, sys.argv[1:1], sys.path, sys.modules['__main__'].__dict__ is globals()",
    "type(get_ipython()).__mro__[-5:], sorted(get_ipython().magics_manager.magics['line'])[:200]",
    "import pickle\nclass Thing:\n    pass\nisinstance(pickle.loads(pickle.dumps(Thing())), Thing)",
    "import threading\nsource = threading.Thread(target=lambda: print('from a thread'))\nsource.start()\nsource.join()",
    "import logging\nlogging.getLogger('x').info('not told')\nlogging.root.level, logging.root.handlers",
    "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "import signal\n[signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE)][1:]",
    "os.getpgrp() == os.getpid(), os.getcwd(), hash('a')",
    "_, In[1], len(Out), sorted(name for name in globals() if not name.startswith('_'))",
    "import warnings\nwith warnings.catch_warnings(record=True) as caught:\n"
    "    warnings.warn('old', DeprecationWarning)\nlen(caught)",
    "sys.exit",
    "5;",
    "print('last', end='')",
)


def notebook(folder: Path, *sources: str) -> Path:
    """A notebook of these cells; the first one holds the parameters."""
    empty: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**empty, "id": f"c{number}", "source": source} for number, source in enumerate(sources)]
    cells[0]["metadata"] = {"tags": ["parameters"]}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = folder / "n.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": kernel}))
    return path


@pytest.fixture(autouse=True)
def not_in_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that finds this variable leaves low-level output alone."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    monkeypatch.setenv("PYTHONHASHSEED", "0")


def outcome(executed: dict[str, Any]) -> list[Any]:
    """Sources and outputs, those of standard error too; messages of one stream that follow each other joined."""
    cells = []
    for cell in executed["cells"]:
        outputs: list[dict[str, Any]] = []
        for output in cell["outputs"]:
            if outputs and output.get("name", "") and output.get("name") == outputs[-1].get("name"):
                outputs[-1]["text"] += output["text"]
            else:
                outputs.append(dict(output))
        cells.append((cell["source"], cell["execution_count"], outputs))
    return cells


def warm(path: Path) -> dict[str, Any]:
    (found,) = each_forked(partial(execution._execute_here, path), [{"study": "b"}], 1)
    assert found.error is None, found.error
    assert found.result is not None
    return found.result


def test_what_is_shown_is_there_and_nobody_is_asked(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        'study = "a"',
        "print(study)\nstudy",
        "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__)",
    )
    shown = [outputs for _, _, outputs in outcome(warm(path))]
    assert [[output.get("text") or output["data"] for output in outputs] for outputs in shown] == [
        [],
        [],
        ["b\n", {"text/plain": "'b'"}],
        ["StdinNotImplementedError\n"],
    ]


@pytest.mark.slow
def test_all_that_a_kernel_does(tmp_path: Path) -> None:
    path = notebook(tmp_path, *CELLS)
    one, other = warm(path), execution._execute(path, {"study": "b"})
    ours, theirs = outcome(one), outcome(other)
    for mine, cold in zip(ours, theirs, strict=True):
        assert mine == cold
    assert one["metadata"]["language_info"] == other["metadata"]["language_info"]
    shown = [output for _, _, outputs in ours for output in outputs if output["output_type"] == "display_data"]
    assert {"of": {"a": 1}} in [output["metadata"] for output in shown]


@pytest.mark.slow
def test_an_error_is_the_same_error(tmp_path: Path) -> None:
    path = notebook(tmp_path, "study = 1", "print('before')", "raise ValueError(study)", "print('after')")
    with pytest.raises(Exception, match="ValueError") as cold:
        execution._execute(path, {"study": "b"})
    (found,) = each_forked(partial(execution._execute_here, path), [{"study": "b"}], 1)
    assert execution._short(found.error) == execution._short(cold.value)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("count", [24, pytest.param(MANY, marks=pytest.mark.heavy)])
def test_many_at_once_are_all_alike(count: int, tmp_path: Path) -> None:
    """None fails, none differs from one cold run."""
    path = notebook(
        tmp_path,
        'study = "a"',
        "import numpy as np\nimport pandas as pd\nfrom IPython.display import display\nprint('one')",
        "display({'text/markdown': '**b**'}, raw=True, metadata={'a': 1})\nprint('two')\n"
        "pd.Series(np.random.default_rng(4).normal(size=200)).describe()",
        "import matplotlib.pyplot as plt\nplt.rcParams['svg.hashsalt'] = 'x'\nfigure, axes = plt.subplots()\n"
        "axes.plot([1, 2, 3])\naxes.set_title('A title')\nimport io\nbuffer = io.StringIO()\n"
        "figure.savefig(buffer, format='svg', metadata={'Date': None})\nlen(buffer.getvalue()), buffer.getvalue()",
    )
    cold = notebook_json(finish(execution._execute(path, {"study": "b"}), {"study": "b"}).notebook)
    runs = [Run(f"run-{number}", "n", {"study": "b"}) for number in range(count)]
    found = Counter()
    for done in each_forked(partial(execution._run, notebooks=tmp_path, warm=True), runs, AT_ONCE):
        assert done.error is None, done.error
        assert done.result is not None
        found[notebook_json(done.result[0].notebook) == cold] += 1
    assert found == {True: count}
