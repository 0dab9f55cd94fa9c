"""Hashing passwords. It takes a third of a second on purpose; hold no transaction open meanwhile."""

from __future__ import annotations

import base64
import hashlib
import unicodedata

import bcrypt

COST = 12
_NOBODY = "zyr5ogpMVp1paL5dPenUs.Pxu6WBh.yEFpfO2UVFk2DMlYOEmgSmq"  # salt and digest of no password


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
