"""The way in: a path to an `Export`, by the kind of the file."""

from __future__ import annotations

import warnings
from pathlib import Path

from survey_report.errors import Problem, UserError
from survey_report.exports.assembling import Source, assemble
from survey_report.exports.delimited import read_delimited
from survey_report.exports.export import Export
from survey_report.exports.headers import QUALTRICS_REMEDY
from survey_report.exports.metadata import complete_metadata
from survey_report.files import digest_file

TEXTS, SHEETS, SPSS = (".csv", ".tsv", ".txt"), (".xlsx",), (".sav", ".zsav")
LARGEST = 2_000_000_000  # bytes
# What files of other kinds begin with.
BEGINNINGS = (
    (b"PK\x03\x04", SHEETS, "is a spreadsheet or an archive, whatever its ending", "name a spreadsheet `.xlsx`"),
    (b"\xd0\xcf\x11\xe0", (), "is an older or protected spreadsheet", "save it as .xlsx without a password, or as CSV"),
    (b"$FL2", SPSS, "is an SPSS file, whatever its ending", "name it `.sav`"),
    (b"$FL3", SPSS, "is an SPSS file, whatever its ending", "name it `.zsav`"),
    (b"%PDF", (), "is a PDF", "export the responses as CSV"),
)
FEWER = "export again without what the study does not ask, such as uploaded files; or use a machine with more memory"
NOT_A_TABLE = "this is not a Qualtrics export, nor a table with one header row: its first row is a single cell"


def read_export(path: Path) -> Export:
    """Read an export: CSV or TSV in UTF-8 or UTF-16, .xlsx, or .sav, in any of the forms that `Export` names.

    Raises UserError when the file is missing, empty, too large, a folder, of another kind or damaged. What is wrong
    with single rows or columns (a row cut off, a name given twice) is kept in `faults`, so that it is reported with the
    rest.
    """
    name = (path.name or str(path)).encode("utf-8", "replace").decode()
    try:
        _check_file(path, name)
        export = _read(path, name)
    except MemoryError as error:
        raise _refused(name, "needs more memory than this machine has", FEWER) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _refused(name, f"cannot be read: {reason}", "check the path and the file's permissions") from error
    return complete_metadata(export)


def _refused(name: str, message: str, remedy: str) -> UserError:
    return UserError([Problem(name, "", "", message, remedy)])


def _check_file(path: Path, name: str) -> None:
    """UserError for what is no file that may be read."""
    if path.is_dir():
        raise _refused(name, "is a folder, not a file", "give the path of the export file itself")
    if not path.exists():
        raise _refused(name, "there is no such file", "check the path after EXPORT=")
    suffix = path.suffix.lower()
    if suffix not in (*TEXTS, *SHEETS, *SPSS):
        kind = f"`{path.suffix}` files" if path.suffix else "files without an ending such as `.csv`"
        raise _refused(name, f"{kind} cannot be read yet", "export the responses as CSV, or as .tsv, .xlsx or .sav")
    if not path.is_file():
        raise _refused(name, "is no ordinary file", "give the path of a file")
    size = path.stat().st_size
    if size > LARGEST:
        message = f"is larger than {LARGEST // 1_000_000:,} MB, the most that is read"
        raise _refused(name, message, FEWER)
    with path.open("rb") as handle:
        head = handle.read(512)
    if not head:
        raise _refused(name, "the file is empty", "export the responses again")
    for beginning, suffixes, message, remedy in BEGINNINGS:
        if head.startswith(beginning) and suffix not in suffixes:
            raise _refused(name, message, remedy)


def _read(path: Path, name: str) -> Export:
    suffix, digest = path.suffix.lower(), digest_file(path)
    with warnings.catch_warnings(action="ignore"):  # of a library about a file that is not of its own making
        if suffix in TEXTS:
            source = read_delimited(path, name)
            return _table(assemble(source, digest), source)
        if suffix in SHEETS:
            from survey_report.exports.spreadsheet import open_spreadsheet

            with open_spreadsheet(path, name) as source:
                return _table(assemble(source, digest), source)
        from survey_report.exports.spss import read_spss

        return read_spss(path, name, digest)


def _table(export: Export | None, source: Source) -> Export:
    if export is None:
        if source.faults:
            raise UserError(source.faults)
        raise _refused(source.name, "the file is empty", "export the responses again")
    if len(export.texts) + len(export.dropped) < 2:
        raise UserError([*source.faults, Problem(source.name, "row 1", "", NOT_A_TABLE, QUALTRICS_REMEDY)])
    return export
