"""Passwords: which are too easy to guess, one to suggest, and hashing.

Hashing takes a third of a second on purpose; hold no transaction open meanwhile.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import bcrypt
from zxcvbn import zxcvbn

from mcm_core.domain import guessable
from mcm_core.domain.account import refuse_password
from mcm_core.domain.errors import Refused
from mcm_core.store import texts

COST = 12
_NOBODY = "zyr5ogpMVp1paL5dPenUs.Pxu6WBh.yEFpfO2UVFk2DMlYOEmgSmq"  # salt and digest of no password
GOOD = 4  # of zxcvbn's 0 to 4: 10^10 guesses or more, which a stolen hash withstands as well as the door does
LOOKED_AT = 72  # characters; zxcvbn takes no more
GOOD_REST = 3  # 10^8: what anybody would take away first adds a hundredfold, as there is much of it to choose from
WORDS = 6  # of 1,630 or more: 64 bits
#: Why a password is guessed early, from the most telling to the least: a pattern or list of zxcvbn's, and words for it.
WHY = {
    "user_inputs": "it is made of your name, your username or words of this site and its work",
    "repeat": "it says the same over and over",
    "passwords": "it is made of passwords that many people use",
    "spatial": "it follows the keys of a keyboard",
    "sequence": "it follows the alphabet or counts",
    "date": "most of it is a date",
}
FEW_WORDS = "it is made of few words that everybody uses"
_estimating = threading.Lock()  # zxcvbn keeps the words of one call where another call would find them


def refuse(password: str, *, username: str, name: str) -> None:
    """Raise Refused, with the reason, for a password that is too short or that others would guess early.

    No mix of signs is asked for (NIST SP 800-63B, 3.1.1.2). A password is held against lists of common ones, of names
    and of words, and looked through for repetition and sequences. And what remains when we take away the person's
    own names, the words of this site and its work, famous phrases, days, months, seasons, years and rows of keys
    must still be hard to guess.
    """
    refuse_password(password, username)
    normal = unicodedata.normalize("NFKC", password)
    own = [part for part in re.split(r"[\W\d_]+", f"{username} {name}".casefold()) if len(part) > 1]
    if reason := _whole(normal, [username.casefold(), name.casefold(), *own]) or _rest(normal, own):
        raise Refused(
            f"That password is easy to guess: {reason}. "
            "Choose four or five words that have nothing to do with each other, or let us suggest one."
        )


def _whole(password: str, own: Sequence[str]) -> str:
    """Why all of it together is guessed early, or ""."""
    # Spaces and hyphens between two words make them look better than they are.
    looks = {password, re.sub(r"[\W_]+", "", password)} - {""}
    about = [*own, *texts.passwords().work]
    weakest = min((_estimated(look, about) for look in looks), key=lambda found: float(found["guesses"]))
    return _why(weakest) if weakest["score"] < GOOD else ""


def _rest(password: str, own: Sequence[str]) -> str:
    """What it leans on too much, or ""."""
    known = {**_known(), "your name or username": guessable.words(own)}
    for rest, found in guessable.remainders(password, known):
        if found and (not rest or _estimated(rest, ())["score"] < GOOD_REST):
            return f"without {' and '.join(found)}, little is left of it"
    return ""


@cache
def _known() -> Mapping[str, re.Pattern[str]]:
    known = texts.passwords()
    return {
        "a phrase that everybody knows": guessable.phrases(known.famous),
        "a day, month, season or year": re.compile(f"{guessable.YEAR}|{guessable.words(known.calendar).pattern}"),
        "rows of keys": guessable.words(known.keys),
        "words of this site and its work": guessable.words(known.work),
    }


def _estimated(password: str, about: Sequence[str]) -> Mapping[str, Any]:
    with _estimating:
        found: Mapping[str, Any] = zxcvbn(password[:LOOKED_AT], user_inputs=[word for word in about if word])
        return found


def _why(found: Mapping[str, Any]) -> str:
    seen = {match[key] for match in found["sequence"] for key in ("pattern", "dictionary_name") if key in match}
    return next((words for kind, words in WHY.items() if kind in seen), FEW_WORDS)


def suggested() -> str:
    """A fresh password of six different words of some 2,500: 67 random bits, easy to write down and to type."""
    return "-".join(secrets.SystemRandom().sample(words(), WORDS))


@cache
def words() -> tuple[str, ...]:
    """All that we suggest is made of."""
    return tuple(word for theme in texts.passwords().suggested.values() for word in theme)


def hashed(password: str) -> str:
    """What is stored of a password."""
    return bcrypt.hashpw(_prepared(password), bcrypt.gensalt(COST)).decode()


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one. Takes as long when there is none, so time tells nobody who exists."""
    right = bcrypt.checkpw(_prepared(password), (stored or f"$2b${COST:02d}${_NOBODY}").encode())
    return right and stored is not None


def _prepared(password: str) -> bytes:
    """The whole password in 44 bytes: bcrypt takes no more than 72 and no NUL."""
    normal = unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
    return base64.b64encode(hashlib.sha256(normal).digest())
