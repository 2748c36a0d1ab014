"""Sources: front matter, includes written out, and for every line the file and line it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from survey_report.errors import Problem, UserError
from survey_report.stitch.project import yaml_problem
from survey_report.stitch.values import load_yaml

INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(.+?)\s*>\}\}\s*$")
EMBED = re.compile(r"^\s*\{\{<\s*embed\s+(.+?)\s*>\}\}\s*$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")


@dataclass(frozen=True)
class Line:
    """A line of text and where it was typed."""

    text: str
    file: str
    number: int

    def problem(self, value: str, message: str, remedy: str) -> Problem:
        """A problem at this line."""
        return Problem(self.file, f"line {self.number}", value, message, remedy)


@dataclass(frozen=True)
class Source:
    """A document with its includes written out; `front_lines` are those of its front matter."""

    path: str
    front: dict[str, Any]
    front_lines: tuple[Line, ...]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    fatal: tuple[Problem, ...]


def split_front(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """The front matter and the rest."""
    if lines and lines[0].text.rstrip() == "---":
        for number, line in enumerate(lines[1:], start=1):
            if line.text.rstrip() in ("---", "..."):
                return lines[1:number], lines[number + 1 :]
    return [], lines


def read_lines(root: Path, name: str) -> list[Line]:
    """The lines of a file below the project's root."""
    text = (root / name).read_text(encoding="utf-8").removeprefix("\ufeff")
    return [Line(line.rstrip("\r"), name, number) for number, line in enumerate(text.split("\n"), start=1)]


def inside(path: str) -> bool:
    """Whether a path from the root stays below it: what is copied, read or written must."""
    return ".." not in path.split("/") and not path.startswith("/")


def resolve(document: str, address: str) -> str:
    """An address in a document as a path from the root; it may start at the root with a slash.

    One that leads out of the project keeps its `..`, and is not `inside`.
    """
    if address.startswith("/"):
        parts = address.strip("/").split("/")
    else:
        parts = [*document.split("/")[:-1], *address.split("/")]
    made: list[str] = []
    for part in parts:
        if part == ".." and made and made[-1] != "..":
            made.pop()
        elif part not in ("", "."):
            made.append(part)
    return "/".join(made)


def resolve_file(document: str, address: str) -> str:
    """As `resolve`, of a file that is read or copied. Raises UserError where it lies outside of the project."""
    path = resolve(document, address)
    if not inside(path):
        remedy = "Put the file into the project."
        raise UserError([Problem(document, "", address, "this path leads out of the project", remedy)])
    return path


def read_source(root: Path, path: str) -> Source:
    """Read a document and write out its includes, whose paths count from the document."""
    problems: list[Problem] = []
    fatal: list[Problem] = []
    head, body = split_front(read_lines(root, path))
    front: Any = {}
    try:
        front = load_yaml("\n".join(line.text for line in head)) or {}
    except yaml.YAMLError as error:
        fatal.append(yaml_problem(path, error, offset=1))
    if not isinstance(front, dict):
        fatal.append(Problem(path, "line 1", str(front)[:40], "front matter is not a mapping", "Write `key: value`."))
        front = {}

    def expand(lines: Sequence[Line], chain: tuple[str, ...]) -> Iterator[Line]:
        for line in lines:
            found = INCLUDE.match(line.text)
            if not found:
                yield line
                continue
            if line.text[:1].isspace():
                remedy = "Put it on a line of its own, not indented, with an empty line before and after."
                problems.append(line.problem(line.text.strip(), "an indented include ends the list around it", remedy))
            name = found[1].strip("'\"")
            target = resolve(path, name)
            if not inside(target):
                remedy = "Put the file into the project."
                fatal.append(line.problem(name, "this path leads out of the project", remedy))
            elif target in chain:
                fatal.append(line.problem(name, "this include leads back to itself", "Take it out."))
            elif not (root / target).is_file():
                fatal.append(
                    line.problem(
                        name,
                        f"included file not found: {target}",
                        "Give a path as seen from the document (not from the including file), or from the root with /.",
                    )
                )
            else:
                own_head, rest = split_front(read_lines(root, target))
                if own_head:
                    problems.append(
                        Problem(
                            target, "line 1", "---", "an included file has front matter", "Move it to the document."
                        )
                    )
                yield Line("", line.file, line.number)
                yield from expand(rest, (*chain, target))
                yield Line("", line.file, line.number)

    lines = tuple(expand(body, (path,)))
    return Source(path, front, tuple(head), lines, tuple(problems), tuple(fatal))


def outside_code(lines: Sequence[Line]) -> Iterator[tuple[int, Line, bool, str]]:
    """Position, line, whether it is outside fenced code, and the opening fence's information for lines in code."""
    fence, info = "", ""
    for position, line in enumerate(lines):
        found = FENCE.match(line.text)
        if fence:
            yield position, line, False, info
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
        elif found and not (found[1][0] == "`" and "`" in found[2]):
            fence, info = found[1], found[2].strip()
            yield position, line, False, info
        else:
            yield position, line, True, ""
