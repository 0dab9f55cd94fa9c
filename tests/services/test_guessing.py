"""Guessing one account's password from many networks, for weeks: what the guesser gets, and what the owner (T16)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.visitor import Visitor
from mcm_core.services import facilitators, remembered, resets, signing_in
from mcm_core.services.throttle import HOUR, MONTH, Throttled
from tests.services.people import NOW, PASSWORD, a_facilitator, signed_in, through

HOME = "198.51.100.0/24"
PAUSE = timedelta(seconds=26)  # longer than any pause between two tries
DAY = timedelta(days=1)


def is_asked(db: Session, username: str = "fay", *, network: str = HOME, kept: str = "", at: datetime) -> bool:
    """Whether a password is looked at, or the try refused unseen."""
    try:
        signing_in.challenge(db, username, network=network, kept=kept, at=at)
    except Throttled:
        return False
    return True


def guess(
    db: Session, lasting: timedelta, *, username: str = "fay", networks: int = 50, begin: datetime = NOW, kept: str = ""
) -> list[datetime]:
    """Guess from so many networks in turn for so long, 25 times an hour; returns when a guess was looked at."""
    tries = [begin + number * PAUSE for number in range(25)]
    hours = [one * HOUR for one in range(int(lasting / HOUR))]
    moments = [moment + hour for hour in hours for moment in tries]
    return [
        at
        for number, at in enumerate(moments)
        if is_asked(db, username, network=f"network {number % networks}", kept=kept, at=at)
    ]


def gets_in(db: Session, *, network: str = HOME, kept: str = "", at: datetime) -> bool:
    return signing_in.check_password(db, "fay", PASSWORD, network=network, kept=kept, at=at) is not None


@pytest.fixture
def fay(db: Session) -> Visitor:
    return a_facilitator(db, "fay")


@pytest.fixture
def kept(db: Session, fay: Visitor) -> str:
    """What Fay's own browser has kept since she signed in there."""
    return remembered.renewed(db, fay, "", at=NOW)


@pytest.mark.parametrize("username", ["fay", "nobody"])
def test_from_many_networks_fifteen_guesses_an_hour_and_a_hundred_in_thirty_days(
    db: Session, fay: Visitor, username: str
) -> None:
    looked_at = guess(db, 10 * HOUR, username=username)

    assert len([at for at in looked_at if at < NOW + HOUR]) == 15
    assert len(looked_at) == 100
    assert not is_asked(db, username, network="another", at=looked_at[0] + MONTH - PAUSE)
    assert is_asked(db, username, network="another", at=looked_at[0] + MONTH + PAUSE), "locked for good"


