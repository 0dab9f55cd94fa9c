"""The picture that a phone gets ahead of its page: what the page will say, to its cohort alone, and never too early."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import unescape

import pytest
from starlette.testclient import TestClient

from mcm_core.charts.bars import bars
from mcm_core.charts.categories import categories
from mcm_core.domain.mode import Mode
from mcm_core.domain.round import LaunchCard, Round
from mcm_core.domain.talk import talk_first
from mcm_core.live.bus import bus
from mcm_core.live.rush import Rush
from mcm_core.services import instruments, names, pauses, releases, restoring, rounds, visitors
from mcm_core.store import backups
from mcm_core.store.engine import read, write
from mcm_core.web import revealed
from tests.services.stories import (
    Answer,
    Group,
    a_card,
    a_group,
    a_group_with_focus,
    an_open_round,
    answer,
    close_and_reveal,
    drop,
)
from tests.web.conftest import Browser
from tests.web.test_voting import now, phone_of

APART = [(1, 4), (1, 3), (4, 4), (2, 3), (1, 2)]
FEW: list[Answer] = [(1, 4), (1, 3), (4, 4), (2, 3), None]


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revealed, "now", now)
    monkeypatch.setattr("mcm_core.web.browser.now", now)


@pytest.fixture
def group(sqlite: str) -> Group:
    with write() as db:
        return a_group_with_focus(db, 5)


@pytest.fixture
def phone(browser: Browser, group: Group) -> TestClient:
    """The first member's phone."""
    return phone_of(browser(), group.members[0])


def a_round(group: Group, answers: Sequence[Answer], card: LaunchCard | None = None, *, at: datetime) -> Round:
    """A closed round with these answers."""
    with write() as db:
        card = card or a_card(themes=["tools", "safety"])
        round_ = an_open_round(db, group.facilitator, group.cohort, card=card, at=at)
        answer(db, round_, group.members, answers, at=at)
        return rounds.close(db, group.facilitator, round_.id, version=round_.version, at=at)


def reveal(group: Group, closed: Round) -> Round:
    with write() as db:
        return rounds.reveal(db, group.facilitator, closed.id, version=closed.version, at=now())


def asked(phone: TestClient, round_id: str):
    return phone.get(revealed.ADDRESS, params={"round": round_id})


def said(phone: TestClient, round_: Round) -> str:
    """Everything that can be read, or read aloud."""
    answered = asked(phone, round_.id)
    assert answered.status_code == 200
    html = re.sub(r"(?s)<style>.*?</style>", "", answered.text)
    html = re.sub(r'<[^>]*aria-label="([^"]*)"[^>]*>', r" \1 ", html)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def test_the_picture_says_what_its_page_will_say(phone: TestClient, group: Group) -> None:
    round_ = reveal(group, a_round(group, APART, at=now()))
    with read() as db:
        shown = tuple(releases.of_round(db, group.members[0], round_).values())
    page = bars(round_.card.instrument, shown, of=5, narrow=True)
    first = talk_first(round_.card.instrument, shown)

    words = said(phone, round_)

    assert first
    assert first.sentence in words
    assert page.title in words
    assert page.note in words
    assert "now: 3 Early stages, 1 Forming, 1 Embedded" in words
    assert "hoped for: 1 Forming, 2 Maturing, 2 Embedded" in words


def test_every_answer_names_a_moment_of_its_own_for_the_page(
    phone: TestClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revealed, "rush", Rush(bus, clock=lambda: 0.0))
    round_ = reveal(group, a_round(group, APART, at=now()))

    waits = [int(asked(phone, round_.id).headers[revealed.WAIT]) for _ in range(20)]

    assert waits == [60 * turn for turn in range(1, 21)]


def test_before_the_reveal_there_is_nothing_whatever_people_chose(browser: Browser, sqlite: str) -> None:
    seen = []
    for number, answers in enumerate((APART, [(4, 4)] * 5)):
        with write() as db:
            group = a_group(db, 5, username=f"fay{number}", name=f"Group {number}")
        phone = phone_of(browser(), group.members[0])
        with write() as db:
            opened = an_open_round(db, group.facilitator, group.cohort, at=now())
            answer(db, opened, group.members, answers, at=now())
        open_ = asked(phone, opened.id)
        with write() as db:
            closed = rounds.close(db, group.facilitator, opened.id, version=opened.version, at=now())
        seen.append(
            (open_.status_code, open_.content, asked(phone, opened.id).status_code, asked(phone, opened.id).text)
        )
        reveal(group, closed)
        seen.append(said(phone, opened))  # the negative control: now it tells them apart

    one, shown, other, shown_other = seen
    assert one == other == (204, b"", 204, "")
    assert shown != shown_other


