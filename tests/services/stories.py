"""What a cohort lives through, told by calling the services as the product does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mcm_core.domain.cohort import Cohort
from mcm_core.domain.instrument import Instrument
from mcm_core.domain.mode import Mode
from mcm_core.domain.news import window
from mcm_core.domain.reading import Reading
from mcm_core.domain.round import LaunchCard, Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import bags, focuses, instruments, news, pulses, readings, rounds
from tests.services.people import NOW, a_cohort, a_facilitator, a_member

Pair = tuple[int | None, int | None]
Answer = Pair | Mapping[str, Pair] | None
"""One member's ballot: the same now and hoped for on every theme, or by theme key; None for somebody absent."""

NAMES = (
    "Ada", "Ben", "Cleo", "Dev", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jo",
    "Kit", "Lena", "Max", "Nia", "Omar", "Pia", "Quin", "Rosa", "Sam", "Tia",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A cohort with its facilitator and its members, all signed in."""

    facilitator: Visitor
    cohort: Cohort
    members: tuple[Visitor, ...]


def a_group(db: Session, size: int = 5, *, username: str = "fay", name: str = "Tuesday group") -> Group:
    """A facilitator, a cohort and its first `size` members. Registers the instruments, too."""
    instruments.register(db)
    facilitator = a_facilitator(db, username)
    cohort = a_cohort(db, facilitator, name)
    return Group(facilitator, cohort, tuple(a_member(db, facilitator, cohort, called) for called in NAMES[:size]))


def connections() -> Instrument:
    """The instrument that everybody uses: six themes, four levels, about one relationship."""
    return instruments.offered()["meaningful_connections"]


def a_card(
    instrument: Instrument | None = None,
    themes: Iterable[str] = (),
    mode: Mode = Mode.CONFIDENTIAL,
    **words: str | None,
) -> LaunchCard:
    """A launch card for all themes of the instrument, or some, with the first of every list of words."""
    asked = instrument or connections()
    first = {
        "lens": asked.lenses,
        "perspective": asked.perspectives,
        "purpose": asked.purposes,
    }
    chosen: dict[str, str | None] = {name: str(offered[0]) if offered else None for name, offered in first.items()}
    return LaunchCard(
        instrument=asked,
        themes=tuple(themes) or tuple(theme.key for theme in asked.themes),
        mode=mode,
        **(chosen | words),
    )


def an_open_round(
    db: Session,
    facilitator: Visitor,
    cohort: Cohort,
    session_number: int = 1,
    *,
    card: LaunchCard | None = None,
    at: datetime | None = None,
) -> Round:
    """A round in which members can answer."""
    moment = at or during(cohort, session_number)
    drafted = rounds.draft(db, facilitator, cohort.session(session_number).id, card or a_card(), at=moment)
    return rounds.open_(db, facilitator, drafted.id, version=drafted.version, at=moment)


def answer(db: Session, round_: Round, members: Sequence[Visitor], answers: Sequence[Answer], *, at: datetime) -> None:
    """Have each member in turn send the ballot in the same place of `answers`."""
    for member, given in zip(members, answers, strict=True):
        if given is None:
            continue
        if round_.card.instrument.focus and focuses.mine(db, member) is None:
            choose_focus(db, member, round_.card.instrument, at=at)
        for theme in round_.card.asked:
            pair = given.get(theme.key) if isinstance(given, Mapping) else given
            if pair is not None:
                readings.cast(db, member, round_.id, theme.key, Reading(*pair), at=at)


def an_anonymous_round(
    db: Session,
    group: Group,
    session_number: int = 1,
    *,
    themes: Iterable[str] = ("tools", "safety"),
    at: datetime = NOW,
) -> Round:
    """An anonymous round in which members can answer."""
    card = a_card(themes=themes, mode=Mode.ANONYMOUS)
    return an_open_round(db, group.facilitator, group.cohort, session_number, card=card, at=at)


def drop(
    db: Session, round_: Round, members: Sequence[Visitor], answers: Sequence[Pair | None], *, comment: str = ""
) -> None:
    """Have each member in turn send a whole anonymous ballot, the same answers on every theme; None for nobody."""
    for member, pair in zip(members, answers, strict=True):
        if pair is not None:
            ballot = {theme.key: Reading(*pair) for theme in round_.card.asked}
            bags.drop(db, member, round_.id, ballot, comment)


def a_pulse(db: Session, group: Group, session_number: int = 1) -> Round:
    """The pulse of a session, as the server opens it at the session's end."""
    when = window(group.cohort.sessions, session_number)
    pulses.settle(db, group.cohort.id, at=when.opens_at)
    found = news.weeks(db, group.facilitator, group.cohort.id, at=when.opens_at)
    return next(week.pulse for week in found if week.pulse and week.meeting.number == session_number)


def answer_pulse(
    db: Session, group: Group, pulse: Round, codes: Sequence[int], *, texts: Mapping[str, str] | None = None
) -> None:
    """Have the first members answer it, each with the same code everywhere."""
    when = window(group.cohort.sessions, pulse.session_number)
    for member, code in zip(group.members, codes, strict=False):
        ballot = {theme.key: Reading(code) for theme in pulse.card.asked}
        news.answer(db, member, pulse.id, ballot, texts or {}, at=when.opens_at)


def close_pulse(db: Session, group: Group, pulse: Round) -> Round:
    """Let its time run out."""
    pulses.settle(db, group.cohort.id, at=window(group.cohort.sessions, pulse.session_number).closes_at)
    return rounds.get(db, group.facilitator, pulse.id)


def a_group_with_focus(db: Session, members: int) -> Group:
    """A group in which everybody has said which relationship they have in mind."""
    group = a_group(db, members)
    for member in group.members:
        choose_focus(db, member, connections())
    return group


def choose_focus(
    db: Session, member: Visitor, instrument: Instrument, label: str = "outreach calls", *, at: datetime = NOW
) -> focuses.Focus:
    """Say which relationship a member has in mind."""
    party, constellation = str(instrument.parties[0]), str(instrument.constellations[0])
    return focuses.choose(db, member, instrument, party=party, constellation=constellation, label=label, at=at)


def close_and_reveal(db: Session, facilitator: Visitor, round_: Round, *, at: datetime) -> Round:
    """End the voting and show the picture."""
    closed = rounds.close(db, facilitator, round_.id, version=round_.version, at=at)
    return rounds.reveal(db, facilitator, round_.id, version=closed.version, at=at)


def run_round(
    db: Session,
    facilitator: Visitor,
    cohort: Cohort,
    members: Sequence[Visitor],
    session_number: int,
    answers: Sequence[Answer],
    *,
    card: LaunchCard | None = None,
    at: datetime | None = None,
) -> Round:
    """A whole round from draft to reveal, during its session unless `at` says otherwise."""
    moment = at or during(cohort, session_number)
    opened = an_open_round(db, facilitator, cohort, session_number, card=card, at=moment)
    answer(db, opened, members, answers, at=moment + timedelta(minutes=2))
    return close_and_reveal(db, facilitator, opened, at=moment + timedelta(minutes=5))


def during(cohort: Cohort, session_number: int) -> datetime:
    """Twenty minutes into a session."""
    return cohort.session(session_number).starts_at + timedelta(minutes=20)


def six_sessions(db: Session, group: Group, told: Callable[[int, int], Answer] | None = None) -> list[Round]:
    """A revealed round in every session; `told(member, session_number)` is the ballot, else `climbing`."""
    told = told or climbing
    revealed = []
    for number in range(1, 7):
        ballots = [told(place, number) for place in range(len(group.members))]
        revealed.append(run_round(db, group.facilitator, group.cohort, group.members, number, ballots))
    return revealed


def climbing(member: int, session_number: int) -> Answer:
    """People who begin apart and move up at different paces; every seventh is away in session 4, hopes rise late."""
    if session_number == 4 and member % 7 == 3:
        return None
    now = min(4, 1 + member % 2 + (session_number + member % 3) // 3)
    return now, min(4, max(now, 3 + (session_number > 3 and member % 2)))
