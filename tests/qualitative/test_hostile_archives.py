"""Archives that try something: each gives one clear problem, none leaves anything behind or is read at length."""

from __future__ import annotations

import io
import os
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from refi_files import HEAD, codes, project, qdpx, selection, source

from survey_report.errors import UserError
from survey_report.qualitative import safe_xml
from survey_report.qualitative.archive import LIMITS
from survey_report.qualitative.refi_qda import read_refi_qda

GOOD = project(codes("a") + "<Sources>" + source("s", selection(0, 7, "a")) + "</Sources>")
TEXT = "Waiting lists are long."


def zipped(*members: tuple[str | zipfile.ZipInfo, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def good(*more: tuple[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    return zipped(("project.qde", GOOD), ("sources/s.txt", TEXT), *more)


def flat() -> bytes:
    return zipped(("project.qde", GOOD), ("sources/s.txt", TEXT), packing=zipfile.ZIP_STORED)


def link(target: str) -> tuple[zipfile.ZipInfo, str]:
    member = zipfile.ZipInfo("sources/s2.txt")
    member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return member, target


def patched(content: bytes, signature: bytes, offset: int, form: str, value: int) -> bytes:
    """A field of every header of one kind set to a value."""
    changed, place = bytearray(content), 0
    while (place := content.find(signature, place)) >= 0:
        struct.pack_into(form, changed, place + offset, value)
        place += 4
    return bytes(changed)


def locked() -> bytes:
    """Both headers of every member say that it is encrypted."""
    return patched(patched(good(), b"PK\1\2", 8, "<H", 1), b"PK\3\4", 6, "<H", 1)


def oddly_packed() -> bytes:
    return patched(patched(good(), b"PK\1\2", 10, "<H", 99), b"PK\3\4", 8, "<H", 99)


def understated() -> bytes:
    """Texts that are longer than the directory says."""
    long = zipped(("project.qde", GOOD), ("sources/s.txt", TEXT * 500))
    return patched(long, b"PK\1\2", 24, "<I", 20)


def overlapping() -> bytes:
    """One packed text that hundreds of directory entries point to."""
    text = ("word " * 400 + os.urandom(60).hex()) * 400  # packs well, but no better than a text may
    base = good(("sources/x.txt", text))
    directory, end = base.index(b"PK\1\2"), base.index(b"PK\5\6")
    entry = base[base.rindex(b"PK\1\2") : end]
    entries = base[directory:end]
    for number in range(400):
        entries += entry[:46] + f"sources/{number:05d}".encode() + entry[59:]
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 403, 403, len(entries), directory, 0)
    return base[:directory] + entries + tail


def declared(doctype: str, inside: str = "") -> bytes:
    return (HEAD + doctype + project(inside).removeprefix(HEAD)).encode()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = declared(f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>', "<Description>&l9;</Description>")
OUTSIDE = declared('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "<Description>&f;</Description>")
PARAMETER = declared('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;]>')
DEEP = project("<Code>" * 5000 + "</Code>" * 5000).encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(lambda: good(("bomb.bin", bytes(40 * 2**20))), "packed far more tightly", id="bomb"),
        pytest.param(overlapping, "expand to far more", id="overlapping bomb"),
        pytest.param(lambda: good(("../../evil.txt", "x")), "leads out of the archive", id="parent"),
        pytest.param(lambda: good(("sources/../../evil.txt", "x")), "leads out of the archive", id="inner parent"),
        pytest.param(lambda: good(("sources\\..\\..\\evil.txt", "x")), "leads out", id="parent with backslashes"),
        pytest.param(lambda: good(("/etc/cron.d/evil", "x")), "leads out of the archive", id="absolute"),
        pytest.param(lambda: good(("C:\\evil.txt", "x")), "leads out of the archive", id="drive"),
        pytest.param(lambda: good(("\\\\host\\share\\evil.txt", "x")), "leads out of the archive", id="share"),
        pytest.param(lambda: good(link("/etc/passwd")), "a link or device", id="link"),
        pytest.param(lambda: good(("other.qde", GOOD)), "two or more project files", id="two projects"),
        pytest.param(lambda: good(("PROJECT.qde", GOOD)), "two files of one name", id="one name twice"),
        pytest.param(lambda: good(("Sources/S.TXT", "x")), "two files of one name", id="one text twice"),
        pytest.param(lambda: zipped(("sources/s.txt", TEXT)), "no project file", id="no project"),
        pytest.param(lambda: zipped(("folder/project.qde", GOOD)), "no project file", id="project in a folder"),
        pytest.param(lambda: zipped(("project.qde", "")), "not well-formed", id="empty project"),
        pytest.param(lambda: zipped(("project.qde", BILLION)), "declares a document type", id="billion laughs"),
        pytest.param(lambda: zipped(("project.qde", OUTSIDE)), "declares a document type", id="outside entity"),
        pytest.param(lambda: zipped(("project.qde", PARAMETER)), "declares a document type", id="parameter entity"),
        pytest.param(lambda: zipped(("project.qde", declared("<!DOCTYPE Project>"))), "document type", id="doctype"),
        pytest.param(lambda: zipped(("project.qde", DEEP)), "levels deep", id="deep"),
        pytest.param(lambda: BILLION, "declares a document type", id="bare billion laughs"),
        pytest.param(lambda: zipped(("project.qde", GOOD[:200])), "not well-formed", id="half a project"),
        pytest.param(lambda: zipped(("project.qde", "{}")), "not well-formed", id="no XML"),
        pytest.param(lambda: zipped(("project.qde", "<html/>")), "no REFI-QDA project", id="other XML"),
        pytest.param(
            lambda: zipped(("project.qde", GOOD.replace("utf-8", "utf-7"))), "encoding|not well-formed", id="encoding"
        ),
        pytest.param(lambda: b"", "not well-formed", id="empty file"),
        pytest.param(lambda: b"PK", "damaged or cut off", id="two bytes"),
        pytest.param(lambda: os.urandom(50_000), "not well-formed", id="noise"),
        pytest.param(lambda: good()[:-40], "damaged or cut off", id="cut off"),
        pytest.param(lambda: good()[:60], "damaged or cut off", id="cut off early"),
        pytest.param(lambda: flat().replace(TEXT[:4].encode(), b"Wa!?"), "damaged or cut off", id="changed"),
        pytest.param(understated, "damaged or cut off", id="size understated"),
        pytest.param(locked, "protected with a password", id="password"),
        pytest.param(oddly_packed, "packed in a way that cannot be read", id="unknown packing"),
    ],
)
def test_one_clear_problem_and_nothing_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: Callable[[], bytes], message: str
) -> None:
    made = content()
    path = tmp_path / "in" / "p.qdpx"
    path.parent.mkdir()
    path.write_bytes(made)
    monkeypatch.chdir(path.parent)
    before = sorted(tmp_path.rglob("*"))
    tracemalloc.start()
    with pytest.raises(UserError, match=message) as raised:
        read_refi_qda(path)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(raised.value.problems) == 1
    problem = raised.value.problems[0]
    assert problem.file == "p.qdpx"
    assert problem.remedy
    assert not [word for word in ("evil", "passwd", "host", str(tmp_path)) if word in str(problem)]
    assert used < 40 * 2**20
    assert sorted(tmp_path.rglob("*")) == before


def test_the_good_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.qdpx"
    path.write_bytes(good(("sources/film.mp4", os.urandom(3 * 2**20))))
    assert read_refi_qda(path).excerpts["text"].tolist() == ["Waiting"]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"members": 2}, "holds more than 2 files"),
        ({"archive_bytes": 1000}, "is larger than 0 MiB"),
        ({"project_bytes": 100}, "a text or project of more than"),
        ({"text_bytes": 20}, "a text or project of more than"),
        ({"read_bytes": len(GOOD) + 5}, "of text"),
        ({"expanded_bytes": 2000}, "expand to far more"),
        ({"codes": 0}, "holds more than 0 codes"),
    ],
)
def test_each_limit_holds(tmp_path: Path, limits: dict[str, int], message: str) -> None:
    path = tmp_path / "p.qdpx"
    path.write_bytes(good(("notes.bin", os.urandom(2000))))
    read_refi_qda(path)
    with pytest.raises(UserError, match=message):
        read_refi_qda(path, limits=replace(LIMITS, **limits))


