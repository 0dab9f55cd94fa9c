"""What a sign-in costs is the same for every name: how many hashes, how many statements. (The clock: make security.)"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.services import facilitators, passwords, signing_in
from mcm_core.services.throttle import Throttled
from mcm_core.store.tables import FacilitatorRow
from tests.services.people import NOW, PASSWORD, a_facilitator
from tests.services.racing import statements

HALL, HOME = "203.0.113.0/24", "198.51.100.0/24"


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every hash that is computed, by its cost."""
    computed: list[bytes] = []
    checkpw = passwords.bcrypt.checkpw
    monkeypatch.setattr(
        passwords.bcrypt, "checkpw", lambda given, stored: computed.append(stored[:7]) or checkpw(given, stored)
    )
    return computed


def a_try(db: Session, username: str, network: str, at=NOW) -> None:
    try:
        assert signing_in.challenge(db, username, network=network, at=at).is_met_by("not the password at all") is False
    except Throttled:
        return


def test_known_unknown_and_switched_off_names_cost_the_same(db: Session, hashes: list[bytes]) -> None:
    a_facilitator(db, "fay")
    a_facilitator(db, "gil")
    facilitators.switch(db, "gil", on=False, at=NOW)
    a_facilitator(db, "hal")
    db.query(FacilitatorRow).filter_by(username="hal").one().password_hash = None
    db.flush()
    told = {}
    for username in ("fay", "gil", "hal", "nobody"):
        hashes.clear()
        with statements(db) as seen:
            for number in range(25):
                a_try(db, username, f"{username} {number // 20}", NOW + number * timedelta(seconds=3))
        told[username] = (tuple(hashes), tuple(seen))

    assert len({(len(cost), len(seen)) for cost, seen in told.values()}) == 1
    assert len({cost for cost, _ in told.values()}) == 1


def test_without_a_hash_for_nobody_the_cost_would_tell_who_exists(
    db: Session, hashes: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    a_facilitator(db, "fay")
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda said, stored: stored is not None and matches(said, stored))
    cost = {}
    for username in ("fay", "nobody"):
        hashes.clear()
        a_try(db, username, username)
        cost[username] = len(hashes)

    assert cost == {"fay": 1, "nobody": 0}


def test_a_thousand_tries_of_any_name_compute_fifteen_hashes_an_hour(db: Session, hashes: list[bytes]) -> None:
    fay = a_facilitator(db, "fay")
    for username in ("fay", "nobody"):
        hashes.clear()
        for number in range(1000):
            a_try(db, username, f"{HALL} {username}", NOW + number * timedelta(seconds=3.5))
        assert len(hashes) <= 15

    at = NOW + timedelta(seconds=3500)
    begun = signing_in.challenge(db, "fay", network=HOME, at=at)
    assert begun.is_met_by(PASSWORD), "an attack from one network kept the facilitator out on another"
    assert signing_in.welcome(db, begun, at=at)
    assert begun.facilitator_id == fay.facilitator_id


def test_were_all_networks_one_an_attack_would_keep_the_facilitator_out(db: Session, hashes: list[bytes]) -> None:
    """The negative control: the same attack, from where she is."""
    a_facilitator(db, "fay")
    for number in range(100):
        a_try(db, "fay", HOME, NOW + number * timedelta(seconds=3.5))

    with pytest.raises(Throttled):
        signing_in.challenge(db, "fay", network=HOME, at=NOW + timedelta(seconds=350))


def test_without_the_throttle_a_thousand_hashes_would_be_computed(
    db: Session, hashes: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(signing_in.throttle, "count", lambda *_args, **_kwargs: ())

    for number in range(100):
        a_try(db, "fay", HALL, NOW + number * timedelta(seconds=3.5))

    assert len(hashes) == 100
