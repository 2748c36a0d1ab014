"""From header and rows, whatever file they came from, to an `Export`: columns chosen, faults of form told."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa

from survey_report.errors import Problem, UserError, rows_text
from survey_report.exports.export import Export
from survey_report.exports.headers import MOST_ROWS, Header, import_id, read_header
from survey_report.exports.metadata import canonical_names
from survey_report.exports.personal import is_personal
from survey_report.exports.texts import fold
from survey_report.files import digest_bytes

AGAIN = "export the file again, without editing it by hand"
BLOCK = 2048
MOST_COLUMNS = 5_000  # no survey asks as much
# Of cells with white space to fold, no more than these are remembered: enough for answers to choose from.
RESPACED_CELLS, RESPACED_LENGTH = 200, 200
MOST_ENDINGS = 10_000  # more different cells in the last column are people's own words, of which none is like another
Row = tuple[int, Sequence[str]]


@dataclass
class Source:
    """Rows of a file with their numbers, blank ones left out; read once, in order.

    `faults` grows while rows are read. `pads`: short rows lack blank cells only, as in a spreadsheet. `open_end`: no
    line end closes the last row of a text. `header` is that of a file whose rows are all responses.
    """

    name: str
    rows: Iterator[Row]
    faults: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pads: bool = False
    open_end: bool = False
    header: Header | None = None


@dataclass(frozen=True)
class Columns:
    """Which cells of a row are kept, under which names; which are personal; which should be blank.

    `names` are those of all columns, as they are kept; a name given twice stands there twice.
    """

    names: tuple[str, ...]
    kept: dict[str, int]
    personal: tuple[int, ...]
    nameless: tuple[int, ...]


@dataclass
class _Seen:
    """What was seen on the way through the rows."""

    numbers: array[int] = field(default_factory=lambda: array("q"))
    digests: list[str] = field(default_factory=list)  # of the block at hand
    lengths: dict[int, list[int]] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)
    headings: list[int] = field(default_factory=list)
    last: Row = (0, ())
    endings: set[str] = field(default_factory=set)  # last cells of rows before the last one


def assemble(source: Source, digest: str) -> Export | None:
    """The export that a file's rows make; None when there is no row at all.

    What is wrong with single rows or columns is kept in the export's faults, so that it is reported with the rest.
    """
    first: list[Row] = []
    if source.header is None:
        first = list(islice(source.rows, MOST_ROWS))
        if not first:
            return None
        if source.pads:
            first = _padded_header(first)
    check_width(max(len(row) for _, row in first) if first else 0, source.name)
    header = source.header or read_header(first)
    width = len(header.names)
    columns = choose_columns(header)
    rows = _rows(first[len(header.lengths) :], source, width)
    seen = _Seen(lengths=_other_lengths(header.lengths, width))
    chunks: dict[str, list[pa.Array]] = {name: [] for name in columns.kept}
    digests: list[pa.Array] = []
    respaced: dict[str, dict[str, int]] = defaultdict(dict)
    whole = _whole(rows, width, columns, source.open_end, seen)
    while block := list(islice(whole, BLOCK)):
        # Nothing of a block stays as objects of Python: what is kept of many rows would scatter and hold much more.
        digests.append(_chunk(seen.digests))
        seen.digests.clear()
        cells = list(zip(*block, strict=True))
        for name, i in columns.kept.items():
            chunks[name].append(_chunk(_folded(cells[i], respaced, name)))
    index = pd.Index(np.frombuffer(seen.numbers, dtype="int64"), dtype="int64", name="row")
    frame = {name: _text_column(chunks.pop(name)) for name in list(chunks)}
    positions = columns.kept.items()
    faults = [*source.faults, *_column_faults(source.name, header, columns, seen), *_row_faults(source, header, seen)]
    return Export(
        name=source.name,
        digest=digest,
        responses=pd.DataFrame(frame, index=index),
        row_digests=pd.Series(_text_column(digests), index=index),
        texts={name: header.texts[i] for name, i in positions},
        dropped=tuple(_called(header, i) for i in columns.personal),
        faults=tuple(faults),
        form=header.form,
        import_ids={name: header.import_ids[i] for name, i in positions},
        original_names={name: header.names[i] for name, i in positions if header.names[i] != name},
        respaced={name: respaced[name] for name in columns.kept if name in respaced},
        notes=tuple(source.notes),
    )


def check_width(width: int, name: str) -> None:
    """UserError for a table with more columns than are read."""
    if width > MOST_COLUMNS:
        remedy = "check that it is the survey's export, and that each response is a row"
        message = f"has {width:,} columns, more than the {MOST_COLUMNS:,} that are read"
        raise UserError([Problem(name, "", "", message, remedy)])


def choose_columns(header: Header) -> Columns:
    """Names under which columns are kept, the first where a name is given twice; personal and nameless ones apart."""
    names = canonical_names(header.names, header.kinds, loosely=header.form != "qualtrics-3")
    # Of other forms the second row may hold answers to choose from, such as how people want to be reached.
    asked = header.texts if header.form == "qualtrics-3" else header.headings
    personal = [i for i, name in enumerate(header.names) if is_personal(name, header.import_ids[i], asked[i])]
    apart = set(personal)
    nameless = [i for i, name in enumerate(names) if not name and i not in apart]
    kept: dict[str, int] = {}
    for i, name in enumerate(names):
        if name and i not in apart:
            kept.setdefault(name, i)
    return Columns(tuple(names), kept, tuple(personal), tuple(nameless))


def _called(header: Header, i: int) -> str:
    return f"{header.names[i]} ({header.headings[i]})" if header.headings[i] else header.names[i]


def _padded_header(first: Sequence[Row]) -> list[Row]:
    """Header rows of a spreadsheet at one length; trailing blank cells are none of it."""
    rows = [(number, _stripped(row)) for number, row in first]
    header = read_header(rows)
    width = max(len(row) for _, row in rows[: len(header.lengths)])
    return [(number, [*row, *[""] * (width - len(row))]) for number, row in rows]


def _stripped(row: Sequence[str]) -> list[str]:
    cells = list(row)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _other_lengths(lengths: Iterable[tuple[int, int]], width: int) -> dict[int, list[int]]:
    other: dict[int, list[int]] = {}
    for number, length in lengths:
        if length != width:
            other.setdefault(length, []).append(number)
    return other


def _rows(first: Sequence[Row], source: Source, width: int) -> Iterator[Row]:
    for number, row in (row for rows in (first, source.rows) for row in rows):
        if source.pads and len(row) != width:
            cells = _stripped(row)
            yield number, [*cells, *[""] * (width - len(cells))]
        else:
            yield number, row


def _whole(rows: Iterator[Row], width: int, columns: Columns, open_end: bool, seen: _Seen) -> Iterator[Sequence[str]]:
    """Rows of the right length; what is to be told of them, and of others, is noted on the way."""
    for number, row in rows:
        if open_end and len(seen.last[1]) == width and len(seen.endings) < MOST_ENDINGS:
            seen.endings.add(seen.last[1][-1])
        seen.last = (number, row)
        if len(row) != width:
            seen.lengths.setdefault(len(row), []).append(number)
            continue
        if row[0].startswith("{") and import_id(row[0]):
            seen.headings.append(number)
        for i in columns.nameless:
            if row[i].strip():
                seen.filled.add(i)
        seen.numbers.append(number)
        seen.digests.append(digest_bytes("\x1f".join(row).encode()))
        yield row


def _folded(cells: Sequence[str], respaced: dict[str, dict[str, int]], name: str) -> list[str]:
    folded = [fold(cell) for cell in cells]
    if folded != list(cells):
        known = respaced[name]
        for cell, text in zip(cells, folded, strict=True):
            if cell != text and text and (cell in known or _memorable(cell, known)):
                known[cell] = known.get(cell, 0) + 1
    return folded


def _memorable(cell: str, known: dict[str, int]) -> bool:
    return len(cell) <= RESPACED_LENGTH and len(known) < RESPACED_CELLS


def _chunk(texts: Sequence[str]) -> pa.Array:
    # The system's allocator: Arrow's own keeps half as much again for arrays of this size.
    return pa.array(texts, type=pa.large_string(), memory_pool=pa.system_memory_pool())


def _text_column(chunks: Sequence[pa.Array]) -> pd.api.extensions.ExtensionArray:
    column: pd.api.extensions.ExtensionArray = pd.array(pa.chunked_array(chunks, type=pa.large_string()), dtype="str")
    return column


def _column_faults(name: str, header: Header, columns: Columns, seen: _Seen) -> Iterable[Problem]:
    place = f"row {header.lengths[0][0]}" if header.lengths else ""
    counts = [Counter(filter(None, names)) for names in (header.names, columns.names)]
    for column in sorted({column for count in counts for column, times in count.items() if times > 1}):
        yield Problem(name, place, column, "two columns have one name", "rename one in Qualtrics and export again")
    for i in columns.nameless:
        if header.texts[i] or header.import_ids[i] or i in seen.filled:
            remedy = "give the column a name, that of the question whose answers it holds"
            yield Problem(name, place, f"cell {i + 1}", "a column has no name", remedy)


def _may_be_cut(cell: str, others: set[str]) -> bool:
    """Whether a last cell that no line end closes may be the beginning of a longer one.

    It may when no other row has its like, or when one has what it could have become.
    """
    return cell not in others or any(len(other) > len(cell) and other.startswith(cell) for other in others)


def _row_faults(source: Source, header: Header, seen: _Seen) -> Iterable[Problem]:
    name, width = source.name, len(header.names)
    last, final = seen.last
    for length, numbers in seen.lengths.items():
        cut = numbers == [last] and length < width
        what = "the file is cut off inside a record" if cut else "a row of another length"
        yield Problem(name, rows_text(numbers), f"{length} cells instead of {width}", what, AGAIN)
    if seen.endings and len(final) == width and _may_be_cut(final[-1], seen.endings):
        yield Problem(name, f"row {last}", "", "the file seems to be cut off inside its last cell", AGAIN)
    misplaced = [header.lengths[-1][0]] if any(map(import_id, header.texts)) else []
    if misplaced or seen.headings:
        message = "ids of questions stand where they should not be"
        remedy = "bring the three header rows back to the top, in the order in which Qualtrics writes them"
        yield Problem(name, rows_text([*misplaced, *seen.headings]), "", message, remedy)
    if not last:
        number = header.lengths[-1][0] + 1 if header.lengths else 1
        below = "there is no response below the header rows" if header.lengths else "there is no response"
        yield Problem(name, f"row {number}", "", below, "export again")
