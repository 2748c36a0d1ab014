"""Words that stand in the place of what is not shown, true of each case and telling nothing further.

That everybody in a group answered alike is itself an answer: such a group has the words of any other of which some
answers are too few.
"""

from __future__ import annotations

NOT_ASKED = "not asked"
NOT_TOGETHER = "nobody is asked all of its items"
SOME_FEW = "too few of some answers"
FOLLOWS = "single answers could follow from it"
NO_SIZE = "number not shown, that of a smaller group would follow"
NOT_TESTED, NOT_COMPARED = "not tested", "too few groups can be compared"
# What is said of a pair of groups that was tested.
DIFFERS, NO_DIFFERENCE, NOT_TOLD = "differs", "no difference found", "not told"
TOO_NEAR = "their means are rounded, and lie too near each other"
ONE_QUESTION = "the answers to its one question could follow"


def few(least: int, what: str = "answers") -> str:
    """That a group has fewer than `least` answers, or whatever else is counted."""
    return f"fewer than {least} {what}"


def not_shown(reason: str) -> str:
    """The words for a place of its own, such as a row of a chart: who was not asked is no secret."""
    return (
        reason
        if reason.startswith(NOT_ASKED) or reason == NO_SIZE
        else f"not shown: {reason}"
        if reason
        else "not shown"
    )
