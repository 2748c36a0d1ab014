"""Opening a REFI-QDA file that somebody else made, without trusting it.

A `.qdpx` is a zip with one `*.qde` (the project, XML) at its root and texts under `sources/`. Nothing is ever unpacked
to disk: members are looked up by name and read into memory, each under a limit, so a hostile archive leaves nothing
behind and no path in it is followed. Neither member names nor paths are repeated in messages: they may name people's
computers.

The standard calls the project `project.qde`; ATLAS.ti names it after the project, so any one name will do. Some Windows
programs write `\\` between the parts of a name.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from survey_report.errors import Problem, UserError

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What an archive may hold. Recordings may make it big, but neither they nor what the limits refuse are read."""

    archive_bytes: int = 4096 * MIB
    members: int = 20_000
    project_bytes: int = 64 * MIB
    text_bytes: int = 16 * MIB
    read_bytes: int = 512 * MIB  # of all members that are read
    expanded_bytes: int = 16_384 * MIB  # of all members, as the archive declares them
    codes: int = 20_000
    ratio: int = 250  # expanded to packed; project files reach about 40
    ratio_from: int = MIB  # smaller members may be packed as tightly as they like


LIMITS = Limits()
REMEDY = "export the project again from the program that made it"


@dataclass(frozen=True)
class Contents:
    """The project's XML, and the plain texts by name as `internal://` refers to them, in lower case."""

    project: bytes
    texts: Mapping[str, bytes] = field(default_factory=dict)


def open_contents(path: Path, limits: Limits = LIMITS) -> Contents:
    """What a `.qdpx` archive or a bare `.qde` file holds; told apart by content, not by name.

    Raises UserError, with one problem, for a file that cannot be read or may not be trusted.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise _refused(path, "is not a file", "give the path of a .qdpx or .qde file")
        if size > limits.archive_bytes:
            raise _refused(path, f"is larger than {limits.archive_bytes // MIB:,} MiB", "leave recordings out of it")
        with path.open("rb") as handle:
            start = handle.read(4)
        if start[:2] != b"PK":
            if size > limits.project_bytes:
                raise _refused(path, f"is larger than {limits.project_bytes // MIB:,} MiB", REMEDY)
            return Contents(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            return _contents(path, archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _refused(path, "is a damaged or cut off archive", "copy or export it again") from error
    except (NotImplementedError, RuntimeError) as error:  # another way of packing, or a password after all
        raise _refused(path, "is packed in a way that cannot be read", REMEDY) from error
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise _refused(path, reason, "check the path and that you may read the file") from error


def _contents(path: Path, archive: zipfile.ZipFile, limits: Limits) -> Contents:
    members = archive.infolist()
    if len(members) > limits.members:
        raise _refused(path, f"holds more than {limits.members:,} files", REMEDY)
    expanded, size = 0, path.stat().st_size
    names: dict[str, zipfile.ZipInfo] = {}
    projects = []
    for number, member in enumerate(members, 1):
        name = _checked_name(path, member, f"file {number} of {len(members)}", limits)
        expanded += member.file_size
        if member.is_dir() or not name or name.rpartition("/")[2].startswith("._"):  # what macOS adds
            continue
        if name.lower() in names:
            raise _refused(path, "holds two files of one name", REMEDY, f"file {number} of {len(members)}")
        names[name.lower()] = member
        if "/" not in name and name.lower().endswith(".qde"):
            projects.append(member)
    if expanded > limits.expanded_bytes or expanded > limits.ratio * max(size, limits.ratio_from):
        raise _refused(path, "would expand to far more than a project holds", REMEDY)
    if len(projects) != 1:
        found = "two or more project files (.qde)" if projects else "no project file (.qde) at its top level"
        raise _refused(path, f"holds {found}", "export one project, and do not pack or unpack the archive yourself")
    project = _read(path, archive, projects[0], limits.project_bytes, limits)
    texts, read = {}, len(project)
    for name, member in names.items():
        if name.startswith("sources/") and name.endswith(".txt"):
            texts[name.removeprefix("sources/")] = _read(path, archive, member, limits.text_bytes, limits)
            read += member.file_size
            if read > limits.read_bytes:
                raise _refused(
                    path,
                    f"holds more than {limits.read_bytes // MIB:,} MiB of text",
                    "check that its texts are transcripts, and nothing else",
                )
    return Contents(project, texts)


def _checked_name(path: Path, member: zipfile.ZipInfo, place: str, limits: Limits) -> str:
    """The name with `/` between its parts; UserError for a member that no project file has."""
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or name[1:2] == ":" or "\0" in member.orig_filename:
        raise _refused(path, "holds a file whose path leads out of the archive", REMEDY, place)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused(path, "holds a link or device instead of a file", REMEDY, place)
    if member.flag_bits & 0x1:
        raise _refused(path, "is protected with a password", "export it without a password", place)
    if member.file_size > max(limits.ratio_from, limits.ratio * max(member.compress_size, 1)):
        raise _refused(path, "holds a file packed far more tightly than a project's", REMEDY, place)
    return name


def _read(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int, limits: Limits) -> bytes:
    """The bytes of a member, never more than `most`, whatever size the archive declares."""
    with archive.open(member) as handle:
        content = handle.read(most + 1)
        if len(content) > most:
            raise _refused(path, f"holds a text or project of more than {most // MIB:,} MiB", REMEDY)
        if handle.read(1):  # not reached: reads on to the checksum at the end
            raise _refused(path, "is a damaged or cut off archive", "copy or export it again")
    return content


def _refused(path: Path, message: str, remedy: str, place: str = "") -> UserError:
    return UserError([Problem(path.name, place, "", message, remedy)])
