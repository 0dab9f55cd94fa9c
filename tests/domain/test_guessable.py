"""What is left of a password without what others try first."""

from __future__ import annotations

import re

import pytest

from mcm_core.domain import guessable

KNOWN = {
    "phrase": guessable.phrases([("once", "upon", "a", "time"), ("correct", "horse", "battery", "staple")]),
    "year": re.compile(guessable.YEAR),
    "name": guessable.words(["kay", "fenton"]),
}


@pytest.mark.parametrize(
    ("password", "left", "found"),
    [
        ("Once upon a time in", "in", ["phrase"]),
        ("ONCE-upon_A  time", "", ["phrase"]),
        ("onceuponatimekettle", "kettle", ["phrase"]),
        ("horse battery staple", "", ["phrase"]),
        ("a horse named battery", "ahorsenamedbattery", []),
        ("upon a time", "", ["phrase"]),
        ("KayFenton1984Fenton", "", ["year", "name"]),
        ("kayfentons kayak", "kayskayak", ["name"]),
        ("kettle2026window", "kettlewindow", ["year"]),
        ("kettle 12026 2126", "kettle120262126", []),
        ("purple kettle", "purplekettle", []),
    ],
)
def test_what_is_known_is_taken_away_and_named(password: str, left: str, found: list[str]) -> None:
    assert next(iter(guessable.remainders(password, KNOWN))) == (left, found)


def test_signs_that_look_like_letters_are_read_as_letters_too() -> None:
    assert list(guessable.remainders("c0rrect h0r$e b@ttery", KNOWN)) == [("c0rrecth0rebttery", []), ("", ["phrase"])]


def test_nothing_is_found_where_nothing_is_known() -> None:
    assert list(guessable.remainders("purple kettle", {"none": guessable.words([])})) == [("purplekettle", [])]
