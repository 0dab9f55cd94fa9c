"""Checking passwords, and slowing down who guesses them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mcm_core.services import passwords, signing_in, throttle
from mcm_core.services.throttle import Throttled
from mcm_core.store import secret
from mcm_core.store.engine import write
from mcm_core.store.tables import AttemptRow
from tests.services.people import NOW, PASSWORD, a_facilitator
from tests.services.racing import race

SECOND = timedelta(seconds=1)
HALL = "203.0.113.0/24"
HOME = "198.51.100.0/24"


def check(db: Session, username: str, password: str, *, network: str = HALL, at: datetime = NOW) -> str | None:
    return signing_in.check_password(db, username, password, network=network, at=at)


def fail(db: Session, times: int, *, username: str = "fay", network: str = HALL, at: datetime = NOW) -> datetime:
    """Guess wrongly so often, as fast as the throttle allows; returns when the last guess was made."""
    for _ in range(times):
        at += 26 * SECOND
        assert check(db, username, "not the password at all", network=network, at=at) is None
    return at


def test_the_right_password_gives_the_facilitators_id(db: Session) -> None:
    fay = a_facilitator(db)

    assert check(db, " FAY ", PASSWORD) == fay.facilitator_id
    assert check(db, "fay", PASSWORD + " ") is None
    assert check(db, "nobody", PASSWORD) is None


@pytest.mark.parametrize("username", ["fay", "nobody"])
def test_a_known_and_an_unknown_username_cost_one_hash_each(
    db: Session, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    a_facilitator(db, "fay")
    costs: list[bytes] = []
    checkpw = passwords.bcrypt.checkpw
    monkeypatch.setattr(
        passwords.bcrypt, "checkpw", lambda given, stored: costs.append(stored[:7]) or checkpw(given, stored)
    )

    assert check(db, username, "not the password at all") is None

    assert costs == [b"$2b$04$"]


def test_every_character_of_a_long_password_counts_and_nul_ends_nothing() -> None:
    for password in ("ä" * 100 + "x", "before\x00after the nul", "lone \ud800 surrogate here"):
        stored = passwords.hashed(password)

        assert passwords.matches(password, stored)
        assert not passwords.matches(password[:-1], stored)


def test_two_ways_to_write_the_same_letters_are_one_password() -> None:
    assert passwords.matches("cafe\u0301 correct horse", passwords.hashed("caf\u00e9 correct horse"))


def test_a_password_is_hashed_at_cost_12(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert passwords.hashed("whatever it may be").startswith("$2b$12$")


def test_four_guesses_are_free_and_then_the_pauses_grow(db: Session) -> None:
    a_facilitator(db)
    for _ in range(4):
        assert check(db, "fay", "not the password at all") is None

    pauses, at = [], NOW
    for _ in range(6):
        with pytest.raises(Throttled) as refused:
            check(db, "fay", PASSWORD, at=at)
        pauses.append(refused.value.seconds)
        at += refused.value.seconds * SECOND
        assert check(db, "fay", "not the password at all", at=at) is None

    assert pauses == [1, 2, 4, 8, 16, 25]


def test_the_sentence_says_when_to_try_again(db: Session) -> None:
    at = fail(db, 4)

    with pytest.raises(Throttled, match=r"try again in 1 second\."):
        check(db, "fay", PASSWORD, at=at)


def test_after_ten_guesses_in_an_hour_from_one_network_the_right_password_waits_there_but_not_for_good(
    db: Session,
) -> None:
    fay = a_facilitator(db)
    at = fail(db, 10)

    with pytest.raises(Throttled, match="minutes"):
        check(db, "fay", PASSWORD, at=at + 26 * SECOND)

    assert check(db, "fay", PASSWORD, at=NOW + timedelta(hours=1, seconds=27)) == fay.facilitator_id


def test_a_network_gets_sixty_guesses_an_hour_over_all_accounts(db: Session) -> None:
    for number in range(60):
        assert check(db, f"name{number}", "not the password at all") is None

    with pytest.raises(Throttled):
        check(db, "another", "not the password at all")
    assert check(db, "another", "not the password at all", network=HOME) is None


def test_a_thousand_guesses_compute_fifteen_hashes(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda password, stored: bool(computed.append(password)))

    for number in range(1000):
        try:
            check(db, "fay", f"guess number {number}", at=NOW + number * 3 * SECOND)
        except Throttled:
            continue

    assert len(computed) <= 15


def test_right_passwords_are_not_counted(db: Session) -> None:
    fay = a_facilitator(db)

    for _ in range(20):
        assert check(db, "fay", PASSWORD) == fay.facilitator_id


def test_the_table_names_nobody(db: Session) -> None:
    fail(db, 2)

    keys = db.scalars(select(AttemptRow.key)).all()

    assert len(keys) == 10
    assert not any("fay" in key or HALL in key or secret.digest("fay") == key for key in keys)


def test_guesses_at_the_same_moment_cannot_slip_past_the_count(database: str) -> None:
    def guess() -> object:
        with write() as db:
            return signing_in.challenge(db, "fay", network=HALL, at=NOW)

    results = race(*[guess] * 12)

    assert sum(isinstance(result, signing_in.Challenge) for result in results) == 4


def test_tries_that_do_not_count_any_more_are_forgotten(db: Session) -> None:
    fail(db, 3)
    left = []
    for later in (timedelta(hours=2), timedelta(days=29), timedelta(days=31)):
        throttle.count(db, [throttle.Limit("00" * 32, most=1, within=throttle.MINUTE)], at=NOW + later)
        left.append(db.scalar(select(func.count()).select_from(AttemptRow)) - 1)

    assert left == [6, 6, 0]
