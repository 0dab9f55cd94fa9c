"""The three intruders at the pulse, which stands open for days: who answered, in which order, and what copies tell.

The bag is that of every anonymous round (test_raw_files.py, test_looked_up.py). What is new here is time: people come
one by one, backups are made in between, and the room goes on voting beside it.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from mcm_core.domain.errors import NotAllowed
from mcm_core.domain.news import window
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import Round
from mcm_core.services import bags, news, pulses, readings
from mcm_core.store import bag as store_bag
from mcm_core.store import copying
from mcm_core.store.engine import read, write
from mcm_core.store.migrate import head
from mcm_core.store.tables import AnsweredRow, Base
from tests.intruders.test_looked_up import ALIKE, APART, copies
from tests.intruders.test_raw_files import PEOPLE, files, states
from tests.pages.cohort_desk import texts
from tests.pages.conftest import CLOCK, Open
from tests.services.people import NOW
from tests.services.stories import Group, a_card, a_group, a_pulse, an_open_round, answer, close_pulse

Rows = dict[str, list[str]]


@pytest.fixture
def group(database: str) -> Group:
    with write() as db:
        return a_group(db, PEOPLE)


def send(group: Group, pulse: Round, place: int, code: int | None = None) -> None:
    """One whole ballot with words that can be found again in the files."""
    ballot = {theme.key: Reading(code or 1 + place % 4) for theme in pulse.card.asked}
    with write() as db:
        words = {"change": f"comment-of-{place:02}"}
        news.answer(db, group.members[place], pulse.id, ballot, words, at=pulse.opened_at or NOW)


def opened(group: Group, number: int = 1) -> Round:
    with write() as db:
        return a_pulse(db, group, number)


def everything() -> Rows:
    """All rows of all tables, in whatever order they lie."""
    with read() as db:
        found = {table.name: db.execute(select(table)).all() for table in Base.metadata.sorted_tables}
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def changed(before: Rows, after: Rows) -> set[str]:
    return {name for name in before if before[name] != after[name]}


# ------------------------------------------------------------------------------------------- who answered


def test_an_answer_leaves_its_trace_in_the_bag_and_nowhere_else(group: Group) -> None:
    """No moment, no counter, no line in the log, no turned page: who looks at everything else sees no answer."""
    pulse = opened(group)
    for place in range(3):
        before = everything()
        send(group, pulse, place)
        assert changed(before, everything()) == {"bag"}


def test_the_control_a_confidential_answer_shows_in_its_own_table(group: Group) -> None:
    with write() as db:
        room = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=NOW)
    before = everything()
    with write() as db:
        answer(db, room, group.members[:1], [(2, 3)], at=NOW)

    assert "reading" in changed(before, everything())


@pytest.mark.parametrize("answers", [ALIKE, APART], ids=["alike", "apart"])
@pytest.mark.parametrize("people", [0, 1, 4, 5, 8, 12])
def test_from_the_close_on_no_file_tells_who_answered_what(
    group: Group, home: Path, people: int, answers: list[tuple[int, int]]
) -> None:
    pulse = opened(group)
    for place in range(people):
        send(group, pulse, place, answers[place][0])
    with write() as db:
        close_pulse(db, group, pulse)

    assert list(copies(group, home)) == [set()] * 3
    with read() as db:
        flags = len(db.scalars(select(AnsweredRow)).all())
        words = bags.comments(db, group.facilitator, pulse.id).bodies
    assert flags == (people if people >= 5 else 0), "of what is never shown it is not kept who answered"
    assert len(words) == (people if people >= 8 else 0)


def test_the_control_while_it_is_open_a_copy_of_the_files_tells_as_the_ballot_says(group: Group, home: Path) -> None:
    send(group, opened(group), 0)
    database, *others = copies(group, home)

    assert len(database) == 3, "voice, safe enough and pace"
    assert others == [set(), set()], "backups and the cohort's own file leave open bags out"


def test_a_facilitators_page_is_the_same_whoever_has_answered(sqlite: str, open_page: Open) -> None:
    with write() as db:
        group = a_group(db, 8)
        when = window(group.cohort.sessions, 1)
        back = when.opens_at - CLOCK  # the pages' clock stands still before the first session
        first = group.cohort.session(1)
        moved = first.starts_local - back
        news.cohorts.move_session(db, group.facilitator, first.id, moved, 120, at=NOW)
        pulses.settle(db, group.cohort.id, at=CLOCK)
        pulse = next(week.pulse for week in news.weeks(db, group.facilitator, group.cohort.id, at=CLOCK) if week.pulse)

    seen = []
    for place in range(8):
        seen.append([texts(open_page(page, as_=group.facilitator)) for page in ("news", "today", "facilitate")])
        ballot = {theme.key: Reading(1 + place % 4) for theme in pulse.card.asked}
        with write() as db:
            news.answer(db, group.members[place], pulse.id, ballot, {"change": "words"}, at=CLOCK)

    assert all(pages == seen[0] for pages in seen)
    assert "Nobody sees an answer before that, nor how many have answered" in seen[0][0]


@pytest.mark.parametrize("who", ["a facilitator", "a member"])
def test_nobody_may_count_those_who_have_answered(group: Group, who: str) -> None:
    """In the room a count goes up in threes. Over days it would tell who came, beside who is connected just then."""
    pulse = opened(group)
    for place in range(6):
        send(group, pulse, place)
    visitor = group.facilitator if who == "a facilitator" else group.members[7]
    with read() as db, pytest.raises(NotAllowed):
        readings.turnout(db, visitor, pulse.id, at=NOW)
    with write() as db:
        close_pulse(db, group, pulse)
    with read() as db:
        assert readings.turnout(db, visitor, pulse.id, at=NOW).complete == 6, "the control: after its close"


# ------------------------------------------------------------------------------------------------ the order


def test_a_copy_holds_one_state_of_each_bag_while_two_are_open(database: str, group: Group) -> None:
    """The pulse of one session may still be open beside the anonymous vote of the next: both stand in one table."""
    pulse, card = opened(group), a_card(themes=["tools"], mode=bags.Mode.ANONYMOUS)
    with write() as db:
        room = an_open_round(db, group.facilitator, group.cohort, 2, card=card, at=NOW)
    for answered, place in enumerate(Random(7).sample(range(PEOPLE), PEOPLE), start=1):
        send(group, pulse, place)
        found = [state for content in files(database) for state in states(_without_label(content))]
        assert {len(state) for state in found} == {answered}, "an earlier state would tell who came between"
        with write() as db:
            bags.drop(db, group.members[place], room.id, {"tools": Reading(2, 3)}, "")


def _without_label(content: bytes) -> bytes:
    return content.replace(b"Keep, change or pause: ", b"")


def test_nothing_in_the_bag_depends_on_the_order(group: Group) -> None:
    left = []
    for seed in range(2):
        pulse = opened(group, 1 + seed)
        for place in Random(seed).sample(range(PEOPLE), PEOPLE):
            send(group, pulse, place)
        with read() as db:
            left.append(json.dumps(dict(store_bag.look(db, pulse.id) or {}) | {"round_id": ""}))

    assert left[0] == left[1]


# ---------------------------------------------------------------------------------------------- the backups


def test_daily_backups_of_the_days_in_which_it_is_open_are_the_same(
    sqlite: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte by byte: somebody answered on each day, and no backup tells on which. The control keeps the open bags."""
    with write() as db:
        group = a_group(db, PEOPLE)
        pulse = a_pulse(db, group)
    made: dict[bool, list[bytes]] = {True: [], False: []}
    for day in range(3):
        send(group, pulse, day)
        for kept in made:
            path = home / f"{day}-{kept}.copy"
            with monkeypatch.context() as weakened:
                if kept:
                    weakened.setattr(copying, "without_open_bags", lambda _copy: None)
                copying.take(path, head())
            made[kept].append(path.read_bytes())

    assert len(set(made[False])) == 1
    assert not any(states(_without_label(content)) for content in made[False])
    assert len(set(made[True])) == 3, "the control"


def test_a_pulse_that_a_backup_brings_back_open_can_be_answered_anew(sqlite: str) -> None:
    with write() as db:
        group = a_group(db, PEOPLE)
        pulse = a_pulse(db, group)
    send(group, pulse, 0)
    with write() as db:
        store_bag.replace(db, pulse.id, None)  # as in every backup
    with write() as db:
        bags.begin_anew(db)

    send(group, pulse, 0)
    with write() as db:
        assert bags.sent(db, group.members[0], pulse.id)
        assert not bags.sent(db, group.members[1], pulse.id)