def test_a_reopened_vote_a_pause_and_another_vote_have_no_picture(phone: TestClient, group: Group) -> None:
    closed = a_round(group, APART, at=now())
    with write() as db:
        again = rounds.open_(db, group.facilitator, closed.id, version=closed.version, at=now())
    assert asked(phone, closed.id).status_code == 204
    with write() as db:
        close_and_reveal(db, group.facilitator, again, at=now())
    assert asked(phone, closed.id).status_code == 200

    with write() as db:
        pauses.begin(db, group.facilitator, group.cohort.id, at=now())
    assert asked(phone, closed.id).status_code == 204
    with write() as db:
        pauses.end(db, group.facilitator, group.cohort.id)
    assert asked(phone, closed.id).status_code == 200

    with write() as db:
        second = rounds.vote_again(db, group.facilitator, closed.id, at=now())
    assert [asked(phone, one.id).status_code for one in (closed, second)] == [204, 204]
    with write() as db:
        answer(db, second, group.members, [(2, 3)] * 5, at=now())
        close_and_reveal(db, group.facilitator, second, at=now())
    assert asked(phone, closed.id).status_code == 204
    assert "Second vote" in said(phone, second)


def test_another_cohorts_round_is_answered_like_none(browser: Browser, phone: TestClient, group: Group) -> None:
    round_ = reveal(group, a_round(group, APART, at=now()))
    with write() as db:
        other = a_group(db, 5, username="olga", name="Other group")
    theirs = phone_of(browser(), other.members[0])
    reveal(other, a_round(other, APART, at=now()))
    assert asked(phone, round_.id).status_code == 200  # remembered from here on

    answers = [asked(theirs, id_) for id_ in (round_.id, "none", "")]

    assert {(one.status_code, one.content) for one in answers} == {(204, b"")}


def test_only_members_who_are_signed_in_get_it(browser: Browser, phone: TestClient, group: Group) -> None:
    round_ = reveal(group, a_round(group, APART, at=now()))
    assert asked(phone, round_.id).status_code == 200

    assert asked(browser(), round_.id).status_code == 404
    assert asked(phone_of(browser(), group.facilitator), round_.id).status_code == 404
    with write() as db:
        visitors.leave(db, phone.cookies["mcm"])
    assert asked(phone, round_.id).status_code == 404


def test_a_picture_that_stays_closed_says_why_and_nothing_else(phone: TestClient, group: Group) -> None:
    words = said(phone, reveal(group, a_round(group, FEW, at=now())))

    assert words.count("Fewer than 5 of us chose a level, so no picture is shown. Talk it through instead.") == 1
    assert words.count("kept closed") == 2
    assert not re.search(r"\d Early stages|\d Forming", words)


def test_choices_without_an_order_stand_beneath_each_other(phone: TestClient, group: Group) -> None:
    instrument = instruments.offered()["participation"]
    answers = [(1, None), (1, None), (2, None), (3, None), (3, None)]
    round_ = reveal(group, a_round(group, answers, a_card(instrument), at=now()))
    with read() as db:
        shown = tuple(releases.of_round(db, group.members[0], round_).values())

    words = said(phone, round_)

    assert categories(instrument, shown, of=5).title in words
    assert "Talk about" not in words
    counted = [f"{instrument.label(code)}: {count}" for code, count in ((1, 2), (2, 1), (3, 2))]
    assert all(line in words for line in counted)


def test_names_come_with_the_page(phone: TestClient, group: Group) -> None:
    with write() as db:
        card = a_card(themes=["tools"], mode=Mode.NAMED)
        round_ = an_open_round(db, group.facilitator, group.cohort, card=card, at=now())
        names.consent(db, group.members[0], round_.id, yes=True, at=now())
        answer(db, round_, group.members, APART, at=now())
        close_and_reveal(db, group.facilitator, round_, at=now())

    words = said(phone, round_)

    assert "now: 3 Early stages" in words
    assert "Ada" not in words


def test_an_anonymous_round_has_its_page_alone(phone: TestClient, group: Group) -> None:
    with write() as db:
        round_ = an_open_round(
            db, group.facilitator, group.cohort, card=a_card(themes=["tools"], mode=Mode.ANONYMOUS), at=now()
        )
        drop(db, round_, group.members, APART)
        close_and_reveal(db, group.facilitator, round_, at=now())

    assert asked(phone, round_.id).status_code == 204


def gone_back(group: Group, phone: TestClient) -> tuple[int, int]:
    """A vote is revealed and its picture asked for; the database goes back to before the reveal, and moves on by one
    phase without one. What the same process then answers, and what it remembered.
    """
    closed = a_round(group, APART, at=now())
    made = backups.make(at=now())
    reveal(group, closed)
    before = asked(phone, closed.id).status_code
    restoring.restore(made, at=now())
    with write() as db:
        rounds.open_(db, group.facilitator, closed.id, version=closed.version, at=now())
    return before, asked(phone, closed.id).status_code


def test_after_going_back_to_a_backup_no_picture_of_what_is_undone_is_remembered(
    phone: TestClient, group: Group
) -> None:
    assert gone_back(group, phone) == (200, 204)


def test_the_control_with_the_phases_of_the_backup_it_would_be_shown_before_its_reveal(
    phone: TestClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "_leave_old_phases", lambda _db: None)

    assert gone_back(group, phone) == (200, 200)
