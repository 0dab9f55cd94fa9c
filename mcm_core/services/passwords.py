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
from xkcdpass import xkcd_password
from zxcvbn import zxcvbn

from mcm_core.domain.account import refuse_password
from mcm_core.domain.errors import Refused

COST = 12
_NOBODY = "zyr5ogpMVp1paL5dPenUs.Pxu6WBh.yEFpfO2UVFk2DMlYOEmgSmq"  # salt and digest of no password
SITE = ("meaningful", "connections", "model", "mcm", "password", "session", "cohort", "facilitator")
GOOD = 4  # of zxcvbn's 0 to 4: 10^10 guesses or more, which a stolen hash withstands as well as the door does
LOOKED_AT = 72  # characters; zxcvbn takes no more
WORDS = 5  # of more than 7,600: 64 bits
#: Why a password is guessed early, from the most telling to the least: a pattern or list of zxcvbn's, and words for it.
WHY = {
    "user_inputs": "it is made of your name, your username or words of this site",
    "repeat": "it says the same over and over",
    "passwords": "it is made of passwords that many people use",
    "spatial": "it follows the keys of a keyboard",
    "sequence": "it follows the alphabet or counts",
    "date": "most of it is a date",
}
#: Left out of what we suggest: words of harm have no place where people support those who were harmed.
UNKIND = re.compile(
    r"agony|armed|attack|batter|beat|blame|bruis|bull[yfw]|captiv|chok|crush|dagger|degrad|demean|drown|drug|drunk|enslav"
    r"|entrap|evil|flogg|griev|grief|grope|gun|harm|hate|humiliat|hurt|imprison|jockstrap|kick|knife|lash|maim|mourn|mutilat"
    r"|oppress|overkill|panic|poison|prison|punch|scare|scari|scary|shackl|shame|slain|slap|slash|smother|spank|stab[^li]"
    r"|strang|subdu|suffer|suffoc|thrash|threat|trapp|undress|unisexual|venom|violat|widow|wound"
)
FEW_WORDS = "it is made of few words that everybody uses"
_estimating = threading.Lock()  # zxcvbn keeps the words of one call where another call would find them


def refuse(password: str, *, username: str, name: str) -> None:
    """Raise Refused, with the reason, for a password that is too short or that others would guess early.

    No mix of signs is asked for (NIST SP 800-63B, 3.1.1.2): a password is held against lists of common ones, of names
    and of words, against the person's own names and this site's words, and looked through for repetition and sequences.
    """
    refuse_password(password, username)
    about = [*SITE, username.casefold(), name.casefold(), *re.split(r"[\W_]+", f"{username} {name}".casefold())]
    # Spaces and hyphens between two words make them look better than they are.
    normal = unicodedata.normalize("NFKC", password)
    looks = {normal[:LOOKED_AT], re.sub(r"[\W_]+", "", normal)[:LOOKED_AT]} - {""}
    weakest = min((_estimated(look, about) for look in looks), key=lambda found: float(found["guesses"]))
    if weakest["score"] < GOOD:
        raise Refused(
            f"That password is easy to guess: {_why(weakest)}. "
            "Choose four or five words that have nothing to do with each other, or let us suggest one."
        )


def _estimated(password: str, about: Sequence[str]) -> Mapping[str, Any]:
    with _estimating:
        found: Mapping[str, Any] = zxcvbn(password, user_inputs=[word for word in about if word])
        return found


def _why(found: Mapping[str, Any]) -> str:
    seen = {match[key] for match in found["sequence"] for key in ("pattern", "dictionary_name") if key in match}
    return next((words for kind, words in WHY.items() if kind in seen), FEW_WORDS)


def suggested() -> str:
    """A fresh password of five words (the EFF's long list): 64 random bits, easy to write down and to type."""
    return "-".join(secrets.choice(_words()) for _ in range(WORDS))


@cache
def _words() -> tuple[str, ...]:
    found: list[str] = xkcd_password.generate_wordlist(wordfile="eff-long", min_length=3, max_length=9)
    return tuple(word for word in found if not UNKIND.search(word))


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
