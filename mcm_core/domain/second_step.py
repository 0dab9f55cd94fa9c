"""The second step of signing in: how codes and keys are written, and read as people type them."""

from __future__ import annotations

import re
from datetime import datetime

DIGITS = 6
SECONDS = 30  # RFC 6238 §5.2: the time step
EITHER_SIDE = 1  # RFC 6238 §5.2: one step either side for clocks that differ
KEY_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # base32, as every app takes it
KEY_LENGTH = 32  # 160 bits, RFC 4226 §4 R6
RECOVERY_CODES = 10
RECOVERY_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without look-alikes
RECOVERY_LENGTH = 12  # 58 bits


def is_code(said: str) -> bool:
    """Whether this can be an app's code: six digits, however they are spaced."""
    return re.fullmatch(rf"\d{{{DIGITS}}}", compact(said), re.ASCII) is not None


def compact(said: str) -> str:
    """A code as it is compared: no spaces or hyphens, capital letters."""
    return re.sub(r"[\s\-–]", "", said).upper()


def in_groups(code: str) -> str:
    """A long code as it is read aloud and typed: four symbols at a time."""
    return "-".join(code[first : first + 4] for first in range(0, len(code), 4))


def step_of(at: datetime) -> int:
    """The number of the 30 seconds in which a moment lies."""
    return int(at.timestamp()) // SECONDS


def steps_around(at: datetime) -> range:
    """The steps whose code is good at this moment, the earliest first."""
    return range(step_of(at) - EITHER_SIDE, step_of(at) + EITHER_SIDE + 1)
