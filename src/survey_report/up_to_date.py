"""Whether an executed notebook still stands: what it was made from, and what was written, by digest and never by time.

Beside the findings, `keys/NAME.json` holds for each run the digests of the notebook's source, its parameters, the data
and the study, the modules of the package that it uses (found by their imports), and the programs. Where all are what
they were, and the files are there as they were written, the run need not be made again.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey_report.files import below, digest_bytes, digest_file, digest_files, write_json, write_text
from survey_report.finish import Finished, notebook_json
from survey_report.handover import fonts_digest
from survey_report.provenance import lock_digest
from survey_report.sources import PACKAGE, notebook_modules, used_modules

KEYS = "keys"
# What makes of an executed notebook what is written, whichever notebook it is.
RUNNERS = ("survey_report.execution", "survey_report.finish", "survey_report.kernels.kernel")
UNFINISHED = ".*.part"


@dataclass(frozen=True)
class Basis:
    """What all runs of one stage rest on: its name, a digest of data and study, and one of what else they read."""

    stage: str
    data: str
    further: str = ""


def parts_of(notebook: Path, basis: Basis) -> dict[str, str]:
    """Digests of all that every run of a notebook is made from, by the name of the part."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cells = [
        (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])) for cell in content["cells"]
    ]
    modules = {**notebook_modules(notebook), **used_modules(RUNNERS)}
    root = notebook.resolve().parents[1]
    return {
        "notebook": _digest(cells),
        "data": basis.data,
        "modules": digest_files(modules.values(), PACKAGE),
        "programs": _digest([platform.python_version(), lock_digest(root)]),
        "fonts": fonts_digest(root),
        "further": basis.further,
    }


def with_parameters(parts: Mapping[str, str], parameters: Mapping[str, str]) -> dict[str, str]:
    """Digests of all that one run is made from: those of its notebook, and one of its parameters."""
    return {**parts, "parameters": _digest(dict(parameters))}


def stands(name: str, parts: Mapping[str, str], build: Path) -> bool:
    """Whether a run was made from just these parts, and all that it wrote is still there."""
    key = _read(build / KEYS / f"{name}.json")
    written = key.get("written", {})
    return bool(written) and key["parts"] == parts and all(_holds(build / file, written[file]) for file in written)


def write_run(name: str, done: Finished, parts: Mapping[str, str], basis: Basis, build: Path) -> None:
    """Write notebook, tables and numbers of a run; the key comes last, so that a run half written does not stand."""
    key = below(build, f"{KEYS}/{name}.json")
    before = _read(key).get("written", {})
    key.unlink(missing_ok=True)
    content = {
        "numbers": done.numbers,
        "pairs": list(done.pairs),
        "orders": list(done.orders),
        "captions": dict(done.captions),
        "log": list(done.log),
    }
    tables = {f"findings/data/{label}.csv": table for label, table in done.tables.items()}
    files = [f"findings/{name}.ipynb", *tables, f"numbers/{name}.json"]
    places = {file: below(build, file) for file in files}
    write_text(places[files[0]], notebook_json(done.notebook))
    for file, table in tables.items():
        write_text(places[file], table)
    write_json(places[files[-1]], content)
    _remove(before.keys() - set(files), build)
    written = {file: digest_file(place) for file, place in places.items()}
    write_json(key, {"stage": basis.stage, "parts": dict(parts), "written": written})


def clear(names: Iterable[str], basis: Basis, build: Path) -> None:
    """Remove what runs left that this stage no longer has, and what is not written whole."""
    known = set(names)
    for path in sorted((build / KEYS).glob("*.json")):
        key = _read(path)
        if key.get("stage") == basis.stage and path.stem not in known:
            path.unlink()
            _remove(key["written"], build)
    for folder in ("findings", "findings/data", "numbers", KEYS):
        for path in (build / folder).glob(UNFINISHED):
            path.unlink(missing_ok=True)


def _digest(content: object) -> str:
    return digest_bytes(json.dumps(content, sort_keys=True, ensure_ascii=False).encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _holds(path: Path, digest: str) -> bool:
    return path.is_file() and digest_file(path) == digest


def _remove(files: Iterable[str], build: Path) -> None:
    for file in files:
        below(build, file).unlink(missing_ok=True)
