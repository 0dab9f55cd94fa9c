"""Usernames and passwords that are good enough."""

from __future__ import annotations

import pytest

from mcm_core.domain.account import clean_username, refuse_password
from mcm_core.domain.errors import Refused


@pytest.mark.parametrize("password", ["fifteen letters", "🌊 over the hills", "a" * 128, "with\x00a nul inside it"])
def test_no_mix_of_signs_is_asked_for(password: str) -> None:
    refuse_password(password, "fay")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "too short"),
        ("fourteen marks", "too short"),
        ("x" * 129, "more than 128"),
        (" begins with a space", "space"),
        ("ends with a space\n", "space"),
        ("my name is FAYE.smith ok", "holds your username"),
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
