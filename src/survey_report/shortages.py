"""What a machine lacks while it builds, in plain words: space on the disk, leave to write, memory."""

from __future__ import annotations

import errno

from survey_report.errors import Problem

AGAIN = "then run the same command again; what is finished is kept"
FULL = ("the disk is full", f"free some space, {AGAIN}")
LOCKED = ("may not be read or written", f"see who owns the file and its folder, and what you may do there, {AGAIN}")
KNOWN = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: ("your share of the disk is used up", f"free some space, {AGAIN}"),
    errno.EROFS: (
        "lies where nothing may be written",
        "copy the checkout to a disk that may be written, and build there",
    ),
    errno.EACCES: LOCKED,
    errno.EPERM: LOCKED,
    errno.ENOMEM: ("there is not enough memory", f"close other programs or take a larger machine, {AGAIN}"),
    errno.EMFILE: ("too many files are open", f"raise the limit with `ulimit -n 4096`, {AGAIN}"),
}


def shortage(error: BaseException) -> Problem | None:
    """What the user can do about an error of the machine; None for any other error.

    An error of many files, or one that comes from another process, may tell what was missing as text only.
    """
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, MemoryError):
        number = errno.ENOMEM
    elif number not in KNOWN:
        texts = {known: f"[Errno {known}]" for known in KNOWN}
        number = next((known for known, text in texts.items() if text in str(error)), None)
    if number is None:
        return None
    message, remedy = KNOWN[number]
    return Problem(str(getattr(error, "filename", None) or "this machine"), "", "", message, remedy)
