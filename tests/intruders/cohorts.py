"""Six weeks of a made-up cohort, lived through with the product's own rules, and what of it everybody can see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from mcm_core.domain import anonymous
from mcm_core.domain.bag import empty, put
from mcm_core.domain.mode import Mode
from mcm_core.domain.reading import Reading
from mcm_core.domain.release import Earlier, Release, freeze
from mcm_core.domain.round import LaunchCard
from tests.builders import instrument

THRESHOLD = 5
LEVELS = 4
CARD = LaunchCard(instrument(themes=("Tools",)), ("tools",), mode=Mode.ANONYMOUS)


@dataclass(frozen=True)
class Vote:
    """One revealed round: who was seen to take part, what they chose and hope for (the truth), and what was shown."""

    session: int
    levels: dict[str, int]
    shown: Release
    hopes: dict[str, int] = field(default_factory=dict)


@dataclass
class Life:
    """The votes of a cohort. `mode` is that of all its rounds."""

    mode: Mode
    members: tuple[str, ...]
    votes: list[Vote] = field(default_factory=list)
    past: list[Earlier] = field(default_factory=list)

    def vote(self, session: int, attempt: int, levels: dict[str, int], hopes: dict[str, int] | None = None) -> None:
        """Everybody in `levels` answers, and hopes for the same where `hopes` is not given; the round is revealed."""
        reveal = self._reveal_bag if self.mode is Mode.ANONYMOUS else self._reveal_readings
        hopes = hopes or levels
        self.votes.append(Vote(session, levels, reveal(session, attempt, levels, hopes), hopes))

    def erase(self, member: str) -> None:
        """What is kept of the member goes; what was shown stays."""
        self.past = [_without(member, earlier) for earlier in self.past]

    def _reveal_readings(self, session: int, attempt: int, levels: dict[str, int], hopes: dict[str, int]) -> Release:
        answers = {who: Reading(level, hopes[who], focus=f"of {who}") for who, level in levels.items()}
        release = freeze(
            "tools", answers, session_number=session, attempt=attempt, levels=LEVELS, ordered=True,
            threshold=THRESHOLD, of=len(self.members), earlier=tuple(self.past),
        )  # fmt: skip
        self.past.append(Earlier(session, answers, release))
        return release

    def _reveal_bag(self, session: int, attempt: int, levels: dict[str, int], hopes: dict[str, int]) -> Release:
        bag = empty(CARD)
        for who, level in levels.items():
            bag = put(bag, CARD, who, {"tools": Reading(level, hopes[who])})
        release = anonymous.freeze(
            "tools", bag, session_number=session, attempt=attempt, threshold=THRESHOLD, of=len(self.members),
            earlier=tuple(self.past),
        )  # fmt: skip
        kept = anonymous.kept(release, bag.counts["tools"]["current"])
        self.past.append(Earlier(session, {}, release, anonymous.crowd(release, kept, frozenset(levels))))
        return release


def _without(member: str, earlier: Earlier) -> Earlier:
    answers = {who: reading for who, reading in earlier.answers.items() if who != member}
    crowd = earlier.unlinked
    left = replace(crowd, people=crowd.people - {member}) if crowd else None
    return Earlier(earlier.session_number, answers, earlier.release, left)


def lives(number: int, mode: Mode, *, seed: int, sizes: range = range(5, 13)) -> Iterator[Life]:
    """Cohorts over six weeks, their sizes in turn: absences, late comers, votes again, now and then an erasure."""
    for place in range(number):
        yield a_life(Random(f"{seed}.{place}"), mode, sizes[place % len(sizes)])


def a_life(chance: Random, mode: Mode, size: int) -> Life:
    members: tuple[str, ...] = tuple(f"m{place}" for place in range(size))
    life = Life(mode, members)
    common = chance.randint(1, LEVELS)
    level = {who: common if chance.random() < 0.4 else chance.randint(1, LEVELS) for who in members}
    hope = {who: min(LEVELS, now + chance.randint(0, 2)) for who, now in level.items()}
    here = set(members[:-1] if size > 6 and chance.random() < 0.3 else members)
    for session in range(1, 7):
        if session == 3:
            here = set(members)
        if session == 4 and size > 6 and chance.random() < 0.2:
            gone = chance.choice(members)
            here.discard(gone)
            members = tuple(who for who in members if who != gone)
            life.erase(gone)
        for who in level:
            level[who], hope[who] = _week(chance, level[who], hope[who])
        present = [who for who in sorted(here) if chance.random() < 0.88]
        life.vote(session, 1, {who: level[who] for who in present}, {who: hope[who] for who in present})
        if chance.random() < 0.25:
            late = [who for who in sorted(here) if who in present or chance.random() < 0.5]
            for who in level:
                if chance.random() < 0.5:
                    level[who], hope[who] = _week(chance, level[who], hope[who])
            life.vote(session, 2, {who: level[who] for who in late}, {who: hope[who] for who in late})
    return life


STEP = {-1: 0.15, 0: 0.6, 1: 0.25}
"""How somebody's level moves in a week."""
HOPE_STEP = {-1: 0.1, 0: 0.75, 1: 0.15}
"""How a hope moves, which is never below the level."""


def _week(chance: Random, level: int, hope: int) -> tuple[int, int]:
    level = _step(chance, level, STEP)
    return level, max(level, _step(chance, hope, HOPE_STEP))


def _step(chance: Random, level: int, steps: Mapping[int, float]) -> int:
    (move,) = chance.choices(list(steps), list(steps.values()))
    return min(LEVELS, max(1, level + move))
