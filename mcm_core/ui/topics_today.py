"""What Today says about topics: what the next session is about, and whether dots are asked for."""

from __future__ import annotations

from mcm_core.domain.cohort import next_session
from mcm_core.domain.dots import DOTS
from mcm_core.services import dots, topics
from mcm_core.store.engine import read
from mcm_core.ui.asked import Asked
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import words


def topics_line(here: Here) -> None:
    """What the next session is about, if that is planned."""
    meeting = next_session(here.cohort.sessions, here.at)
    with read() as db:
        standing = topics.board(db, here.visitor, here.cohort.id)
    about = [one.short for one in standing if meeting and one.planned_for == meeting.number and not one.aside]
    if about:
        words(f"It is about: {' · '.join(about)}")


def dots_asked(here: Here) -> list[Asked]:
    """Dots, while a member is asked for them."""
    with read() as db:
        latest = next(iter(dots.votes(db, here.visitor, here.cohort.id)), None)
        if here.visitor.facilitates or latest is None or not latest.is_open:
            return []
        done = sum(dots.mine(db, here.visitor, latest.id).values()) == DOTS
    return [] if done else [Asked("topics.py", "Give your dots to the topics", "forum")]
