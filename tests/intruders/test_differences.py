"""The second intruder subtracts any two pictures of one question: late votes, votes again, modes, erasures (T19).

There are no filters and no splits to subtract; that every paper shows the same releases and nothing else is tested in
tests/web/test_reports.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from random import Random

import pytest

from mcm_core.domain import anonymous, crowd, release
from mcm_core.domain.mode import Mode
from mcm_core.domain.tally import Tally
from mcm_core.services import members, releases, rounds
from mcm_core.store.engine import write
from tests.intruders.cohorts import LEVELS, Life, Vote, lives
from tests.intruders.seen import both, visible
from tests.services.people import NOW
from tests.services.stories import Group, a_card, a_group, an_open_round, answer, close_and_reveal, drop

GUARD = 3


def told_by_subtracting(life: Life, *, steady: bool = False) -> Iterator[tuple[Vote, Vote]]:
    """Pairs of pictures whose difference is what one or two people answered.

    In one session people who vote again mostly stay, so any such pair is one. From one session to another everybody
    answers anew: a pair tells when all the others are seen to have stood still (`steady`: look at these only).
    """
    for one, other in pictures_in_pairs(life):
        apart = len(one.levels.keys() ^ other.levels.keys())
        moved = sum(abs(a - b) for a, b in zip(_counts(one), _counts(other), strict=True))
        same_session = one.session == other.session and not steady
        if 0 < apart < GUARD and (same_session or moved <= apart):
            yield one, other


def pictures_in_pairs(life: Life) -> list[tuple[Vote, Vote]]:
    """Every two votes whose pictures of now were shown."""
    return list(combinations([vote for vote in life.votes if both(vote.shown)[0]], 2))


def _counts(vote: Vote) -> tuple[int, ...]:
    chosen = list(vote.levels.values())
    return tuple(chosen.count(level) for level in range(1, LEVELS + 1))


def pairs_told(modes: tuple[Mode, ...], cohorts: int, seed: int) -> tuple[int, int]:
    """How many pairs of pictures there were, and how many of them told."""
    pairs = told = 0
    for mode in modes:
        for life in lives(cohorts, mode, seed=seed):
            pairs += len(pictures_in_pairs(life))
            told += len(list(told_by_subtracting(life)))
    return pairs, told


LINKED_AND_NOT = (Mode.CONFIDENTIAL, Mode.ANONYMOUS)


def test_no_two_pictures_tell_of_one_or_two_people() -> None:
    pairs, told = pairs_told(LINKED_AND_NOT, 60, seed=19)

    assert pairs > 1000
    assert told == 0


def test_no_two_anonymous_pictures_of_hopes_tell_either() -> None:
    """Hopes stand still more often than what is now. In words, below ten, nothing can be subtracted."""
    pairs = told = 0
    for life in lives(60, Mode.ANONYMOUS, seed=19):
        shown = [vote for vote in life.votes if isinstance(vote.shown.desired, Tally)]
        for one, other in combinations(shown, 2):
            apart = len(one.levels.keys() ^ other.levels.keys())
            moved = sum(abs(a - b) for a, b in zip(*(vote.shown.desired.levels for vote in (one, other)), strict=True))
            pairs, told = pairs + 1, told + (0 < apart < GUARD and moved <= apart)

    assert pairs > 5
    assert told == 0, "19 of 81 pairs, while only the pictures of now were compared"


def test_the_control_without_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (release, anonymous):
        monkeypatch.setattr(module, "too_close", lambda *_a, **_k: False)

    _, told = pairs_told(LINKED_AND_NOT, 60, seed=19)

    assert told > 20


def test_the_control_of_the_control_the_guard_is_one_function() -> None:
    assert release.too_close is anonymous.too_close is crowd.too_close


# --------------------------------------------------------------------------------- through the whole product


@pytest.fixture
def group(database: str) -> Group:
    with write() as db:
        return a_group(db, 9)


@pytest.mark.parametrize("seed", range(4))
def test_a_day_of_votes_in_two_modes_with_late_comers_and_erasures(group: Group, seed: int) -> None:
    """The same question all day: confidential, anonymous, again, with people coming, going and being erased."""
    chance, level = Random(seed), {}
    here = list(group.members)
    seen: list[tuple[set[str], object]] = []
    for turn in range(8):
        mode = chance.choice(LINKED_AND_NOT)
        present = [who for who in here if chance.random() < 0.85]
        level = {who.name: level.get(who.name, chance.randint(1, 4)) for who in here}
        with write() as db:
            card = a_card(themes=["tools"], mode=mode)
            opened = an_open_round(db, group.facilitator, group.cohort, card=card, at=NOW)
            ballots = [(level[who.name], 4) for who in present]
            if mode is Mode.ANONYMOUS:
                drop(db, opened, present, ballots)
            else:
                answer(db, opened, present, ballots, at=NOW)
            revealed = close_and_reveal(db, group.facilitator, opened, at=NOW)
            shown = releases.of_round(db, group.facilitator, revealed)["tools"]
            if shown.is_shown:
                seen.append(({who.name for who in present}, shown))
            if turn == 4 and len(here) > 7:
                members.remove(db, group.facilitator, here.pop().member_id or "", at=NOW)

    assert seen
    for (one, _), (other, _) in combinations(seen, 2):
        assert len(one ^ other) not in (1, 2)


def test_a_round_opened_again_is_shown_once(group: Group) -> None:
    """Close, look, open again for one more: nothing was shown in between, so there is nothing to subtract."""
    with write() as db:
        opened = an_open_round(db, group.facilitator, group.cohort, card=a_card(themes=["tools"]), at=NOW)
        answer(db, opened, group.members[:8], [(2, 3)] * 8, at=NOW)
        closed = rounds.close(db, group.facilitator, opened.id, version=opened.version, at=NOW)
        between = releases.of_round(db, group.facilitator, closed)
        again = rounds.open_(db, group.facilitator, opened.id, version=closed.version, at=NOW)
        answer(db, again, group.members[8:], [(4, 4)], at=NOW)
        revealed = close_and_reveal(db, group.facilitator, again, at=NOW)

    assert between == {}
    with write() as db:
        assert releases.of_round(db, group.facilitator, revealed)["tools"].current.levels == (0, 8, 0, 1)


def test_what_is_visible_of_nine_is_not_their_counts() -> None:
    assert visible((0, 8, 0, 1), Mode.ANONYMOUS) == visible((0, 9, 0, 0), Mode.ANONYMOUS)
