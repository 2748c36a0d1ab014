"""Finishing an executed notebook: options filled in, what outputs carried taken out, all traces of the run gone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from survey_report.handover import CARRIED

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
OPTION = re.compile(r"#\|\s*([\w-]+):\s*(.*)$")


@dataclass(frozen=True)
class Finished:
    """A notebook ready for publication, with its tables of data and their captions by cell label, numbers and pairs."""

    notebook: dict[str, Any]
    tables: Mapping[str, str]
    captions: Mapping[str, str]
    numbers: Mapping[str, Mapping[str, object]]
    pairs: tuple[Mapping[str, object], ...]


def finish(executed: Mapping[str, Any], parameters: Mapping[str, str]) -> Finished:
    """Make an executed notebook publishable; the same inputs give the same bytes.

    `{name}` in a cell option is replaced by the parameter of that name, `{caption}` and `{alt}` by what the cell's
    output carries. The parameters cell shows the values of this run. Raises ValueError for a placeholder without
    value, a label without output, and a label used twice.
    """
    notebook = deepcopy(dict(executed))
    tables: dict[str, str] = {}
    captions: dict[str, str] = {}
    numbers: dict[str, Mapping[str, object]] = {}
    pairs: list[Mapping[str, object]] = []
    cells, labels = [], set()
    for index, cell in enumerate(_without_injected(notebook["cells"], parameters), 1):
        carried: dict[str, Any] = {}
        if cell["cell_type"] == "code":
            cell["outputs"] = [_output(output, carried) for output in _joined(cell["outputs"])]
            cell["execution_count"] = index
            label = _label(_text(cell["source"]), parameters)
            cell["source"] = _fill(_text(cell["source"]), {**parameters, **_texts(carried, label, parameters)})
            if label in labels:
                raise ValueError(f"the label `{label}` stands twice")
            labels.add(label or f"cell {index}")
            if label and not cell["outputs"]:
                raise ValueError(f"the cell `{label}` has no output")
            if "csv" in carried:
                tables[label] = str(carried["csv"])
                captions[label] = str(carried.get("caption", label))
            numbers.update(carried.get("numbers", {}))
            pairs.extend(carried.get("pairs", ()))
        cell["metadata"] = {}
        cell["id"] = f"cell-{index:02d}"
        cells.append(cell)
    notebook["cells"] = cells
    notebook["metadata"] = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    return Finished(notebook, tables, captions, numbers, tuple(pairs))


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


def _texts(carried: Mapping[str, Any], label: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Caption and alt text of a cell; on pages the caption ends with a link to the data behind figure or table."""
    texts = {name: str(carried[name]) for name in ("caption", "alt") if name in carried}
    if "csv" in carried and "caption" in texts:
        words = texts["caption"].replace('"', "'")
        target = f"/_build/{parameters['study']}/findings/downloads/{carried.get('prefix', '')}{label}.csv"
        link = f'[Data]({target}){{.data-link aria-label="Data as CSV: {words}"}}'
        texts["caption"] += f' [{link}]{{.content-visible when-format="html"}}'
    return texts


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


def _label(source: str, parameters: Mapping[str, str]) -> str:
    """The cell's label with parameters filled in; empty if it has none."""
    for line in source.split("\n"):
        option = OPTION.match(line)
        if not option:
            break
        if option[1] == "label":
            return _filled(option[2], parameters, line).strip("\"'")
    return ""


def _fill(source: str, values: Mapping[str, str]) -> str:
    """Fill placeholders in the `#|` lines at the top of a cell; a value that is a placeholder becomes a YAML string."""
    lines = source.split("\n")
    for number, line in enumerate(lines):
        option = OPTION.match(line)
        if not option:
            break
        whole = re.fullmatch(r'"?\{(\w+)\}"?', option[2])
        filled = _quoted(_value(values, whole[1], line)) if whole else _filled(option[2], values, line)
        lines[number] = f"#| {option[1]}: {filled}"
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A text as a JSON string that is a YAML string too: YAML takes some characters for line ends, or refuses them."""
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _filled(text: str, values: Mapping[str, str], line: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: _value(values, found[1], line), text)


def _value(values: Mapping[str, str], name: str, line: str) -> str:
    if name not in values:
        raise ValueError(f"`{{{name}}}` in the line `{line}` has no value")
    return values[name]
