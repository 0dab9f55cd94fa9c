"""One tap beside a level of one's own that went down: its owner's alone, and never counted (domain.md §5 row 49)."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from sqlalchemy import select

from mcm_core.domain.errors import NotAllowed, Refused
from mcm_core.domain.journey import went_down
from mcm_core.domain.reading import Reading
from mcm_core.services import journeys, late, lowered, members, my_data, releases, reports
from mcm_core.store.tables import LoweredRow
from tests.services.people import NOW
from tests.services.stories import a_group, run_round


@pytest.fixture
def group(db):
    return a_group(db, 6)


@pytest.fixture
def votes(db, group):
    """Ada stays, goes down, and goes up again; everybody else stays."""
    told = ((3, 4), (3, 4), (2, 4), (4, 4))
    return [
        run_round(db, group.facilitator, group.cohort, group.members, number, [ada] + [(3, 4)] * 5)
        for number, ada in enumerate(told, start=1)
    ]


def line(db, who):
    return journeys.mine(db, who)[0].series["tools"]


def test_it_is_asked_where_the_line_went_down_and_nowhere_else(db, group, votes):
    (point,) = went_down(line(db, group.members[0]))

    assert (point.session_number, point.round_id, point.why) == (3, votes[2].id, None)
    assert went_down(line(db, group.members[1])) == ()


def test_one_tap_is_kept_changed_and_taken_away(db, group, votes):
    ada = group.members[0]
    for why in ("seeing more", "harder now", None):
        lowered.say(db, ada, votes[2].id, "tools", why)
        (point,) = went_down(line(db, ada))
        assert point.why == why
    assert db.scalars(select(LoweredRow)).all() == []


def test_nobody_else_reads_it_and_nothing_is_made_of_it(db, group, votes):
    ada, ben, fay = group.members[0], group.members[1], group.facilitator

    def seen():
        return [
            str(asdict(one)) for who in (ben, fay)
            for one in (*journeys.ours(db, who, group.cohort.id), reports.ours(db, who, group.cohort.id),
                        *[shown for vote in votes for shown in releases.of_round(db, who, vote).values()])
        ]  # fmt: skip

    before = seen()
    lowered.say(db, ada, votes[2].id, "tools", "harder now")

    assert seen() == before
    assert not any("harder now" in one for one in seen())


def test_a_late_answer_has_it_too(db, group):
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(3, 4)] * 6)
    vote = run_round(db, group.facilitator, group.cohort, group.members, 2, [None] + [(3, 4)] * 5)
    ada, at = group.members[0], group.cohort.session(2).ends_at
    with pytest.raises(Refused, match="no answer"):
        lowered.say(db, ada, vote.id, "tools", "harder now")
    late.answer(db, ada, vote.id, "tools", Reading(1, 4), at=at)

    lowered.say(db, ada, vote.id, "tools", "seeing more")

    assert [point.why for point in went_down(line(db, ada))] == ["seeing more"]


def test_what_is_not_offered_or_not_theirs_is_refused(db, group, votes):
    ada = group.members[0]
    for theme, why in (("tools", "<b>"), ("weather", "harder now")):
        with pytest.raises(Refused):
            lowered.say(db, ada, votes[2].id, theme, why)
    other = a_group(db, 5, username="olga", name="Other group")
    with pytest.raises(NotAllowed):
        lowered.say(db, other.members[0], votes[2].id, "tools", "harder now")
    with pytest.raises(NotAllowed):
        lowered.say(db, group.facilitator, votes[2].id, "tools", "harder now")


def test_it_is_in_my_data_and_goes_with_the_member(db, group, votes):
    ada = group.members[0]
    lowered.say(db, ada, votes[2].id, "tools", "harder now")

    told = my_data.everything(db, ada, at=NOW).answers
    assert [(one.session_number, one.theme) for one in told if one.why_lower == "harder now"] == [(3, "Tools")]
    members.erase(db, ada, keep_notes=True)
    assert db.scalars(select(LoweredRow)).all() == []
