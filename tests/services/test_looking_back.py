"""Looking back at the start in session six: an own vote, kept beside the first answers, in every place that tells."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mcm_core.domain import looking_back
from mcm_core.domain.release import TOO_CLOSE
from mcm_core.services import instruments, journeys, my_data, releases
from mcm_core.store.tables import ReadingRow
from mcm_core.web import report_csv, report_lines, report_pictures
from tests.services.people import NOW, a_member
from tests.services.stories import NAMES, a_card, a_group, during, run_round


@pytest.fixture
def group(db):
    return a_group(db, 6)


def play(db, group, number, ballots, **options):
    return run_round(db, group.facilitator, group.cohort, group.members[: len(ballots)], number, ballots, **options)


def look_back(db, group, levels, *, people=None):
    card = a_card(instruments.offered()["meaningful_connections_then"], ["tools", "safety"])
    at = during(group.cohort, 6) + timedelta(minutes=30)
    ballots = [level and (level, None) for level in levels]
    return run_round(db, group.facilitator, group.cohort, people or group.members, 6, ballots, card=card, at=at)


def test_neither_answer_takes_the_others_place(db, group):
    play(db, group, 1, [(3, 4)] * 6)
    play(db, group, 6, [(4, 4)] * 6)
    look_back(db, group, [1] * 6)

    (mine,) = journeys.mine(db, group.members[0])

    assert [(p.session_number, p.reading.current) for p in mine.series["tools"][0].points] == [(1, 3), (6, 4)]
    assert [reading.current for reading in mine.looking_back["tools"].values()] == [1]
    assert "feelings" not in mine.looking_back
    assert db.query(ReadingRow).filter_by(member_id=group.members[0].member_id, theme="tools").count() == 3


def test_the_four_that_are_asked_in_session_one_have_their_three_marks_too(db, group):
    """As the programme asks them: in session 1, and in session 6 now and looking back."""
    four = instruments.offered()["self_ratings"], instruments.offered()["self_ratings_then"]
    start, end = (a_card(one, ["knowledge"]) for one in four)
    run_round(db, group.facilitator, group.cohort, group.members, 1, [(3, None)] * 6, card=start)
    at = during(group.cohort, 6)
    run_round(db, group.facilitator, group.cohort, group.members, 6, [(4, None)] * 6, card=start, at=at)
    later = at + timedelta(minutes=30)
    run_round(db, group.facilitator, group.cohort, group.members, 6, [(1, None)] * 6, card=end, at=later)

    (mine,) = journeys.mine(db, group.members[0])
    marks = looking_back.mine(four[0], mine.series["knowledge"], mine.looking_back["knowledge"])

    assert marks is not None
    assert [mark.said for mark in marks.all] == ["A good deal", "A little", "A great deal"]


def test_the_headline_counts_from_what_was_said_at_the_time(db, group):
    play(db, group, 1, [(3, 4)] * 6)
    play(db, group, 6, [(4, 4)] * 6)
    before = journeys.ours(db, group.facilitator, group.cohort.id)[0].releases["tools"]

    look_back(db, group, [1] * 6)

    (ours,) = journeys.ours(db, group.facilitator, group.cohort.id)
    assert ours.releases["tools"] == before
    assert before[6].shifts[0].current.up == 6
    assert ours.looking_back["tools"].current.levels == (6, 0, 0, 0)


def test_somebody_new_who_looks_back_is_not_found_by_subtraction(db, group):
    """Everybody sees the start as then, and one more answers: the picture stays closed, also among six."""
    play(db, group, 1, [(level, 4) for level in (1, 1, 2, 2, 3, 3)])
    late = a_member(db, group.facilitator, group.cohort, NAMES[6], at=NOW)

    looked = look_back(db, group, [1, 1, 2, 2, 3, 3, 4], people=(*group.members, late))

    shown = releases.of_round(db, group.facilitator, looked)["tools"]
    assert shown.withheld == TOO_CLOSE


def test_a_first_vote_after_looking_back_is_guarded_too(db, group):
    """The other way round, in a cohort that looked back before it asked: the guard holds in both directions."""
    look_back(db, group, [1, 1, 2, 2, 3, 3])
    late = a_member(db, group.facilitator, group.cohort, NAMES[6], at=NOW)
    people = (*group.members, late)
    ballots = [(level, 4) for level in (1, 1, 2, 2, 3, 3, 4)]

    asked = run_round(db, group.facilitator, group.cohort, people, 1, ballots, at=during(group.cohort, 6))

    assert releases.of_round(db, group.facilitator, asked)["tools"].current is None


def test_nobody_is_told_of_it_before_the_reveal_and_a_small_group_never(db, group):
    play(db, group, 1, [(3, 4)] * 6)
    look_back(db, group, [1, 1, 1, 1, None, None])

    (ours,) = journeys.ours(db, group.facilitator, group.cohort.id)

    assert ours.looking_back["tools"].current is None


def test_every_paper_names_all_three(db, group):
    play(db, group, 1, [(3, 4)] * 6)
    play(db, group, 6, [(4, 4)] * 6)
    look_back(db, group, [1] * 6)
    (mine,) = journeys.mine(db, group.members[0])
    (ours,) = journeys.ours(db, group.facilitator, group.cohort.id)

    line = "then, as seen then (session 1): Maturing; then, as seen now: Early stages; now (session 6): Embedded."
    assert {one.start.in_words for one in report_lines.theme_lines(mine) if one.start} == {line}
    assert {one.start.in_words for one in report_pictures.theme_pages(ours) if one.start} == {line}
    assert "looking back" in {a.question.partition(", ")[2].partition(" ·")[0] for a in
                              my_data.everything(db, group.members[0], at=NOW).answers}  # fmt: skip
    rows = [row.split(",") for row in report_csv.mine([mine]).splitlines() if "Tools" in row]
    assert [row[-3] for row in rows] == ["Maturing", "Embedded", "Early stages"]
    assert "seen now" in rows[2][0] + rows[2][1]
    seen = [row for row in report_csv.ours([ours]).splitlines() if "as seen now" in row and "Tools" in row]
    assert "1,Early stages,6,6" in seen[0]
    assert len(seen) == 4 + 3


def test_the_list_to_choose_from_begins_with_relationships_and_ends_with_looking_back():
    offered = list(instruments.offered().values())

    assert offered[0].key == "meaningful_connections"
    assert [one.looks_back_at is not None for one in offered] == [False] * (len(offered) - 2) + [True] * 2