def test_elements_and_attributes_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.qde"
    many = " ".join(f'a{number}="x"' for number in range(101))
    path.write_text(GOOD.replace("<Sources>", f"<Sources {many}>"), encoding="utf-8")
    with pytest.raises(UserError, match="has an element of more than 100 attributes"):
        read_refi_qda(path)
    path.write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(safe_xml, "ELEMENTS", 3)
    with pytest.raises(UserError, match="holds more than 3 elements"):
        read_refi_qda(path)


def test_a_bare_project_has_a_limit_too(tmp_path: Path) -> None:
    path = tmp_path / "p.qde"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(UserError, match="is larger than 0 MiB"):
        read_refi_qda(path, limits=replace(LIMITS, project_bytes=100))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none.qdpx: there is no such file"):
        read_refi_qda(tmp_path / "none.qdpx")
    with pytest.raises(UserError, match="is not a file"):
        read_refi_qda(tmp_path)


def test_character_references_are_no_entities(tmp_path: Path) -> None:
    text = "<PlainTextContent>&lt;&#x1F44D;</PlainTextContent>"
    xml = project(f'<Sources><TextSource guid="s" name="A&amp;B&#233;">{text}</TextSource></Sources>')
    corpus = read_refi_qda(qdpx(tmp_path, xml))
    assert corpus.sources.loc[0, ["name", "text"]].tolist() == ["A&Bé", "<👍"]
