"""Limits of a spreadsheet file, looked for before it is opened: a small file can hold more than any memory does.

A part of the archive is never unpacked further than the size that the archive declares, so that what is declared is
the most that can come out.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from survey_report.errors import Problem, UserError
from survey_report.exports.delimited import CELL_LIMIT

DAMAGED = ("the spreadsheet is damaged, or none", "open it in a spreadsheet program, save it as .xlsx and try again")
AS_CSV = "export the responses again from the survey program, as CSV"
LARGEST_UNPACKED, MOST_PARTS = 500_000_000, 10_000  # bytes, and files in the archive
MOST_RATIO, RATIO_FROM = 100, 2**20  # unpacked to packed; the same answer in each cell makes about 25
MOST_ROWS = 1_048_576  # of a sheet, as in the programs that write it
TOO_MANY_ROWS = f"has rows beyond row {MOST_ROWS:,}, the last one that a sheet can have"
MOST_STRINGS, MOST_ELEMENTS = 5_000_000, 600_000  # different texts; begins and ends of elements that hold no cells
BLOCK = 2**20
LONGEST_TEXT = 6 * CELL_LIMIT  # bytes: an ampersand takes five
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
TEXT = re.compile(rb"<(?:\w+:)?si[ >/]")
ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["'](\d{7,})""")
ROOT = re.compile(rb"<(?:\w+:)?(worksheet|sst)[\s>]")


def look_through(path: Path, name: str) -> bool:
    """Whether a sheet of the file holds formulas. Raises UserError for one that is damaged, or beyond the limits."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, name)
            looks = [_look_at(archive, part, name) for part in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise refused(name, *DAMAGED) from error
    return any(looks)


def refused(name: str, message: str, remedy: str = AS_CSV) -> UserError:
    """The error of a file that is not read any further."""
    return UserError([Problem(name, "", "", message, remedy)])


def _check_sizes(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise refused(name, f"holds more than {MOST_PARTS:,} files, and is no spreadsheet that is read")
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise refused(name, f"unpacks to more than {LARGEST_UNPACKED // 1_000_000:,} MB, the most that is read")
    if any(part.file_size > max(RATIO_FROM, MOST_RATIO * part.compress_size) for part in parts):
        raise refused(name, "is packed far more tightly than answers can be: it unpacks to many times its size")


def _look_at(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> bool:
    """Whether a part of the archive is a sheet with formulas; UserError for one that holds too much."""
    formulas = False
    before, run, texts, rows, elements = b"", 0, 0, 0, 0
    root = b""
    with archive.open(part) as handle:
        while block := handle.read(BLOCK):
            if not before:
                if b"<" not in block[:100]:  # a picture or the like, which nobody opens here
                    return False
                found = ROOT.search(block[:10_000])
                root = found[1] if found else b""
            run = run + len(block) if b"<" not in block else 0
            texts += len(TEXT.findall(block)) if root == b"sst" else 0
            elements += 0 if root else block.count(b"<")
            if root == b"worksheet":
                joined = before + block
                formulas = formulas or FORMULA.search(joined) is not None
                rows += block.count(b"<row")
                if rows > MOST_ROWS or any(int(number[:20]) > MOST_ROWS for number in ROW.findall(joined)):
                    raise refused(name, TOO_MANY_ROWS)
            before = block[-200:]
            if run > LONGEST_TEXT:
                raise refused(name, f"a cell has more than {CELL_LIMIT:,} characters")
            if texts > MOST_STRINGS:
                raise refused(name, f"holds more than {MOST_STRINGS:,} different texts, the most that is read")
            if elements > MOST_ELEMENTS:
                raise refused(name, "holds more formats or other things that are no answers than are read")
    return formulas
