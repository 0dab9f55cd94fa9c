"""What may still come of a cohort's six sessions, so that nobody is told to wait for what will not be."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from mcm_core.domain.cohort import Cohort, held


def meets_again(cohort: Cohort, now: datetime) -> bool:
    """Whether another session begins after this moment."""
    return any(meeting.starts_at > now for meeting in held(cohort.sessions))


def may_vote_again(cohort: Cohort, voted: Collection[int], now: datetime) -> bool:
    """Whether a session that is not over may still vote on what these sessions voted on."""
    return any(meeting.over_at > now and meeting.number not in voted for meeting in held(cohort.sessions))
