"""What stands in a message, and in no subject."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mcm_core.domain.cohort import CohortSession
from mcm_core.domain.errors import Refused
from mcm_core.domain.message import (
    BODY_MAX,
    TRIES_MAX,
    Message,
    MessageState,
    To,
    alike,
    clean_body,
    clean_email,
    filled,
    in_order,
    pause_after,
    telling,
    when,
)

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_word_that_looks_like_a_placeholder_is_not_filled_again():
    assert filled("Hello {name}: {link}", {"name": "{link}", "link": "here"}) == "Hello {link}: here"


def test_what_is_not_known_yet_stays_as_it_is():
    assert filled("{name}, {personal_link}", {"name": "Ada"}) == "Ada, {personal_link}"


@pytest.mark.parametrize("address", ["ann@example.org", "ann.lee+group@mail.example.co.uk", "o'neil@example.org"])
def test_an_address_is_kept_as_it_is_written(address):
    assert clean_email(f" {address} ") == address


def test_no_address_is_none():
    assert clean_email("  ") is None


@pytest.mark.parametrize(
    "written",
    [
        "ann", "ann@", "@example.org", "ann@example", "ann lee@example.org", "ann@example.org, bob@example.org",
        "ann@example.org\nBcc: all@example.org", "<ann@example.org>", "a" * 65 + "@example.org", "änn@example.org",
        "ann@" + "a" * 250 + ".org", "ann..lee@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(written):
    with pytest.raises(Refused, match="is not an e-mail address"):
        clean_email(written)


def test_the_words_of_a_message_are_kept_without_what_nobody_can_see():
    assert clean_body(" Hello\r\nAda\x00\u202e \n") == "Hello\nAda"
    for nothing in ("", " \n\t"):
        with pytest.raises(Refused, match="is empty"):
            clean_body(nothing)
    with pytest.raises(Refused, match="too long"):
        clean_body("x" * (BODY_MAX + 1))


def test_the_pauses_grow_and_the_last_try_is_a_day_after_the_first():
    pauses = [pause_after(tries) for tries in range(1, TRIES_MAX)]

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[1], pauses[-1]) == (timedelta(minutes=5), timedelta(minutes=10), timedelta(hours=4))
    assert timedelta(days=1) < sum(pauses, timedelta()) < timedelta(days=1, hours=2)


def test_when_a_meeting_is_in_words():
    meeting = CohortSession("s", 6, datetime(2021, 11, 1, 14), "Europe/London", 90)  # noqa: DTZ001

    assert when(meeting) == "Monday 1 November 2021, 14:00 to 15:30 (on the clocks of Europe/London)"


def test_words_that_tell_too_much_are_found_in_any_case():
    assert telling("Our Safeguarding lead") == ("safeguarding",)
    assert telling("Our next session") == ()


def a_message(kind: str, name: str, *, body: str = "", email: bool = True, due: datetime = NOW) -> Message:
    to = To(name, f"{name.lower()}@example.org" if email else None)
    words = body or f"Hello {name},\n\nWe meet.\n\nFay"
    return Message(f"{kind}.{name}", kind, to, kind, words, MessageState.DRAFT, 1, 0, NOW, due, None)


def test_the_place_is_read_first_then_what_moved_then_the_document_and_what_is_for_later_last():
    later = NOW + timedelta(days=3)
    found = [
        a_message("interest_reminder", "Ada", due=later),
        a_message("document", "Ada", due=NOW - timedelta(hours=1)),
        a_message("session_moved", "Ben"),
        a_message("accepted", "Ben"),
        a_message("accepted", "Ada"),
    ]

    assert [(one.kind, one.to.name) for one in in_order(found, NOW)] == [
        ("accepted", "Ada"),
        ("accepted", "Ben"),
        ("session_moved", "Ben"),
        ("document", "Ada"),
        ("interest_reminder", "Ada"),
    ]


def test_those_that_say_the_same_can_go_as_one_mail_and_nobodys_own_link_can():
    same = [a_message("session_moved", name) for name in ("Ada", "Ben")]
    own = [a_message("document", name, body=f"Hello {name},\n{{personal_link}}") for name in ("Ada", "Ben")]
    another = a_message("session_moved", "Cleo", body="Hello Cleo,\n\nBring the keys.\n\nFay")
    named = [a_message("digest", name, body=f"Hello {name},\nsee you, {name}") for name in ("Ada", "Ben")]
    without = a_message("session_moved", "Dee", email=False)

    assert alike([*same, *own, another, *named, without]) == [same]
    assert same[0].for_all == "Hello,\n\nWe meet.\n\nFay"
