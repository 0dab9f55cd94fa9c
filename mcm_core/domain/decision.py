"""What a cohort decided about how to go on, as its facilitators write it down (domain.md §1C row 89 and §3, S6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mcm_core.domain.errors import Conflict, Refused

WORDS_MAX = 2000
ASKED: Mapping[str, str] = {
    "options": "What the options were",
    "feedback": "What we heard from each other",
    "resources": "What resources there are",
    "decided": "What we decided",
    "who": "Who does what",
}
"""The five parts of the record, in the order in which they are asked and read."""
LAST_SESSION = 6
ALWAYS, AT_THE_END = "next_steps", "quick_check"
"""The instruments of a quick check before the decision: the second one may be about anything in another session."""


@dataclass(frozen=True)
class Decision:
    """One cohort's record. `version` goes up with every change, so that nobody writes over another unseen."""

    options: str
    feedback: str
    resources: str
    decided: str
    who: str
    version: int
    changed_at: datetime

    def parts(self, *, with_people: bool = True) -> list[tuple[str, str]]:
        """What is written, each part under its heading. Who does what stays at home when a copy leaves the cohort."""
        told = [(heading, getattr(self, name)) for name, heading in ASKED.items() if with_people or name != "who"]
        return [(heading, words) for heading, words in told if words]


def cleaned(said: Mapping[str, str]) -> dict[str, str]:
    """The parts as they are kept. Raises Refused without a decision, or where there is no room."""
    kept = {name: said[name].strip() for name in ASKED}
    if not kept["decided"]:
        raise Refused(f"“{ASKED['decided']}” is empty. One sentence is enough; “we go on talking” is one.")
    for name, words in kept.items():
        if len(words) > WORDS_MAX:
            raise Refused(f"“{ASKED[name]}” has {len(words)} characters; there is room for {WORDS_MAX}. Shorten it.")
    return kept


def refuse_unseen(now: Decision | None, version: int) -> None:
    """Raise Conflict when somebody else wrote since this version was drawn."""
    if (now.version if now else 0) != version:
        raise Conflict(
            "Another facilitator has changed this since you opened it. Theirs stands beneath; your words are still in "
            "the boxes. Put in what you want to keep of theirs, then press again."
        )
