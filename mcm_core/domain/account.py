"""What a facilitator's account may be called, and which passwords are good enough."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from mcm_core.domain.cohort import clean_name
from mcm_core.domain.errors import Refused

PASSWORD_MIN, PASSWORD_MAX = 15, 128
WORD_MIN = 4  # a username as short as "al" stands in many good passwords
PRODUCT_WORDS = ("meaningful", "connections", "model", "mcm", "password", "session")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


def clean_username(username: str) -> str:
    """A username for storing and comparing. Raises Refused where it could be mistyped or mistaken."""
    cleaned = unicodedata.normalize("NFKC", username).strip().casefold()
    if not _USERNAME.fullmatch(cleaned):
        raise Refused("A username has 2 to 60 characters: letters from a to z, digits, and, after the first, . _ @ -")
    return cleaned


def refuse_password(password: str, username: str) -> None:
    """Raise Refused for a password that is too short, too long, or the first that somebody would guess."""
    if len(password) < PASSWORD_MIN:
        raise Refused(f"The password is too short: it needs at least {PASSWORD_MIN} characters. Four words do.")
    if len(password) > PASSWORD_MAX:
        raise Refused(f"The password has more than {PASSWORD_MAX} characters. Use a shorter one.")
    if password != password.strip():
        raise Refused("The password begins or ends with a space, which is easily lost. Leave it out.")
    if _is_guessed_first(password.casefold(), username.strip().casefold()):
        raise Refused("That password is easy to guess from your username or from this site. Choose other words.")


def _is_guessed_first(password: str, username: str) -> bool:
    """Whether it holds the username, or nothing else than words of this site or one character, over and over."""
    rest = password
    for word in PRODUCT_WORDS:
        rest = rest.replace(word, "")
    letters = {mark for mark in rest if mark.isalnum()}
    return len(letters) <= 1 or (len(username) >= WORD_MIN and username in password)


def mistakes(*, name: str, username: str, password: str | None) -> dict[str, str]:
    """What is wrong with a new account, a sentence for each field; empty when nothing is.

    `password` is None where none is kept here.
    """
    found = {
        "name": _refusal(clean_name, name),
        "username": _refusal(clean_username, username),
        "password": "" if password is None else _refusal(refuse_password, password, username),
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def _refusal(check: Callable[..., object], *values: str) -> str:
    try:
        check(*values)
    except Refused as refusal:
        return str(refusal)
    return ""
