"""Passwords that others would guess early are refused with the reason."""

from __future__ import annotations

import time
from contextlib import nullcontext

import pytest

from mcm_core.domain.account import refuse_password
from mcm_core.domain.errors import Refused
from mcm_core.services import passwords
from tests.services.people import PASSWORD
from tests.services.racing import race

WEAK = [
    ("zzzzzzzzzzzzzzzzzz", "over and over"),
    ("abcabcabcabcabcabc", "over and over"),
    ("password password", "over and over"),
    ("P@ssw0rd P@ssw0rd", "over and over"),
    ("1234567890123456", "passwords that many people use"),
    ("qwertyuiopasdfgh", "passwords that many people use"),
    ("iloveyou forever", "passwords that many people use"),
    ("monkey dragon master", "passwords that many people use"),
    ("ｆｏｏｔｂａｌｌ baseball1", "passwords that many people use"),
    ("ghijklmnopqrstuv", "follows the alphabet"),
    ("31.12.1984 13.01.1999", "is a date"),
    ("Meaningful Connections Model", "words of this site"),
    ("mcm-session-password-1", "words of this site"),
    ("Smith. Faye Smith.", "your name"),
    ("fifteen letters", "few words"),
    ("a" * 127 + "b", "over and over"),
]


PHRASE, WHEN = "phrase that everybody knows", "day, month, season or year"
#: Each is long, and zxcvbn takes it for a good one.
FAMOUS = [
    ("correct horse battery staple", PHRASE),
    ("correct horse battery", PHRASE),
    ("correcthorsebatterystaple", PHRASE),
    ("C0rrect-H0rse-B@ttery-$taple", PHRASE),
    ("to be or not to be that is the question", PHRASE),
    ("thequickbrownfoxjumpsoverthelazydog", PHRASE),
    ("once upon a time in", PHRASE),
    ("once upon a time in Liverpool", PHRASE),
    ("happy birthday to you", PHRASE),
    ("Winter2025Spring2026", WHEN),
    ("Liverpool2026Liverpool", WHEN),
    ("monday tuesday wednesday", WHEN),
    ("FayeSmith1984Smith", "your name"),
    ("Domestic Abuse Service 2026", "words of this site and its work"),
]


def refuse(password: str) -> None:
    passwords.refuse(password, username="fay", name="Faye Smith")


@pytest.mark.parametrize(("password", "why"), WEAK)
def test_a_password_that_is_guessed_early_is_refused_with_the_reason_and_what_to_do(password: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        refuse(password)

    assert "four or five words" in str(refused.value)
    assert password not in str(refused.value)


@pytest.mark.parametrize("password", [password for password, _ in WEAK])
def test_its_length_alone_would_have_let_it_in(password: str) -> None:
    """The negative control."""
    refuse_password(password, "fay")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "marble lantern otter ferry",
        "january kettle purple window banjo",
        "four unrelated words here",
        "my cat sleeps on the radio",
        "with\x00a nul inside it",
        "lone \ud800 surrogate kettle radio",
        "kwqzjvxbmtgpfhdn",
        "тихая большая река течёт",
        "faye keeps seven purple kettles",
    ],
)
def test_no_mix_of_signs_is_asked_for(password: str) -> None:
    refuse(password)


@pytest.mark.parametrize(("password", "why"), FAMOUS)
def test_what_remains_without_phrases_names_and_dates_must_be_hard_to_guess(
    password: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match=f"without .*{why}.*, little is left of it. Choose four or five words"):
        refuse(password)

    monkeypatch.setattr(passwords, "_rest", lambda *_: "")  # the negative control
    refuse(password)


def test_words_of_our_work_are_among_the_first_that_others_try() -> None:
    with pytest.raises(Refused, match="words of this site and its work"):
        refuse("Welcome to the refuge")


def test_what_is_too_short_or_holds_the_username_is_told_so_first() -> None:
    with pytest.raises(Refused, match="too short"):
        refuse("zzzz")
    with pytest.raises(Refused, match="holds your username"):
        passwords.refuse("faye.smith keeps purple kettles", username="faye.smith", name="Faye")


def test_one_persons_names_are_not_held_against_another_who_chooses_at_the_same_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """zxcvbn keeps the words of a call where another call would find them, so one is made after the other."""
    looking: list[str] = []
    at_once: list[int] = []
    estimate = passwords.zxcvbn

    def slowly(password: str, **about: object) -> object:
        looking.append(password)
        time.sleep(0.01)
        at_once.append(len(looking))
        looking.remove(password)
        return estimate(password, **about)

    monkeypatch.setattr(passwords, "zxcvbn", slowly)

    race(*[lambda: refuse(PASSWORD)] * 4)
    assert set(at_once) == {1}

    monkeypatch.setattr(passwords, "_estimating", nullcontext())  # the negative control
    race(*[lambda: refuse(PASSWORD)] * 4)
    assert max(at_once) > 1
