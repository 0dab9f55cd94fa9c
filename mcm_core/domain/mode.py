"""Three honest ways of keeping an answer. Which one holds is said on the ballot before anybody answers.

Sources: domain.md §2.23 and identity_copy; security-and-reliability.md §D3.
"""

from __future__ import annotations

from enum import StrEnum

from mcm_core.domain.errors import Refused

ANONYMOUS_FROM = 5
"""However low a cohort sets its threshold: two of four who put their heads together know what the other two said."""


class Mode(StrEnum):
    """How the answers of one round are kept; fixed when it is opened."""

    NAMED = "named"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"

    @property
    def label(self) -> str:
        """What the facilitator chooses from."""
        return {"named": "Named, by consent", "confidential": "Confidential", "anonymous": "Anonymous"}[self.value]


def threshold(mode: Mode, of_cohort: int) -> int:
    """The smallest group of which a round of this mode shows a picture."""
    return max(of_cohort, ANONYMOUS_FROM) if mode is Mode.ANONYMOUS else of_cohort


def promise(mode: Mode, threshold: int) -> str:
    """What a member reads before answering (identity_copy)."""
    totals = f"others only see totals of {threshold} people or more."
    saved = "Your answers are saved under your link, so you can see your own journey."
    yours = "You can change or delete them. The person who looks after the computer could read them."
    return {
        Mode.CONFIDENTIAL: f"Confidential. {saved} {totals.capitalize()} {yours}",
        Mode.NAMED: (
            "Named, by consent. Your name shows with your answers only if you say yes. "
            f"Without your yes, {totals} {saved} {yours}"
        ),
        Mode.ANONYMOUS: (
            "Anonymous. Not linked to you. We can't show, change or delete it later. "
            "We keep that you answered, not what. The person who looks after the computer could, in theory, watch "
            "while you answer. They could also copy its files before the vote closes: if few of us have answered, or "
            "all the same, that copy tells your answer. After that nobody can look it up. "
            f"Nothing is shown of fewer than {threshold} answers, and nothing before the vote has closed. "
            "In a small group, people may still guess."
        ),
    }[mode]


def too_few(members: int) -> str:
    """Why an answer could not be anonymous among so many."""
    are = {0: "There is nobody in the group yet", 1: "There is one of you"}.get(members, f"There are {members} of you")
    return f"{are}; this could not be anonymous."


def refuse_too_small(members: int, threshold: int) -> None:
    """Raise Refused where an answer could not be anonymous, with what may be done instead (domain.md §5, row 21)."""
    if members < threshold:
        raise Refused(
            f"{too_few(members)} It takes at least {threshold}. You could talk it "
            "through, ask with names by consent, or skip it."
        )
