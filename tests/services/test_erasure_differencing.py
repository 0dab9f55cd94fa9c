"""Erasing one person never makes two pictures that tell what they answered: security-and-reliability.md T19, row 13."""

from __future__ import annotations

import json
import random
from itertools import combinations

import pytest
from sqlalchemy import select

from mcm_core.domain import crowd, moves
from mcm_core.domain import release as rules
from mcm_core.domain.differencing import GUARD
from mcm_core.services import members, releases, rounds
from mcm_core.store.engine import read, write
from mcm_core.store.tables import ReadingRow, ReleaseRow
from tests.services.people import NOW
from tests.services.stories import a_card, a_group, answer, close_and_reveal, during, run_round

ONE_THEME = "tools"


def pictures(db) -> dict[str, str]:
    return {row.round_id: json.dumps(row.picture, sort_keys=True) for row in db.scalars(select(ReleaseRow))}


def a_cohort_that_loses_people(rng: random.Random) -> list[tuple[int, frozenset[str], rules.Release]]:
    """Six weeks with votes again, in which people erase themselves or are removed at any moment, also mid-round.

    Returns the session, who is counted in it, and what was revealed, for every round. Checks on the way that no
    picture changes once it was shown.
    """
    shown: list[tuple[int, frozenset[str], rules.Release]] = []
    with write() as db:
        group = a_group(db, rng.randint(5, 9), username=f"fay{rng.random()}")
        people = list(group.members)

        def lose_somebody() -> None:
            if len(people) > 3 and rng.random() < 0.4:
                before = pictures(db)
                gone = people.pop(rng.randrange(len(people)))
                if rng.random() < 0.7:
                    members.erase(db, gone, keep_notes=rng.random() < 0.5)
                else:
                    members.remove(db, group.facilitator, gone.member_id or "", at=NOW)
                db.expire_all()
                assert pictures(db) == before

        def counted(round_) -> None:
            db.expire_all()
            given = select(ReadingRow.member_id).where(ReadingRow.round_id == round_.id, ReadingRow.current > 0)
            release = releases.of_round(db, group.facilitator, round_)[ONE_THEME]
            shown.append((round_.session_number, frozenset(db.scalars(given)), release))

        for number in range(1, 7):
            lose_somebody()
            ballots = [(rng.randint(1, 4), rng.randint(1, 4)) if rng.random() < 0.9 else None for _ in people]
            card = a_card(themes=[ONE_THEME])
            last = run_round(db, group.facilitator, group.cohort, people, number, ballots, card=card)
            counted(last)
            if rng.random() < 0.7:
                lose_somebody()
                again = rounds.vote_again(db, group.facilitator, last.id, at=during(group.cohort, number))
                answer(db, again, people, [(rng.randint(1, 4), 4) for _ in people], at=during(group.cohort, number))
                lose_somebody()
                counted(close_and_reveal(db, group.facilitator, again, at=during(group.cohort, number)))
    return shown


def too_close(shown: list[tuple[int, frozenset[str], rules.Release]]) -> list[tuple[int, int]]:
    """Pairs of pictures of one session and question, both open, that differ by one or two people."""
    opened = [(place, *one) for place, one in enumerate(shown) if one[2].current is not None]
    return [
        (a, b)
        for (a, session, who, _), (b, other, whom, _) in combinations(opened, 2)
        if session == other and 0 < len(who ^ whom) < GUARD
    ]


def shifts_too_close(shown: list[tuple[int, frozenset[str], rules.Release]]) -> list[tuple[int, int]]:
    """The same for the comparisons with earlier sessions: whom two of one session count differs by one or two."""
    of_session = {session: who for session, who, release in shown if release.current is not None}
    compared = [
        (session, shift.from_session, who & of_session[shift.from_session])
        for session, who, release in shown
        for shift in release.shifts
        if shift.current
    ]
    return [(a[0], a[1]) for a, b in combinations(compared, 2) if a[:2] == b[:2] and 0 < len(a[2] ^ b[2]) < GUARD]


@pytest.mark.parametrize("seed", range(12))
def test_no_two_pictures_of_a_session_differ_by_one_or_two_people(sqlite: str, seed: int) -> None:
    shown = a_cohort_that_loses_people(random.Random(seed))

    assert too_close(shown) == []
    assert shifts_too_close(shown) == []
    assert all(release.current is None or sum(release.current.levels) >= 5 for _, _, release in shown)


def test_pictures_are_shown_at_all_and_without_the_guard_some_would_be_too_close(
    sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the rule that counts the erased ones, the same stories give people away."""
    monkeypatch.setattr(rules, "_gives_away", lambda *_: False)
    found = [a_cohort_that_loses_people(random.Random(seed)) for seed in range(12)]

    assert sum(release.current is not None for shown in found for _, _, release in shown) > 20
    assert sum(len(too_close(shown)) for shown in found) > 0


def test_a_guard_that_forgets_the_erased_would_give_them_away(sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other negative control: comparing only who is still on the list misses whoever has left."""
    for module in (moves, crowd):
        monkeypatch.setattr(module, "how_far_apart", lambda then, now, *, shown: len(then ^ now))
    found = [a_cohort_that_loses_people(random.Random(seed)) for seed in range(12)]

    assert sum(len(too_close(shown)) for shown in found) > 0
    with read() as db:
        assert db.scalar(select(ReleaseRow.round_id).limit(1))
