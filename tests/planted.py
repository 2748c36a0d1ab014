"""A table of coded excerpts with identifying text of many kinds in it, to see that none of it comes out anywhere."""

from __future__ import annotations

import csv
from pathlib import Path

# Kind, what must not come out, and a sentence that people could have written around it.
PLANTED = (
    ("e-mail address", "morag.sinclair@example.org", "Families are told to write to {} and then nobody answers them."),
    ("telephone number", "0131 496 0123", "The duty line is {} and it rings out most of the afternoons."),
    ("mobile number", "07700 900123", "We gave them {} because the office has no one in after three."),
    ("postcode", "EH99 1SP", "Nobody will send a worker out to {} any more, it is too far for them."),
    ("CHI number", "0103118765", "The file under {} was lost when it went over to the other team."),
    ("web address", "www.larchmuir-hub.org.uk", "They put it all on {} and think that parents will read it there."),
    ("full name", "Fiona MacDonald", "We lost {} to another team and the families have had three workers since."),
    ("name after a title", "Mrs Okonkwo", "It was {} who held the whole thing together when we had no manager."),
    ("school", "Brackenhaugh Primary School", "The head of {} does more for these children than any of us can."),
    ("hospital", "Larchmuir Hospital", "We were sent to {} and back again, with nothing to show for the day."),
    ("street address", "14 Kirk Street", "The family at {} had been known to five services before anyone asked."),
    ("date of birth", "12/03/2011", "The child born on {} has been on that list for longer than I have worked here."),
    ("first name", "Shanice", "When {} turned sixteen the whole of the support fell away in a week."),
    ("council with few respondents", "{area}", "Here in {} there is one worker for all of it, and she is off sick."),
)
SECTION = "services"


def write_planted(path: Path, area: str) -> list[str]:
    """Write the table; `area` is a council with few respondents. Returns what must not come out."""
    hidden = []
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["source", "method", "service", "coder", "code", "text"])
        for kind, planted, sentence in PLANTED:
            told = planted.replace("{area}", area)
            hidden.append(told)
            row = [f"Answer of {told}", "survey", "health", "Ailsa Obuya", f"{SECTION} > {kind} > planted"]
            writer.writerow([*row, sentence.format(told)])
    return [*hidden, "Ailsa Obuya"]
