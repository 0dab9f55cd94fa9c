"""What one browser tab remembers. The only module that names `st.session_state`; nothing that matters lives here."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from mcm_core.domain.decision import Decision
from mcm_core.domain.group_agreement import GroupAgreement
from mcm_core.domain.note import Note


@dataclass
class Draft:
    """A note that is being written in one place. `generation` renews its widgets once the text is safe or given up.

    `about` is the session and theme it was begun about; `began` the note, if its author is changing one. `pressed`:
    saving was asked for and has not been tried yet. `upon` is what was stored of a text that several people write when
    its boxes were drawn.
    """

    generation: int = 0
    about: tuple[int, str | None] | None = None
    began: Note | None = None
    said: str | None = None
    pressed: bool = False
    upon: GroupAgreement | Decision | None = None

    def press(self) -> None:
        """Ask for it to be saved. For a callback: nothing of Streamlit is touched."""
        self.pressed = True


STANDS = 4.0  # seconds that a message outlives runs of the page


@dataclass
class Visit:
    """The memory of one tab. `outcomes` are those of presses that no screen has shown yet, by the button's key."""

    cohort_id: str | None = None
    drafts: dict[str, Draft] = field(default_factory=dict)
    editing: str | None = None
    block: tuple[str, str] | None = None  # the one that was tapped in the plan, and its line as this browser has it
    waited: bool = False  # whoever used this tab stood at the door, and is not let in
    message: str | None = None
    erased: bool = False  # whoever used this tab has just erased what was theirs
    refused: str | None = None
    late_refused: str | None = None
    unkept: dict[str, str] = field(default_factory=dict)  # why what stands in a box was not kept, by the box's key
    application: str | None = None  # the one that is being read
    turned: int = 0  # how often the next one was asked for by its button, which renews the list to choose from
    recovery_codes: tuple[str, ...] = ()
    outcomes: dict[str, list[str | None]] = field(default_factory=dict)
    _said: tuple[str, float, str] | None = None

    def to_say(self, moment: float, page: str) -> str | None:
        """What was just done. `moment` counts seconds; for the first few, whatever draws this page anew says it again:
        what somebody does may change the page for everybody, which draws it twice. It follows to no other page."""
        if self.message:
            self._said, self.message = (self.message, moment, page), None
        if self._said and (moment - self._said[1] > STANDS or page != self._said[2]):
            self._said = None
        return self._said[0] if self._said else None


def visit() -> Visit:
    """This tab's memory; empty when the tab is new."""
    remembered: Visit = st.session_state.setdefault("visit", Visit())
    return remembered


def chosen(key: str) -> int | None:
    """What the widget with this key says in this browser; None when nothing is chosen. For callbacks."""
    value = st.session_state.get(key)
    return value if isinstance(value, int) else None


def typed(key: str) -> str:
    """What stands in the text box with this key. For callbacks."""
    return str(st.session_state.get(key) or "")


def choose(key: str, value: str) -> None:
    """Let the widget with this key say this, before it is drawn."""
    st.session_state[key] = value


def is_drawn(key: str) -> bool:
    """Whether the widget with this key was on the page already, perhaps with something in it that was not sent."""
    return key in st.session_state


def forget() -> None:
    """Empty the tab's memory, so that the next person at this browser starts clean."""
    st.session_state.clear()
