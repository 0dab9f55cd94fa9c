"""What an examination of the server says, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "look", "broken"]


@dataclass(frozen=True)
class Line:
    """One thing that was looked at. `look`: it works, and somebody should see to it. `do` is "" for nothing to do."""

    about: str
    state: State
    says: str
    do: str = ""
