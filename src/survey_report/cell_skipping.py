"""Skipping the cells of a notebook that has nothing to show: it then runs to its end, with a sentence and no error."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

USES_DESK = re.compile(r"\bdesk\b(?!\s*=[^=])")  # the cell that opens a desk is run again, for another study


def skip_cells() -> None:
    """From the next cell on, leave out every cell that uses a desk, until one is opened again."""
    if (found := _transforms()) is not None and _without_desk not in found:
        found.append(_without_desk)


def run_cells() -> None:
    """Run all cells again."""
    if (found := _transforms()) is not None and _without_desk in found:
        found.remove(_without_desk)


def _without_desk(lines: list[str]) -> list[str]:
    source = "".join(lines)
    return [] if USES_DESK.search(source) and "open_desk" not in source else lines


def _transforms() -> list[Callable[[list[str]], list[str]]] | None:
    """What IPython does with the lines of a cell before it reads them; None outside of it."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    return None if shell is None else shell.input_transformers_cleanup