def test_without_the_limit_of_an_account_every_network_would_have_its_own(
    db: Session, fay: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(signing_in, "PER_HOUR", 10**6)
    monkeypatch.setattr(signing_in, "PER_MONTH", 10**6)

    assert len(guess(db, 2 * HOUR)) == 50


def test_one_network_that_guesses_for_weeks_leaves_the_owner_on_another_alone(db: Session, fay: Visitor) -> None:
    looked_at = guess(db, 9 * HOUR, networks=1)
    at = looked_at[-1] + PAUSE

    assert len(looked_at) == signing_in.SHARE_MONTH
    assert gets_in(db, at=at)


def test_many_networks_that_guess_for_weeks_keep_her_out_of_no_browser_in_which_she_signed_in_before(
    db: Session, fay: Visitor, kept: str
) -> None:
    at = guess(db, 10 * HOUR)[-1] + PAUSE

    with pytest.raises(Throttled, match=r"in \d+ days\. .* signed in before, or ask whoever runs this server") as told:
        gets_in(db, at=at)  # the negative control: another browser waits
    assert told.value.seconds > 25 * DAY.total_seconds()
    assert gets_in(db, kept=kept, at=at)
    assert gets_in(db, kept=kept, network="network 7", at=at)


def test_nor_keep_they_her_from_saying_again_who_she_is_where_she_is_in(db: Session, fay: Visitor) -> None:
    at = guess(db, 10 * HOUR)[-1] + PAUSE

    assert signing_in.challenge_again(db, fay, at=at).is_met_by(PASSWORD)


def test_her_own_browser_has_as_many_guesses_and_no_more(db: Session, fay: Visitor, kept: str) -> None:
    looked_at = guess(db, 10 * HOUR, kept=kept)

    assert len([at for at in looked_at if at < NOW + HOUR]) == 15
    assert len(looked_at) == 100
    assert gets_in(db, at=looked_at[-1] + PAUSE), "what is typed in her browser counts there alone"


def test_to_sign_in_once_more_gives_a_browser_no_fresh_guesses(db: Session, fay: Visitor, kept: str) -> None:
    later = NOW + 30 * DAY
    again = remembered.renewed(db, fay, kept, at=later)

    assert again != kept
    assert remembered.browser(db, "fay", again, at=later) == remembered.browser(db, "fay", kept, at=later)


def test_a_browser_keeps_the_accounts_of_several_people(db: Session, fay: Visitor, kept: str) -> None:
    both = remembered.renewed(db, a_facilitator(db, "gil"), kept, at=NOW)

    for username in ("fay", "gil"):
        assert remembered.browser(db, username, both, at=NOW)
    assert remembered.browser(db, "fay", both, at=NOW) == remembered.browser(db, "fay", kept, at=NOW)


def test_what_a_browser_keeps_stays_short(db: Session) -> None:
    kept = ""
    for number in range(9):
        kept = remembered.renewed(db, a_facilitator(db, f"name{number}"), kept, at=NOW)

    assert len(kept) < 450
    assert [number for number in range(9) if remembered.browser(db, f"name{number}", kept, at=NOW)] == [5, 6, 7, 8]


def test_it_names_nobody_and_is_worth_nothing_for_another_account_changed_or_old(
    db: Session, fay: Visitor, kept: str
) -> None:
    a_facilitator(db, "gil")
    day, name, signature = kept.split("-")
    changed = [f"{int(day) + 1}-{name}-{signature}", f"{day}-{'0' * 32}-{signature}", f"{day}-{name}-{'0' * 64}"]

    assert "fay" not in kept
    assert remembered.browser(db, "fay", kept, at=NOW + remembered.LASTS)
    assert [remembered.browser(db, "fay", one, at=NOW) for one in (*changed, "", "nonsense", "1-" * 9999)] == [None] * 6
    assert remembered.browser(db, "fay", kept, at=NOW + remembered.LASTS + DAY) is None
    assert remembered.browser(db, "fay", kept, at=NOW - DAY) is None
    for username in ("gil", "nobody"):
        assert remembered.browser(db, username, kept, at=NOW) is None


def test_a_browser_from_before_the_account_was_taken_back_is_a_strangers(db: Session, fay: Visitor, kept: str) -> None:
    gil = a_facilitator(db, "gil")
    both = remembered.renewed(db, gil, kept, at=NOW)

    half = resets.use(db, resets.link(db, "fay", at=NOW), "quite another four words", at=NOW)
    after = remembered.renewed(db, signed_in(db, through(db, signed_in(db, half))), both, at=NOW)

    assert remembered.browser(db, "fay", both, at=NOW) is None
    assert remembered.browser(db, "gil", both, at=NOW) == remembered.browser(db, "gil", after, at=NOW) is not None
    assert remembered.browser(db, "fay", after, at=NOW)
    for on in (False, True):
        facilitators.switch(db, "fay", on=on, at=NOW + HOUR)
    assert remembered.browser(db, "fay", after, at=NOW + HOUR) is None


def test_another_password_alone_leaves_her_browsers_known(db: Session, fay: Visitor, kept: str) -> None:
    met = signing_in.challenge_again(db, fay, at=NOW)
    signing_in.change_password(db, fay, met, "quite another four words", at=NOW)

    assert remembered.browser(db, "fay", kept, at=NOW)
