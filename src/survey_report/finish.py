"""Finishing an executed notebook: options completed, what outputs carried taken out, all traces of the run gone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from survey_report.escaping import in_attribute, plain_words, typeset
from survey_report.handover import CARRIED

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
OPTION = re.compile(r"#\|\s*([\w-]+):\s*(.*)$")


@dataclass(frozen=True)
class Finished:
    """A notebook ready for publication, its tables of data and captions by cell label, numbers, pairs and orders.

    `log` is what the end of a build says of it.
    """

    notebook: dict[str, Any]
    tables: Mapping[str, str]
    captions: Mapping[str, str]
    numbers: Mapping[str, Mapping[str, object]]
    pairs: tuple[Mapping[str, object], ...]
    orders: tuple[Mapping[str, object], ...] = ()
    log: tuple[str, ...] = ()


def finish(executed: Mapping[str, Any], parameters: Mapping[str, str]) -> Finished:
    """Make an executed notebook publishable; the same inputs give the same bytes.

    Labels are made those of this run: a word of a label that is the name of a parameter gives way to its value
    (`fig-scale-items` to `fig-services-items`). Figures and tables get the caption and alt text that their outputs
    carry, unless the cell has its own. The parameters cell shows the values of this run. Raises ValueError for a figure
    or table without caption, a label without output, and a label used twice.
    """
    notebook = deepcopy(dict(executed))
    tables: dict[str, str] = {}
    captions: dict[str, str] = {}
    numbers: dict[str, Mapping[str, object]] = {}
    pairs: list[Mapping[str, object]] = []
    orders: list[Mapping[str, object]] = []
    log: list[str] = []
    cells, labels = [], set()
    for index, cell in enumerate(_without_injected(notebook["cells"], parameters), 1):
        carried: dict[str, Any] = {}
        if cell["cell_type"] == "code":
            cell["outputs"] = [_output(output, carried) for output in _joined(cell["outputs"])]
            cell["execution_count"] = index
            label, cell["source"] = _labelled(_text(cell["source"]), parameters)
            if label in labels:
                raise ValueError(f"the label `{label}` stands twice")
            labels.add(label or f"cell {index}")
            if label and not cell["outputs"]:
                raise ValueError(f"the cell `{label}` has no output")
            cell["source"] = _completed(cell["source"], label, carried, parameters)
            if "csv" in carried:
                tables[label] = str(carried["csv"])
                captions[label] = str(carried.get("caption", label))
            numbers.update(carried.get("numbers", {}))
            pairs.extend(carried.get("pairs", ()))
            orders.extend(carried.get("orders", ()))
            log.extend(map(str, carried.get("log", ())))
        cell["metadata"] = {}
        cell["id"] = f"cell-{index:02d}"
        cells.append(cell)
    notebook["cells"] = cells
    notebook["metadata"] = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    return Finished(notebook, tables, captions, numbers, tuple(pairs), tuple(orders), tuple(log))


def stderr_of(executed: Mapping[str, Any]) -> str:
    """What a notebook wrote to standard error: for the log, never for the page."""
    return "".join(
        _text(output["text"]) for cell in executed["cells"] for output in cell.get("outputs", ()) if _is_stderr(output)
    )


def notebook_json(notebook: Mapping[str, Any]) -> str:
    """The notebook as text: keys sorted, one space of indent as Jupyter writes it."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _is_stderr(output: Mapping[str, Any]) -> bool:
    return output["output_type"] == "stream" and output.get("name") == "stderr"


def _joined(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs without standard error; what was printed in one go is one output, however many messages it came in."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        if _is_stderr(output):
            continue
        if output["output_type"] == "stream" and joined and joined[-1]["output_type"] == "stream":
            joined[-1]["text"] = _text(joined[-1]["text"]) + _text(output["text"])
        else:
            joined.append(output)
    return joined


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _without_injected(cells: list[dict[str, Any]], parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Drop papermill's cell and write its values into the parameters cell, which is what the notebook ran with."""
    kept = []
    for cell in cells:
        tags = cell["metadata"].get("tags", [])
        if "injected-parameters" in tags:
            continue
        if "parameters" in tags:
            options = [line for line in _text(cell["source"]).split("\n") if line.startswith("#|")]
            values = [f"{name} = {json.dumps(value)}" for name, value in parameters.items()]
            cell["source"] = "\n".join([*options, *values])
        kept.append(cell)
    return kept


def _output(output: dict[str, Any], carried: dict[str, Any]) -> dict[str, Any]:
    carried.update(output.get("metadata", {}).get(CARRIED, {}))
    if "metadata" in output:
        output["metadata"] = {}
    if "execution_count" in output:
        output["execution_count"] = None
    return output


def _labelled(source: str, parameters: Mapping[str, str]) -> tuple[str, str]:
    """The cell's label in this run, empty if it has none, and the source with that label."""
    lines = source.split("\n")
    for number, option in enumerate(_options(lines)):
        if option[1] == "label":
            words = option[2].strip("\"'").split("-")
            label = "-".join(parameters.get(word, word) for word in words)
            lines[number] = f"#| label: {label}"
            return label, "\n".join(lines)
    return "", source


def _completed(source: str, label: str, carried: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    """The source with lines for caption and alt text below its options, where it has none of its own."""
    lines = source.split("\n")
    options = _options(lines)
    present = {option[1] for option in options}
    added = []
    for name, text in _texts(label, carried, parameters).items():
        if name in present:
            continue
        if text is None:
            raise ValueError(f"the cell `{label}` has no `{name}`: its output carries none")
        added.append(f"#| {name}: {_quoted(text)}")
    return "\n".join([*lines[: len(options)], *added, *lines[len(options) :]])


def _texts(label: str, carried: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, str | None]:
    """Caption and alt text of a figure, caption of a table, as options hold them; None for what is not there.

    On pages the caption ends with a link to the data behind figure or table.
    """
    kind = label.partition("-")[0]
    if kind not in ("fig", "tbl"):
        return {}
    caption: str | None = typeset(str(carried["caption"])) if "caption" in carried else None
    if caption is not None and "csv" in carried:
        words = in_attribute(str(carried["caption"]))
        target = f"/_build/{parameters['study']}/findings/downloads/{carried.get('prefix', '')}{label}.csv"
        link = f'[Data]({target}){{.data-link aria-label="Data as CSV: {words}"}}'
        caption += f' [{link}]{{.content-visible when-format="html"}}'
    alt = carried.get("alt")
    return {"fig-cap": caption, "fig-alt": alt and plain_words(str(alt))} if kind == "fig" else {"tbl-cap": caption}


def _options(lines: Sequence[str]) -> list[re.Match[str]]:
    """The options in the `#|` lines at the top of a cell."""
    return list(takewhile(bool, map(OPTION.match, lines)))  # type: ignore[arg-type]


def _quoted(text: str) -> str:
    """A text as a JSON string that is a YAML string too: YAML takes some characters for line ends, or refuses them."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
