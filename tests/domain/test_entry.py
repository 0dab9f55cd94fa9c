"""What members write for themselves: what is kept of a form, which addresses may be followed, and what is counted."""

from __future__ import annotations

import pytest

from mcm_core.domain.entry import EntryKind, Said, cleaned, planned, safe_link, tally
from mcm_core.domain.errors import Refused


def kept(kind: EntryKind, said: Said) -> Said:
    return cleaned(kind, said, questions=["what", "link"], offered=("joys", "fears"))


def test_what_is_empty_is_not_kept_and_ticks_keep_their_order() -> None:
    said = Said({"what": "  A film ", "link": " "}, ("fears", "joys"))

    assert kept(EntryKind.DIARY, said) == Said({"what": "A film"}, ("joys", "fears"))


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        (EntryKind.DIARY, Said({"what": " \x00 "}), "nothing to keep"),
        (EntryKind.DIARY, Said({"what": "x" * 4001}), "1 characters too long"),
        (EntryKind.DIARY, Said({"unknown": "x"}), "not on the list"),
        (EntryKind.DIARY, Said({"what": "x"}, ("anger",)), "not on the list"),
        (EntryKind.DIARY, Said({"what": "x"}, minutes=5), "in minutes"),
        (EntryKind.LEARNING, Said({"what": "x"}, minutes=1441), "in minutes"),
        (EntryKind.LEARNING, Said({"what": "x"}, energy=2), "four steps"),
        (EntryKind.WELLBEING, Said({"what": "x"}, energy=5), "four steps"),
    ],
)
def test_what_cannot_be_kept_is_refused(kind: EntryKind, said: Said, why: str) -> None:
    with pytest.raises(Refused, match=why):
        kept(kind, said)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("http://example.org", "http://example.org"),
        ("example.org/talk", "https://example.org/talk"),
        ("www.example.org", "https://www.example.org"),
        ("example.org:8443/talk", "https://example.org:8443/talk"),
    ],
)
def test_the_address_of_a_page_can_be_followed(typed: str, address: str) -> None:
    assert safe_link(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "a page that I read",
        "https://", "https://user@example.org", "https://localhost", "https://exa mple.org", "https://example.org\\x",
        "https://[broken", "x" * 600 + ".org", "vbscript:x", "javascript:1", "localhost:8501", "//example.org:bad",
    ],
)  # fmt: skip
def test_everything_else_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="address of a page"):
        safe_link(typed)


def test_the_tally_adds_the_meetings() -> None:
    assert tally(120) == (
        "You have noted 2 hours of learning. With the six sessions (12 hours) and the five catch-ups "
        "(about 2 hours 30 minutes) that comes to about 2.2 days. The programme takes 2 to 3."
    )
    assert tally(61).startswith("You have noted 1 hour 1 minute of learning.")
    assert tally(0).startswith("You have noted 0 minutes of learning.")


def test_tries_are_counted_once_enough_people_planned_one() -> None:
    assert planned(8, 5, 5) == "8 tries are planned."
    assert planned(8, 4, 5) == ""
