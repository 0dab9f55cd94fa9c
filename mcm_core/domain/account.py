"""What a facilitator's account may be called, and how long a password is."""

from __future__ import annotations

import re
import unicodedata

from mcm_core.domain.errors import Refused

PASSWORD_MIN, PASSWORD_MAX = 15, 128
WORD_MIN = 4  # a username as short as "al" stands in many good passwords
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


def clean_username(username: str) -> str:
    """A username for storing and comparing. Raises Refused where it could be mistyped or mistaken."""
    cleaned = unicodedata.normalize("NFKC", username).strip().casefold()
    if not _USERNAME.fullmatch(cleaned):
        raise Refused("A username has 2 to 60 characters: letters from a to z, digits, and, after the first, . _ @ -")
    return cleaned


def refuse_password(password: str, username: str) -> None:
    """Raise Refused for a password that is too short, too long, or holds the username.

    Which of the others are guessed early, services/passwords.py knows.
    """
    if len(password) < PASSWORD_MIN:
        raise Refused(f"The password is too short: it needs at least {PASSWORD_MIN} characters. Four words do.")
    if len(password) > PASSWORD_MAX:
        raise Refused(f"The password has more than {PASSWORD_MAX} characters. Use a shorter one.")
    if password != password.strip():
        raise Refused("The password begins or ends with a space, which is easily lost. Leave it out.")
    if len(name := username.strip().casefold()) >= WORD_MIN and name in password.casefold():
        raise Refused("That password is easy to guess: it holds your username. Choose other words.")
