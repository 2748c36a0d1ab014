"""Remarks on a third person whom others would know: sentences of our own on both sides of the rule."""

from __future__ import annotations

import pytest

from survey_report.qualitative.third_persons import third_persons

TOLD = """
One advocate for the whole county, and she is off.
Our head of service has been signed off since March and nobody covers.
The only child psychologist in the authority is on maternity leave.
My manager is going through a divorce and takes it out on us.
We have one midwife for the islands. He was suspended last month.
The previous team leader was sacked after the inspection.
One of our social workers had a breakdown and never came back.
The janitor was arrested in front of the pupils.
Headteacher off with stress since August.
She has cancer and still does the work of three.
There is a single nurse for six schools and her own health is poor.
The girl in my class whose mother is in prison gets no help at all.
A colleague told us she was pregnant and lost her hours the next week.
Our deputy bullies the younger staff and nothing is done.
The sheriff was drunk at two hearings I attended.
One boy here took an overdose after his placement ended.
Their safeguarding lead lied about the referral.
The lone speech therapist retired early because of depression.
My supervisor is useless.
One consultant for two health boards, and he is about to retire.
"""
NOBODY = """
We have one psychologist for three authorities.
Staff are off sick and nobody replaces them.
Many workers are stressed and burnt out.
There are not enough advocates for children.
Every child needs a lead professional whom he or she can trust.
Sickness absence is high in all of the teams.
The service needs more managers with time to listen.
Social workers leave because of caseloads.
A worker should visit weekly.
Children wait two years for an assessment.
Children with autism and anxiety wait longest.
Families affected by domestic abuse are passed from one team to another.
Our team works well with the health visitors.
No manager would sign that off lightly, and none does.
The partnership was set up in 2016.
We meet every month and agree who does what.
Parents in prison are forgotten by adult services.
Any teacher can refer a pupil.
Leaders are visible and answer questions.
Posts are held vacant to save money.
"""


@pytest.mark.parametrize("said", TOLD.strip().splitlines())
def test_remarks_on_one_person_are_found(said: str) -> None:
    (found,) = third_persons(said)
    kind, start, end = found
    assert 0 <= start < end <= len(said)
    assert said[start:end] == said[start:end].strip()
    assert list(third_persons(said.upper())) == [found], "whoever writes in capitals is read as well"
    assert list(third_persons(f"It is cold here.\n{said}")) == [(kind, start + 17, end + 17)]


@pytest.mark.parametrize("said", NOBODY.strip().splitlines())
def test_remarks_on_nobody_in_particular_are_not(said: str) -> None:
    assert list(third_persons(said)) == []


def test_what_is_told_is_named() -> None:
    kinds = [next(third_persons(said))[0] for said in (
        "Our head has cancer.", "My boss is divorced.", "The clerk was sacked.", "The clerk was arrested.",
        "Ask the clerk: he knows.",
    )]  # fmt: skip
    assert kinds == [
        "health or death",
        "family or circumstances",
        "dismissal or failure at work",
        "an offence or harm done",
        "a post or relation, and who that is",
    ]


def test_letters_that_grow_when_they_are_small_move_no_place() -> None:
    said = "İzmir is far. Our head has cancer."
    assert [said[start:end] for _, start, end in third_persons(said)] == ["Our head has cancer"]
