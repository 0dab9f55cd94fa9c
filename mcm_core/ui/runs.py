"""Four moments in which Streamlit would lose what a page drew or a press, and a way around each.

A run draws in a thread and hands what it drew to the server's loop. When a tab asks for a part of its page after the
thread has ended and before the loop has taken over everything, Streamlit starts the next run at once and from then on
ignores what the last one had still to hand over (`AppSession.request_rerun` says so in a comment; streamlit#9921). The
page stands half redrawn, and nobody is told. Here the next run waits for it.

When the run of a part begins, Streamlit takes back what was drawn of that part and has not been sent yet, also by the
run of the whole page. The browser then takes that run for one that drew no such part: what stands beneath moves up into
its place, and the part is drawn over it. A busy server sends late, so that would be in the middle of a session. Here
everything that was drawn is sent.

A press on a part that is just being redrawn is dropped when that part is not known at that moment. Here the whole page
runs for it.

And when somebody follows a link while a part of the page before asks to be drawn anew, as every page does when
something has changed, that part still runs for the page before. It goes back there on the server, and the browser takes
everything off the page that it has just opened, save the navigation. Here a part runs on the page on which its tab is
by then, and not at all where that page has no such part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType

SOON = 0.002  # seconds
Ask = Callable[[AppSession, ClientState | None], None]
Start = Callable[[AppSession, RerunData], None]
Clear = Callable[[AppSession, list[str] | None], None]
Run = Callable[[ScriptRunner, RerunData], None]
Fold = Callable[[ScriptRequests, RerunData], bool]


def lose_nothing() -> None:
    """Have every tab of this process do so. Once, at the start."""
    start, ask = AppSession._create_scriptrunner, AppSession.request_rerun
    AppSession._create_scriptrunner = waiting(start)  # type: ignore[method-assign, assignment]
    AppSession.request_rerun = whole_if_gone(ask)  # type: ignore[method-assign, assignment]
    AppSession._clear_queue = unless_for_a_part(AppSession._clear_queue)  # type: ignore[method-assign, assignment]
    ScriptRunner._run_script = on_its_page(ScriptRunner._run_script)  # type: ignore[method-assign, assignment]
    fold = ScriptRequests._request_rerun_locked
    ScriptRequests._request_rerun_locked = after_the_link(fold)  # type: ignore[method-assign, assignment]


def waiting(start: Start) -> Start:
    """Start a run when the last one has handed over what it drew; or give it to one that has begun meanwhile."""

    @wraps(start)
    def begin(session: AppSession, wanted: RerunData) -> None:
        last = session._scriptrunner
        if session._state is AppSessionState.SHUTDOWN_REQUESTED:
            return
        if last is None:
            start(session, _moved(wanted, session._client_state.page_script_hash))
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

    Not for a page that has been left, or from which a link has been followed: its run would lead back to it.
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
        if wanted and wanted.page_script_hash and not wanted.fragment_id:
            session._client_state.page_script_hash = wanted.page_script_hash  # Streamlit notes it when the run begins
        ask(session, wanted)

    return ask_for


def on_its_page(run: Run) -> Run:
    """Run a part on the page that this thread has just drawn, if the part is there."""

    @wraps(run)
    def run_there(runner: ScriptRunner, wanted: RerunData) -> None:
        parts = wanted.fragment_id_queue
        if not parts or any(runner._fragment_storage.contains(part) for part in parts):
            run(runner, _moved(wanted, runner._get_script_run_ctx().page_script_hash))

    return run_there


def after_the_link(fold: Fold) -> Fold:
    """Let a part that is asked for while a page is about to be drawn not lead that run to the page before."""

    @wraps(fold)
    def fold_in(requests: ScriptRequests, wanted: RerunData) -> bool:
        ahead = requests._rerun_data
        if requests._state is ScriptRequestType.RERUN and not ahead.fragment_id_queue:
            wanted = _moved(wanted, ahead.page_script_hash)
        return fold(requests, wanted)

    return fold_in


def _moved(wanted: RerunData, page: str) -> RerunData:
    """What a part asks for, from this page; unchanged where the whole is asked for, or no page is known."""
    is_part = wanted.fragment_id or wanted.fragment_id_queue
    return replace(wanted, page_script_hash=page) if is_part and page else wanted
