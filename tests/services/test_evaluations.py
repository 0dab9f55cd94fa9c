"""The form after the last session: kept answer by answer, counted once after it closed, shared on purpose alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.evaluation import window
from mcm_core.domain.reading import NonAnswer
from mcm_core.services import aspirations, evaluations, members, my_data
from mcm_core.store.tables import AspirationRow, EvaluationRow
from tests.services.people import NOW
from tests.services.sheets import begin
from tests.services.stories import a_group


@pytest.fixture
def group(db):
    return a_group(db, 6)


def during(group):
    return window(group.cohort.sessions).opens + timedelta(hours=1)


def over(group):
    return window(group.cohort.sessions).closes


def tap(db, member, group, level, question="practice_change"):
    evaluations.answer(db, member, question, level=level, body="", at=during(group))


def write(db, member, group, body, question="surprised"):
    return evaluations.answer(db, member, question, level=None, body=body, at=during(group))


def test_a_hope_and_a_question_are_ones_own_and_come_back(db, group):
    ada, ben = group.members[:2]
    aspirations.bring(db, ada, hope=" To listen better ", brings="How?", at=NOW)

    assert (aspirations.mine(db, ada).hope, aspirations.mine(db, ada).brings) == ("To listen better", "How?")
    assert aspirations.mine(db, ben) == aspirations.Aspiration()
    with pytest.raises(NotAllowed):
        aspirations.mine(db, group.facilitator)


def test_an_emptied_hope_leaves_nothing(db, group):
    aspirations.bring(db, group.members[0], hope="To listen", brings="", at=NOW)
    aspirations.bring(db, group.members[0], hope=" ", brings="", at=NOW)

    assert db.scalars(select(AspirationRow)).all() == []


@pytest.mark.parametrize("later", ["To be heard", ""])
def test_a_hope_that_the_form_asks_about_is_written_over_by_nothing(db, group, later):
    ada = group.members[0]
    aspirations.bring(db, ada, hope="To listen", brings="", at=NOW)
    aspirations.bring(db, ada, hope="To listen better", brings="", at=during(group) - timedelta(hours=2))

    with pytest.raises(Refused, match="stays as it is"):
        aspirations.bring(db, ada, hope=later, brings="How?", at=during(group))
    aspirations.bring(db, ada, hope="To listen better", brings="How?", at=during(group))

    assert (aspirations.mine(db, ada).hope, aspirations.mine(db, ada).brings) == ("To listen better", "How?")


def test_what_an_application_said_becomes_the_members(db, group):
    """What recruiting calls when somebody is accepted."""
    aspirations.keep(db, group.members[0].member_id, hope="To listen", brings="How?", at=NOW)

    assert aspirations.mine(db, group.members[0]).hope == "To listen"


def test_a_last_session_begun_before_its_time_opens_the_form(db, group):
    early = window(group.cohort.sessions).opens - timedelta(hours=3)
    with pytest.raises(Refused, match="opens with the last session"):
        evaluations.answer(db, group.members[0], "surprised", level=None, body="The silence", at=early)

    begin(db, group, 6, at=early)

    assert evaluations.opening(db, group.members[0], group.cohort.id).is_open(early)
    evaluations.answer(db, group.members[0], "surprised", level=None, body="The silence", at=early)


def test_an_answer_is_kept_changed_and_taken_away(db, group):
    ada = group.members[0]
    write(db, ada, group, "The silence")
    assert write(db, ada, group, "The laughter").body == "The laughter"
    tap(db, ada, group, 3)

    assert {key: (one.level, one.body) for key, one in evaluations.mine(db, ada).items()} == {
        "surprised": (None, "The laughter"), "practice_change": (3, ""),
    }  # fmt: skip
    write(db, ada, group, "  ")
    tap(db, ada, group, None)
    assert evaluations.mine(db, ada) == {}


def test_before_and_after_the_seven_days_nothing_is_kept(db, group):
    for at in (during(group) - timedelta(hours=2), over(group)):
        with pytest.raises(Refused):
            evaluations.answer(db, group.members[0], "surprised", level=None, body="late", at=at)
    assert evaluations.mine(db, group.members[0]) == {}


def test_a_question_that_is_not_there_is_refused(db, group):
    with pytest.raises(Refused, match="not part of the form"):
        write(db, group.members[0], group, "x", question="salary")


def test_the_facilitator_reads_what_is_shared_and_nothing_else(db, group):
    ada, ben = group.members[:2]
    for member in (ada, ben):
        write(db, member, group, f"{member.name} was surprised")
        write(db, member, group, f"{member.name} took it away", question="story_away")
        tap(db, member, group, 4)
    evaluations.share(db, ada, "surprised", True, at=during(group))

    (one,) = evaluations.shared(db, group.facilitator, group.cohort.id)

    assert (one.name, one.words) == ("Ada", "Ada was surprised")
    assert evaluations.begun(db, group.facilitator, group.cohort.id) == evaluations.Begun(2, 6)
    evaluations.share(db, ada, "surprised", False, at=over(group))
    assert evaluations.shared(db, group.facilitator, group.cohort.id) == ()


def test_an_answer_that_is_shared_stays_shared_when_it_is_reworded(db, group):
    write(db, group.members[0], group, "The silence")
    evaluations.share(db, group.members[0], "surprised", True, at=during(group))

    assert write(db, group.members[0], group, "The laughter").shared_at == during(group)


def test_a_level_cannot_be_shared_because_that_would_tell_the_others(db, group):
    tap(db, group.members[0], group, 4)

    with pytest.raises(Refused, match="only counted"):
        evaluations.share(db, group.members[0], "practice_change", True, at=during(group))
    with pytest.raises(Refused, match="nothing here to share"):
        evaluations.share(db, group.members[0], "surprised", True, at=during(group))


def test_a_yes_to_an_interview_is_a_name_for_the_facilitators(db, group):
    tap(db, group.members[0], group, 1, question="interview")

    (one,) = evaluations.shared(db, group.facilitator, group.cohort.id)

    assert (one.name, one.words) == ("Ada", "Yes, you may ask me")
    tap(db, group.members[0], group, None, question="interview")
    assert evaluations.shared(db, group.facilitator, group.cohort.id) == ()


def test_nothing_is_counted_while_answers_may_still_come(db, group):
    for member in group.members:
        tap(db, member, group, 4)

    with pytest.raises(Refused, match="still open"):
        evaluations.count(db, group.facilitator, group.cohort.id, at=over(group) - timedelta(seconds=1))
    assert evaluations.pictures(db, group.facilitator, group.cohort.id) == {}


def test_counted_once_it_stays_whoever_leaves(db, group):
    for member, level in zip(group.members, (1, 2, 4, 4, 4, 5), strict=True):
        tap(db, member, group, level)
    counted = evaluations.count(db, group.facilitator, group.cohort.id, at=over(group))

    members.erase(db, group.members[0], keep_notes=False)

    assert counted["practice_change"].current.levels == (1, 1, 0, 3, 1)
    assert evaluations.count(db, group.facilitator, group.cohort.id, at=over(group)) == counted
    assert evaluations.pictures(db, group.members[1], group.cohort.id) == counted


def test_who_would_rather_not_say_is_counted_nowhere(db, group):
    for member in group.members[:4]:
        tap(db, member, group, 4)
    for member in group.members[4:]:
        tap(db, member, group, NonAnswer.PASS)

    shown = evaluations.count(db, group.facilitator, group.cohort.id, at=over(group))["practice_change"]

    assert (shown.current, shown.answered) == (None, 4)
    assert evaluations.mine(db, group.members[5])["practice_change"].level == NonAnswer.PASS
    assert [one.said for one in my_data.everything(db, group.members[5], at=NOW).evaluation] == ["Rather not say"]


def test_of_fewer_than_five_no_level_is_shown(db, group):
    for member in group.members[:4]:
        tap(db, member, group, 4)

    shown = evaluations.count(db, group.facilitator, group.cohort.id, at=over(group))["practice_change"]

    assert (shown.current, shown.answered) == (None, 4)
    assert shown.withheld.startswith("Fewer than 5 of us")


def test_another_cohorts_answers_are_nobodys_here(db, group):
    other = a_group(db, 6, username="olga", name="Other group")
    for member in other.members:
        tap(db, member, other, 5)
        write(db, member, other, "theirs")
        evaluations.share(db, member, "surprised", True, at=during(other))

    assert evaluations.shared(db, group.facilitator, group.cohort.id) == ()
    assert evaluations.begun(db, group.facilitator, group.cohort.id).people == 0
    assert evaluations.count(db, group.facilitator, group.cohort.id, at=over(group))["practice_change"].answered == 0
    stranger = replace(group.facilitator, cohort_id=other.cohort.id)
    with pytest.raises(NotAllowed):
        evaluations.shared(db, stranger, other.cohort.id)


def test_who_is_erased_leaves_no_hope_and_no_answer(db, group):
    ada = group.members[0]
    aspirations.bring(db, ada, hope="To listen", brings="", at=NOW)
    write(db, ada, group, "The silence")

    members.erase(db, ada, keep_notes=True)

    assert db.scalars(select(AspirationRow)).all() == []
    assert db.scalars(select(EvaluationRow)).all() == []


def test_my_data_tells_all_of_it_in_the_forms_words(db, group):
    ada = group.members[0]
    aspirations.bring(db, ada, hope="To listen", brings="How?", at=NOW)
    tap(db, ada, group, 4)
    write(db, ada, group, "The silence")
    evaluations.share(db, ada, "surprised", True, at=during(group))

    mine = my_data.everything(db, ada, at=NOW)

    assert mine.aspiration.brings == "How?"
    assert [(one.said, one.shared_at is not None) for one in mine.evaluation] == [
        ("Tried something", False), ("The silence", True),
    ]  # fmt: skip
