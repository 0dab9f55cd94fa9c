"""Three moments in which Streamlit would lose what a page drew or a press, and a way around each.

A run draws in a thread and hands what it drew to the server's loop. When a tab asks for a part of its page after the
thread has ended and before the loop has taken over everything, Streamlit starts the next run at once and from then on
ignores what the last one had still to hand over (`AppSession.request_rerun` says so in a comment; streamlit#9921). The
page stands half redrawn, and nobody is told. Here the next run waits for it.

When the run of a part begins, Streamlit takes back what was drawn of that part and has not been sent yet, also by the
run of the whole page. The browser then takes that run for one that drew no such part: what stands beneath moves up into
its place, and the part is drawn over it. A busy server sends late, so that would be in the middle of a session. Here
everything that was drawn is sent.

And a press on a part that is just being redrawn is dropped when that part is not known at that moment. Here the whole
page runs for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner import RerunData

SOON = 0.002  # seconds
Ask = Callable[[AppSession, ClientState | None], None]
Start = Callable[[AppSession, RerunData], None]
Clear = Callable[[AppSession, list[str] | None], None]


def lose_nothing() -> None:
    """Have every tab of this process do so. Once, at the start."""
    start, ask = AppSession._create_scriptrunner, AppSession.request_rerun
    AppSession._create_scriptrunner = waiting(start)  # type: ignore[method-assign, assignment]
    AppSession.request_rerun = whole_if_gone(ask)  # type: ignore[method-assign, assignment]
    AppSession._clear_queue = unless_for_a_part(AppSession._clear_queue)  # type: ignore[method-assign, assignment]


def waiting(start: Start) -> Start:
    """Start a run when the last one has handed over what it drew; or give it to one that has begun meanwhile."""

    @wraps(start)
    def begin(session: AppSession, wanted: RerunData) -> None:
        last = session._scriptrunner
        if session._state is AppSessionState.SHUTDOWN_REQUESTED:
            return
        if last is None:
            start(session, wanted)
        elif not last.request_rerun(wanted):
            session._event_loop.call_later(SOON, begin, session, wanted)

    return begin


def unless_for_a_part(clear: Clear) -> Clear:
    """Take back what was not sent yet when the whole page is drawn anew, and nothing when parts of it are."""

    @wraps(clear)
    def clear_for(session: AppSession, parts: list[str] | None = None) -> None:
        if parts:
            # What the parts draw comes after it, in place of being put where the same was drawn before.
            session._browser_queue._delta_index_map = {}
        else:
            clear(session, parts)

    return clear_for


def whole_if_gone(ask: Ask) -> Ask:
    """Ask for the whole page when somebody pressed in a part of it that is not there at the moment.

    Not for a page that has been left: its run would lead back to it.
    """

    @wraps(ask)
    def ask_for(session: AppSession, wanted: ClientState | None) -> None:
        if (
            wanted
            and not wanted.is_auto_rerun
            and not (wanted.fragment_id and session.has_fragment(wanted.fragment_id))
            and wanted.page_script_hash == session._client_state.page_script_hash
        ):
            wanted.fragment_id = ""
        ask(session, wanted)

    return ask_for
