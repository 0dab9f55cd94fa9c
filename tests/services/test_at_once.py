"""Two facilitators press at the same moment: one wins, the other is told who and what, and nothing is done twice.

Fifty races of every kind, or as many as `MCM_RACES` says.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select, text

from mcm_core.domain.errors import Conflict
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import Round, RoundState, refuse_move
from mcm_core.domain.visitor import Visitor
from mcm_core.services import facilitators, members, rounds, team
from mcm_core.store.engine import read, write
from mcm_core.store.tables import FacilitationRow, ReleaseRow, RoundRow, SignInRow
from tests.services.people import NOW, a_facilitator, the_code
from tests.services.racing import race
from tests.services.stories import Group, a_card, a_group, an_open_round, answer, close_and_reveal

RACES = int(os.environ.get("MCM_RACES", "50"))
Press = Callable[[Visitor], object]


@dataclass(frozen=True)
class Desk:
    """A cohort that Fay owns and runs with Tom and Una, beside another one in the middle of a vote."""

    group: Group
    fay: Visitor
    tom: Visitor
    una: Visitor

    @property
    def cohort_id(self) -> str:
        return self.group.cohort.id


@pytest.fixture
def desk(database: str) -> Desk:
    with write() as db:
        other = a_group(db, 5, username="olga", name="Other group")
        an_open_round(db, other.facilitator, other.cohort)
        group = a_group(db, 5)
        both = [a_facilitator(db, name) for name in ("tom", "una")]
        for one in both:
            facilitators.accept_as(db, one, facilitators.invite(db, group.facilitator, group.cohort.id, at=NOW), at=NOW)
        return Desk(group, group.facilitator, *both)


def pressed_at_once(first: Press, one: Visitor, second: Press, other: Visitor) -> tuple[object, str]:
    """What the one who won got, and what the other was told. Fails unless just one of them won."""
    outcomes = dict(zip((one, other), race(lambda: first(one), lambda: second(other)), strict=True))
    won = [who for who, outcome in outcomes.items() if not isinstance(outcome, Exception)]
    assert len(won) == 1, outcomes
    (late,) = (outcome for outcome in outcomes.values() if isinstance(outcome, Exception))
    assert isinstance(late, Conflict), late
    assert won[0].name in str(late), late
    return outcomes[won[0]], str(late)


def moving(verb: Callable[..., Round], round_: Round) -> Press:
    """Press what moves this round as it was drawn."""

    def press(who: Visitor) -> Round:
        with write() as db:
            return verb(db, who, round_.id, version=round_.version, at=NOW)

    return press


def raced(desk: Desk, verb: Callable[..., Round], round_: Round, done: str) -> Round:
    """Have Fay and Tom press the same; the round as it is afterwards."""
    press = moving(verb, round_)
    moved, told = pressed_at_once(press, desk.fay, press, desk.tom)
    assert isinstance(moved, Round)
    assert moved.version == round_.version + 1
    assert f"has already {done} “Session 1" in told
    return moved


def drafted(desk: Desk) -> Round:
    with write() as db:
        card = a_card(themes=["tools"])
        return rounds.draft(db, desk.fay, desk.group.cohort.session(1).id, card, at=NOW)


def clear(desk: Desk) -> None:
    with write() as db:
        db.execute(delete(RoundRow).where(RoundRow.cohort_id == desk.cohort_id))


def pictures(round_: Round) -> int:
    with read() as db:
        return db.scalars(select(func.count()).where(ReleaseRow.round_id == round_.id)).one()


def test_every_move_of_a_round_is_made_once(desk: Desk) -> None:
    for _ in range(RACES):
        opened = raced(desk, rounds.open_, drafted(desk), "opened")
        closed = raced(desk, rounds.close, opened, "closed")
        again = raced(desk, rounds.open_, closed, "opened")
        shown = raced(desk, rounds.reveal, raced(desk, rounds.close, again, "closed"), "revealed")
        assert pictures(shown) == 1
        clear(desk)


def test_the_next_vote_is_opened_once(desk: Desk) -> None:
    def press(who: Visitor) -> Round:
        with write() as db:
            return rounds.vote_again(db, who, shown.id, at=NOW)

    for _ in range(RACES):
        with write() as db:
            shown = close_and_reveal(
                db, desk.fay, rounds.open_(db, desk.fay, drafted_in(db, desk), version=1, at=NOW), at=NOW
            )

        second, told = pressed_at_once(press, desk.fay, press, desk.tom)

        assert isinstance(second, Round)
        assert (second.attempt, second.state) == (2, RoundState.OPEN)
        assert "has already opened “Session 1: Tools, second vote”" in told
        clear(desk)


def test_two_drafts_leave_one_open(desk: Desk) -> None:
    for _ in range(RACES):
        one, other = drafted(desk), drafted(desk)

        _, told = pressed_at_once(moving(rounds.open_, one), desk.fay, moving(rounds.open_, other), desk.tom)

        assert "which is still under way" in told
        clear(desk)


def test_a_draft_is_opened_or_thrown_away(desk: Desk) -> None:
    def throw_away(round_: Round) -> None:
        with write() as db:
            rounds.discard(db, desk.tom, round_.id)

    for _ in range(RACES):
        round_ = drafted(desk)

        opened, thrown = race(partial(moving(rounds.open_, round_), desk.fay), partial(throw_away, round_))

        if isinstance(thrown, Conflict):
            assert "Fay has already opened" in str(thrown)
            assert isinstance(opened, Round)
        else:
            assert "thrown this round away" in str(opened) or "nothing here" in str(opened)
        with read() as db:
            assert len(db.scalars(select(RoundRow.id).where(RoundRow.id == round_.id)).all()) == isinstance(
                opened, Round
            )
        clear(desk)


def test_a_browser_is_let_in_once(desk: Desk) -> None:
    def as_(member: Visitor) -> Press:
        def press(who: Visitor) -> None:
            with write() as db:
                members.let_in(db, who, knock.id, member.member_id or "", asked=True, at=NOW)

        return press

    ada, ben = desk.group.members[:2]
    for number in range(RACES):
        with write() as db:
            members.knock(db, the_code(db, desk.fay, desk.group.cohort), "Somebody", network=f"hall {number}", at=NOW)
            (knock,) = members.at_the_door(db, desk.fay, desk.cohort_id, at=NOW)

        _, told = pressed_at_once(as_(ada), desk.fay, as_(ben), desk.tom)

        with read() as db:
            in_ = db.scalars(select(SignInRow.member_id).where(SignInRow.id == knock.id)).one()
        assert told.endswith("as Ada." if in_ == ada.member_id else "as Ben.")


def test_the_lead_goes_to_one(desk: Desk) -> None:
    def take(who: Visitor) -> None:
        with write() as db:
            team.pass_lead(db, who, desk.cohort_id, who.facilitator_id or "", before=desk.fay.facilitator_id)

    for _ in range(RACES):
        _, told = pressed_at_once(take, desk.tom, take, desk.una)

        with write() as db:
            (leads,) = (one for one in team.of_cohort(db, desk.fay, desk.cohort_id) if one.leads)
            team.pass_lead(db, desk.fay, desk.cohort_id, desk.fay.facilitator_id or "", before=leads.id)
        assert told.startswith(f"{leads.name} has the lead now")


def test_a_cohort_has_one_owner_whatever_is_pressed(desk: Desk) -> None:
    def to(other: Visitor) -> Callable[[], object]:
        def press() -> None:
            with write() as db:
                team.hand_over(db, desk.fay, desk.cohort_id, other.facilitator_id or "", at=NOW)

        return press

    def remove_tom() -> None:
        with write() as db:
            team.remove(db, desk.fay, desk.cohort_id, desk.tom.facilitator_id or "", at=NOW)

    race(to(desk.tom), to(desk.una), remove_tom)

    with read() as db:
        owned = select(func.count()).where(
            FacilitationRow.cohort_id == desk.cohort_id, FacilitationRow.standing == "owner"
        )
        assert db.scalars(owned).one() == 1


def test_without_the_version_both_would_win(desk: Desk) -> None:
    """The negative control: looking first and then moving, as one does who forgets the version."""
    with write() as db:
        opened = rounds.open_(db, desk.fay, drafted_in(db, desk), version=1, at=NOW)
    looked = Barrier(2)

    def naive(_who: Visitor) -> int:
        with read() as db:
            refuse_move(
                RoundState(db.scalars(select(RoundRow.state).where(RoundRow.id == opened.id)).one()), RoundState.CLOSED
            )
        looked.wait(10)
        with write() as db:
            moved = text("UPDATE round SET state = 'closed', version = version + 1 WHERE id = :id")
            return db.execute(moved, {"id": opened.id}).rowcount

    with pytest.raises(AssertionError):
        pressed_at_once(naive, desk.fay, naive, desk.tom)
    with read() as db:
        assert rounds.get(db, desk.fay, opened.id).version == opened.version + 2


def test_a_press_on_an_old_screen_moves_nothing(desk: Desk) -> None:
    """The state alone would allow it: closed then, closed again now, with other answers."""
    with write() as db:
        opened = rounds.open_(db, desk.fay, drafted_in(db, desk), version=1, at=NOW)
        answer(db, opened, desk.group.members, [(2, 3)] * 5, at=NOW)
        closed = rounds.close(db, desk.fay, opened.id, version=opened.version, at=NOW)
        again = rounds.open_(db, desk.tom, closed.id, version=closed.version, at=NOW)
        now = rounds.close(db, desk.tom, closed.id, version=again.version, at=NOW)

    with pytest.raises(Conflict, match="Tom has already closed"):
        moving(rounds.reveal, closed)(desk.fay)
    with pytest.raises(Conflict, match="You have already closed"):
        moving(rounds.reveal, closed)(desk.tom)

    assert pictures(now) == 0
    assert (
        moving(rounds.reveal, replace(closed, version=now.version))(desk.fay) != now
    )  # what no version check would do


def drafted_in(db, desk: Desk) -> str:
    return rounds.draft(db, desk.fay, desk.group.cohort.session(1).id, a_card(themes=["tools"]), at=NOW).id


def test_the_database_decides_when_both_saw_the_same(
    desk: Desk, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL, where writers do not queue, both are held until each has seen the round as it was."""
    looked = Barrier(1 if database.startswith("sqlite") else 2)

    def refuse_and_wait(now: RoundState, to: RoundState, mode: Mode) -> None:
        refuse_move(now, to, mode)
        looked.wait(10)

    monkeypatch.setattr(rounds, "refuse_move", refuse_and_wait)

    raced(desk, rounds.open_, drafted(desk), "opened")
