"""Exports as they come back from spreadsheets, scripts and broken connections: seeded, with what should become of them.

A mutant either still says the same, and must be read as the export it was made from, or it does not, and must be
refused. Nothing that no reader could notice is among them (two answers exchanged, a row taken out).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from forms import sheet

from survey_report.study import Question, Study

HEADER_ROWS = 3
SECRETS = ("Zebedee", "zebedee@example.org", "192.0.2.200", "55.8642")
SPACES = (" ", "\u00a0", "\u2009", "\u202f", "  ", "\t", " \u00a0")
APOSTROPHES, DASHES, QUOTES = "'’‘ʼ´`", "-–—−‐‑", '"“”„«»'
Records = list[list[str]]


@dataclass
class Draft:
    """An export on its way to a mutant. `texts_only`: no spreadsheet can hold it. `same`: it still says the same."""

    random: Random
    study: Study
    records: Records
    same: bool = True
    texts_only: bool = False
    done: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return self.records[0]

    @property
    def body(self) -> Records:
        return [row for row in self.records[HEADER_ROWS:] if row]

    def closed(self) -> list[Question]:
        return [question for question in self.study.asked if question.type != "open" and question.column in self.names]

    def place(self, column: str) -> int:
        return [name.strip() for name in self.names].index(column)

    def any_closed(self, held: str = "") -> tuple[Question, list[Sequence[str]]]:
        """A closed question, and rows in which it is answered (with a text that holds one of the characters)."""
        found = []
        for question in self.closed():
            i = self.place(question.column)
            rows = [row for row in self.body if row[i] and (not held or set(held) & set(row[i]))]
            if rows:
                found.append((question, rows))
        question, rows = self.random.choice(found)
        return question, self.random.sample(rows, self.random.randint(1, len(rows)))

    def respell(self, change: Callable[[str], str], held: str = "") -> None:
        question, rows = self.any_closed(held)
        i = self.place(question.column)
        for row in rows:
            row[i] = change(row[i])  # type: ignore[index]

    def answer(self, column: str, text: str) -> None:
        self.random.choice(self.body)[self.place(column)] = text


Step = Callable[[Draft], None]


@dataclass(frozen=True)
class Mutant:
    """A file, what was done to it, and whether it still says the same."""

    seed: int
    done: str
    name: str
    content: bytes
    same: bool


# Columns


def shuffle_columns(draft: Draft) -> None:
    order = list(range(len(draft.names)))
    draft.random.shuffle(order)
    draft.records[:] = [[row[i] for i in order] if row else row for row in draft.records]


def double_column(draft: Draft) -> None:
    i = draft.place(draft.random.choice(draft.study.asked).column)
    at = draft.random.randint(0, len(draft.names))
    for row in draft.records:
        row.insert(at, row[i])
    draft.same = False


def rename_column(draft: Draft) -> None:
    i = draft.place(draft.random.choice(draft.study.asked).column)
    name = draft.names[i].strip()
    draft.names[i] = draft.random.choice([f"{name}_1", name.upper(), f"Q{i}", name[:-1], f"{name}."])
    draft.same = False


def remove_column(draft: Draft) -> None:
    i = draft.place(draft.random.choice(draft.study.asked).column)
    for row in draft.records:
        del row[i : i + 1]
    draft.same = False


def space_names(draft: Draft) -> None:
    for i, name in enumerate(draft.names):
        draft.names[i] = f" {name}\u00a0" if draft.random.random() < 0.3 else name


def translate_metadata(draft: Draft) -> None:
    for column, word in (("ResponseId", "Antwort-ID"), ("Status", "Etat"), ("Finished", "Finalizado")):
        draft.names[draft.place(column)] = word


def add_columns(draft: Draft) -> None:
    for number, row in enumerate(draft.records):
        row.extend(["New", "A new column", '{"ImportId":"QID99"}'][number : number + 1] or [str(number)])
        row.extend(["", ""])


def add_nameless(draft: Draft) -> None:
    for row in draft.records:
        row.append("")
    draft.random.choice(draft.body)[-1] = SECRETS[0]
    draft.same = False


def ragged_row(draft: Draft) -> None:
    row = draft.random.choice(draft.body)
    if draft.random.random() < 0.5:
        del row[draft.random.randint(0, len(row) - 2)]
    else:
        row.insert(draft.random.randint(0, len(row)), SECRETS[0])
    draft.same, draft.texts_only = False, True


def swap_header(draft: Draft) -> None:
    draft.records[1], draft.records[2] = draft.records[2], draft.records[1]
    draft.same = False


def sink_header(draft: Draft) -> None:
    draft.records.append(draft.records.pop(2))
    draft.same = False


def without_ids(draft: Draft) -> None:
    del draft.records[2]


def names_only(draft: Draft) -> None:
    del draft.records[1:3]


def python_ids(draft: Draft) -> None:
    draft.records[2] = [cell.replace('"', "'").replace(":", ": ") for cell in draft.records[2]]


# Answers


def space_answers(draft: Draft) -> None:
    for _ in range(5):
        draft.respell(lambda text: draft.random.choice(SPACES).join(["", *text.split(" "), ""]))


def case_answers(draft: Draft) -> None:
    for _ in range(5):
        draft.respell(draft.random.choice([str.upper, str.lower, str.title, str.swapcase]))


def dash_answers(draft: Draft) -> None:
    for marks in (APOSTROPHES, DASHES, QUOTES):
        for _ in range(3):
            mark = draft.random.choice(marks)
            try:
                draft.respell(lambda text, mark=mark, marks=marks: exchange(text, marks, mark), marks)  # type: ignore[misc]
            except IndexError:
                break  # no answer has such a mark


def exchange(text: str, marks: str, mark: str) -> str:
    return "".join(mark if character in marks else character for character in text)


def unknown_answer(draft: Draft) -> None:
    question = draft.random.choice(draft.closed())
    choices = ["NA", "n/a", "Goood", "3", "12-May", "=1+1", "#REF!", "Ver y Good", "Good;Poor", "?", "\ufffd"]
    draft.answer(question.column, draft.random.choice(choices))
    draft.same = False


def codes_for_answers(draft: Draft) -> None:
    question, rows = draft.any_closed()
    for row in rows:
        row[draft.place(question.column)] = str(draft.random.randint(1, 7))  # type: ignore[index]
    draft.same = False


def formulas(draft: Draft) -> None:
    for question in draft.study.open_questions:
        i = draft.place(question.column)
        for row in draft.body:
            if row[i]:
                row[i] = draft.random.choice(["=", "+", "-", "@", "'", "NA ", "<b>"]) + row[i]


def dates_as_numbers(draft: Draft) -> None:
    for column in ("EndDate", "RecordedDate"):
        i = draft.place(column)
        for row in draft.body:
            span = datetime.fromisoformat(row[i]) - datetime(1899, 12, 30)
            row[i] = repr(span.total_seconds() / 86400)


def other_dates(draft: Draft) -> None:
    i = draft.place("StartDate")
    for row in draft.body:
        row[i] = datetime.fromisoformat(row[i]).strftime("%d.%m.%Y %H:%M")


def other_flags(draft: Draft) -> None:
    true, false = draft.random.choice([("TRUE", "FALSE"), ("1", "0"), ("WAHR", "FALSCH"), ("vrai", "faux")])
    i = draft.place("Finished")
    for row in draft.body:
        row[i] = {"True": true, "False": false}[row[i]]


def unknown_flag(draft: Draft) -> None:
    draft.answer("Finished", draft.random.choice(["Yes", "Tru", "100", "finished", "2"]))
    draft.same = False


def unknown_status(draft: Draft) -> None:
    draft.answer("Status", draft.random.choice(["Aperçu", "99", "Preview", "IP"]))
    draft.same = False


def name_people(draft: Draft) -> None:
    for column, secret in zip(("RecipientLastName", "RecipientEmail", "IPAddress", "LocationLatitude"), SECRETS,
                              strict=True):  # fmt: skip
        for row in draft.body:
            row[draft.place(column)] = secret


def one_id_twice(draft: Draft) -> None:
    first, second = draft.random.sample(draft.body, 2)
    i = draft.place("ResponseId")
    second[i] = first[i]
    draft.same = False


def nul(draft: Draft) -> None:
    draft.answer(draft.random.choice(draft.study.asked).column, "Go\0od")
    draft.same, draft.texts_only = False, True


def enormous_cell(draft: Draft) -> None:
    draft.answer(draft.random.choice(draft.study.open_questions).column, "word " * 240_000)
    draft.same, draft.texts_only = False, True


def blank_rows(draft: Draft) -> None:
    for _ in range(3):
        draft.records.insert(draft.random.randint(HEADER_ROWS, len(draft.records)), [])


# In the order in which they are done: answers, columns, header; each finds what those before it left.
HARMLESS: dict[str, Sequence[Step]] = {
    "answers": (
        space_answers, case_answers, dash_answers, formulas, dates_as_numbers, other_dates, other_flags, name_people,
    ),
    "columns": (shuffle_columns, space_names, translate_metadata, add_columns),
    "header": (without_ids, names_only, python_ids),
    "rows": (blank_rows,),
}  # fmt: skip
HARMFUL: dict[str, Sequence[Step]] = {
    "answers": (unknown_answer, codes_for_answers, unknown_flag, unknown_status, one_id_twice, nul, enormous_cell),
    "columns": (double_column, rename_column, remove_column, add_nameless, ragged_row),
    "header": (swap_header, sink_header),
}
STEPS = tuple(step for steps in (HARMLESS, HARMFUL) for part in steps.values() for step in part)


def choose(random: Random, harmful: bool) -> list[Step]:
    """Steps that go together: up to two harmless ones a part, and a harmful one among them or none."""
    chosen: dict[str, list[Step]] = {}
    for part, steps in HARMLESS.items():
        some = random.sample(steps, min(len(steps), random.choice([0, 1, 1, 2])))
        chosen[part] = sorted(some, key=list(steps).index)
    chosen["header"] = chosen["header"][: 1 if translate_metadata not in chosen["columns"] else 0]
    if harmful:
        part, step = random.choice([(part, step) for part, steps in HARMFUL.items() for step in steps])
        chosen[part] = [*(chosen[part] if part != "header" else ()), step]
    return [step for part in HARMLESS for step in chosen[part]]


# Files


@dataclass(frozen=True)
class Way:
    """A way of writing a file. `reads` whether it can be read where there is more than plain Latin letters."""

    name: str
    encoding: str = "utf-8"
    mark: bytes = b""
    separator: str = ","
    line_end: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL
    reads: bool = True


WAYS = (
    Way("export.csv"),
    Way("export.csv", mark=b"\xef\xbb\xbf", line_end="\r\n"),
    Way("export.csv", separator=";", line_end="\r\n"),
    Way("export.csv", quoting=csv.QUOTE_ALL),
    Way("export.tsv", separator="\t"),
    Way("export.tsv", "utf-16-le", b"\xff\xfe", "\t", "\r\n"),
    Way("export.tsv", "utf-16-be", b"\xfe\xff", "\t"),
    Way("export.csv", "utf-16-le", quoting=csv.QUOTE_ALL),
)
SIMPLE_WAYS = [way for way in WAYS if way.encoding == "utf-8" and way.quoting == csv.QUOTE_MINIMAL]
UNREADABLE = (
    Way("export.csv", "cp1252", reads=False),
    Way("export.csv", "mac-roman", separator=";", reads=False),
    Way("export.csv", "utf-32", reads=False),
)


def write(draft: Draft, way: Way) -> bytes:
    rows = io.StringIO(newline="")
    csv.writer(rows, delimiter=way.separator, lineterminator=way.line_end, quoting=way.quoting).writerows(  # type: ignore[call-overload]
        draft.records
    )
    content = rows.getvalue()
    if not way.reads and (way.encoding == "utf-32" or not content.isascii()):
        draft.same = False
    return way.mark + content.encode(way.encoding, "replace")


def response_id(row: Sequence[str]) -> str:
    """The id of a response, wherever its column went."""
    return next(cell for cell in row if cell.startswith("R_"))


def cut(draft: Draft, way: Way, content: bytes) -> bytes:
    """Cut inside a response, not at the end of one."""
    text = content.removeprefix(way.mark).decode(way.encoding)
    start = text.index(response_id(draft.body[1]))
    while True:
        at = draft.random.randint(start, len(text) - 2)
        if text[at - 1] not in "\r\n" and text[at] not in "\r\n":
            break
    draft.same = False
    return way.mark + text[:at].encode(way.encoding)


def mix(draft: Draft, way: Way, content: bytes) -> bytes:
    """The second half with another separator."""
    other = ";" if way.separator != ";" else ","
    half = HEADER_ROWS + len(draft.body) // 2
    parts = []
    for rows, separator in ((draft.records[:half], way.separator), (draft.records[half:], other)):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator, lineterminator=way.line_end).writerows(rows)
        parts.append(out.getvalue())
    draft.same = False
    return way.mark + "".join(parts).encode(way.encoding, "replace")


def open_quote(draft: Draft, way: Way, content: bytes) -> bytes:
    """A quotation mark at the beginning of a cell that nothing closes."""
    text = content.removeprefix(way.mark).decode(way.encoding)
    ids = response_id(draft.random.choice(draft.body))
    draft.same = False
    return way.mark + text.replace(ids, f'"{ids}', 1).replace(f'""{ids}', f'"""{ids}').encode(way.encoding)


