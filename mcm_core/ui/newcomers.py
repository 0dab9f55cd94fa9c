"""What a group wrote for itself before somebody came: a facilitator asks the group, and writes down what it says."""

from __future__ import annotations

from mcm_core.services import cohorts, note_reading
from mcm_core.store.engine import read, write
from mcm_core.ui.asked import Asked
from mcm_core.ui.page import Here
from mcm_core.ui.pieces import words
from mcm_core.ui.press import button

SETTINGS = "settings"


def newcomers_asked(here: Here) -> list[Asked]:
    """For facilitators: that somebody came later, until it is written down whether they read the earlier notes."""
    with read() as db:
        late = note_reading.to_ask_about(db, here.visitor, here.cohort.id)
    if not late:
        return []
    who = " and ".join(filter(None, [", ".join(late[:-1]), late[-1]]))
    does = "does" if len(late) == 1 else "do"
    said = (
        f"{who} came later and {does} not read what the group wrote for itself before. Ask the group, and write its "
        "answer down under Settings."
    )
    return [Asked("cohort.py", "Write down whether newcomers may read earlier notes", "group_add", said, SETTINGS)]


def newcomers(here: Here) -> None:
    """What holds at the moment, and what the group may say."""
    if here.cohort.newcomers_read:
        words("Somebody who joins later reads what the group wrote for itself before.")
    elif here.cohort.newcomers_asked:
        words("Somebody who joins later does not read what the group wrote for itself before they came.")
    else:
        words(
            "Somebody who joins later does not read what the group wrote for itself before they came. When that "
            "happens, ask the group at the start of the session, and write down here what it says."
        )
    if not here.cohort.newcomers_read:
        _answer(here, "The group says yes: newcomers may read it", yes=True)
    if not here.cohort.newcomers_asked:
        _answer(here, "The group says no", yes=False)
    if here.cohort.newcomers_read:
        _answer(here, "Newcomers read it no more", yes=False)


def _answer(here: Here, label: str, *, yes: bool) -> None:
    key = f"{here.cohort.id}.newcomers.{here.cohort.newcomers_read}.{here.cohort.newcomers_asked}.{yes}"
    button(label, lambda: _let_newcomers_read(here, yes), key=key)


def _let_newcomers_read(here: Here, yes: bool) -> None:
    with write() as db:
        cohorts.let_newcomers_read(db, here.visitor, here.cohort.id, yes=yes)
