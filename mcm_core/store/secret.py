"""The server's secret, and what is made with it: keyed hashes, derived links, sealed words, tokens and their digests.

Whoever loses the secret loses the links on printed cards and the second steps of facilitators, and nothing else: both
can be made anew (`mcm reset-link`).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from mcm_core.domain.errors import McmError
from mcm_core.store.engine import database_url, local_folder
from mcm_core.store.folders import private

LENGTH_MIN = 32
SYMBOLS_MIN = 8  # different ones: "changeme" four times over has fewer
#: What stands in examples, templates and the source of libraries, in pieces: whoever copied it has no secret.
KNOWN = (
    *("changeme", "change-me", "change_me", "some_key", "secretkey", "secret-key", "secret_key", "your-secret"),
    *("your_secret", "default", "example", "insecure", "password", "0123456789abcdef", "abcdefghijklmnop"),
)


class NoSecret(McmError):
    """The server has no secret that it could trust; it must not start."""


class SealedElsewhere(McmError):
    """Something was sealed with another secret than the one the server has now."""


def secret() -> bytes:
    """`MCM_SECRET`, or the file `secret` in the local folder, made at its first use. Raises NoSecret.

    On PostgreSQL there is no such file: several servers may share the database, and each would make one of its own.
    """
    if given := os.environ.get("MCM_SECRET"):
        return _trusted(given, "MCM_SECRET")
    if not database_url().startswith("sqlite"):
        raise NoSecret(
            "On PostgreSQL set MCM_SECRET to at least 32 random characters, the same for every server that uses this "
            "database (one that has served alone: what its file “secret” holds), and start again."
        )
    return _kept(local_folder() / "secret")


def keyed(*parts: str) -> str:
    """A hash of the parts in hexadecimal that only this server can make."""
    return _hmac(parts).hex()


def derived_token(*parts: str) -> str:
    """A token of 43 characters for these parts, always the same one, that only this server can make."""
    return base64.urlsafe_b64encode(_hmac(parts)).decode().rstrip("=")


def token() -> str:
    """A fresh random token of 43 characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token. Plain SHA-256 will do: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def sealed(words: str) -> str:
    """Words that only this server can read again (Fernet: AES-128-CBC with HMAC-SHA-256)."""
    return _fernet().encrypt(words.encode()).decode()


def opened(sealed_words: str) -> str:
    """The words that were sealed. Raises SealedElsewhere when another secret sealed them."""
    try:
        return _fernet().decrypt(sealed_words).decode()
    except InvalidToken as error:
        raise SealedElsewhere(
            "This server has a new secret and cannot read what it kept for your second step. "
            "Ask whoever runs it for a new way in: on the server, mcm reset-link and your username."
        ) from error


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_hmac(("sealing",))))


def _hmac(parts: tuple[str, ...]) -> bytes:
    # JSON keeps ("a", "bc") and ("ab", "c") apart.
    return hmac.digest(secret(), json.dumps(parts).encode(), "sha256")


@cache
def _kept(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        _refuse_open(path)
        return _trusted(path.read_text().strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise NoSecret(
            f"The server's secret cannot be kept in {path}. "
            "Let this program write to that folder, or set MCM_SECRET, and start again."
        ) from error


def _refuse_open(path: Path) -> None:
    if path.stat().st_mode & 0o077:
        raise NoSecret(f"Others on this machine can read the server's secret. Run: chmod 600 {path}")


def _make(path: Path) -> None:
    """Put a whole secret in place, or leave the one that another process was quicker to make."""
    private(path.parent)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)  # unlike a rename, it never replaces
    draft.unlink()


def _trusted(value: str, where: str) -> bytes:
    if len(value) < LENGTH_MIN:
        raise NoSecret(
            f"The secret in {where} is shorter than {LENGTH_MIN} characters. Use a longer, random one and start again."
        )
    if len(set(value)) < SYMBOLS_MIN or any(known in value.casefold() for known in KNOWN):
        raise NoSecret(f"The secret in {where} is one that others know or guess. Use a random one and start again.")
    return value.encode()