def spoil(draft: Draft, way: Way, content: bytes) -> bytes:
    """A byte that is part of no letter in UTF-8."""
    at = draft.random.randint(len(content) // 3, len(content) - 1)
    while content[at] in b'"\r\n,;\t':
        at -= 1
    draft.same = False
    return content[:at] + b"\xff" + content[at + 1 :]


DAMAGES = (cut, mix, open_quote, spoil)


def mutants(records: Records, study: Study, count: int, folder: Path) -> Iterator[Mutant]:
    """As many mutants of the records as are wanted, the same ones each time."""
    for seed in range(count):
        random = Random(seed)
        draft = Draft(random, study, [list(row) for row in records])
        damaged = seed % 5 == 4
        for step in choose(random, harmful=seed % 2 == 1 and not damaged):
            step(draft)
            draft.done.append(step.__name__)
        damage = random.choice(DAMAGES) if damaged else None
        ways = WAYS if damaged or random.random() < 0.9 else UNREADABLE
        way = random.choice(SIMPLE_WAYS if damage in (open_quote, spoil) else ways)
        if seed % 7 == 3 and damage is None and not draft.texts_only:
            content = sheet(draft.records, folder).read_bytes()
            yield Mutant(seed, ", ".join([*draft.done, "spreadsheet"]), "export.xlsx", content, draft.same)
            continue
        content = write(draft, way)
        if damage is not None:
            content = damage(draft, way, content)
            draft.done.append(damage.__name__)
        yield Mutant(seed, ", ".join([*draft.done, repr(way)]), way.name, content, draft.same)
