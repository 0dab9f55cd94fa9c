"""Usernames and passwords that are good enough."""

from __future__ import annotations

import pytest

from mcm_core.domain.account import clean_username, mistakes, refuse_password
from mcm_core.domain.errors import Refused


@pytest.mark.parametrize(
    "password",
    [
        "fifteen letters",
        "x" * 14 + "y",
        "🌊 over the hills",
        "1234567890123456",
        "a" * 127 + "b",
        "with\x00a nul inside it",
        "model railway connections",
    ],
)
def test_length_is_all_that_a_password_needs(password: str) -> None:
    refuse_password(password, "fay")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "too short"),
        ("fourteen marks", "too short"),
        ("x" * 129, "more than 128"),
        (" begins with a space", "space"),
        ("ends with a space\n", "space"),
        ("zzzzzzzzzzzzzzzzzz", "easy to guess"),
        ("password password", "easy to guess"),
        ("Meaningful Connections Model", "easy to guess"),
        ("mcm-session-password-1", "easy to guess"),
        ("my name is FAYE.smith ok", "easy to guess"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        refuse_password(password, "faye.smith")


@pytest.mark.parametrize(
    ("given", "kept"), [(" Fay ", "fay"), ("fay@example.org", "fay@example.org"), ("ＦＡＹ", "fay")]
)
def test_spellings_of_a_username_are_one(given: str, kept: str) -> None:
    assert clean_username(given) == kept


@pytest.mark.parametrize("username", ["", "f", ".fay", "fay smith", "fаy", "f" * 61, "fay\x00", "<b>fay"])
def test_a_username_that_could_be_mistaken_is_refused(username: str) -> None:
    with pytest.raises(Refused):
        clean_username(username)


def test_every_field_gets_its_own_sentence() -> None:
    assert mistakes(name="Fay", username="fay", password="correct horse battery") == {}
    assert set(mistakes(name=" ", username="?", password="short")) == {"name", "username", "password"}
