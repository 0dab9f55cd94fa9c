"""The command line with a defence taken out: for the negative controls, which show that the tests notice.

MCM_TEST_WITHOUT names it: `sockets` or `requests` (the guards), `resume` (nobody asks whose session it is), `throttle`
(nobody counts guesses), `policy:a=>b` (b stands in the place of a in the Content-Security-Policy), or nothing.
"""

from __future__ import annotations

import os
import sys

from streamlit.runtime import app_session

from mcm_core import cli
from mcm_core.services import throttle
from mcm_core.web import policy, requests, sockets

CLEARED = "A stranger has emptied the caches"


def weaken(without: str) -> None:
    """Take one defence out of this process."""
    match without.partition(":"):
        case ("", _, _):
            pass
        case ("sockets", _, _):
            sockets.Sockets.__call__ = _straight_on
        case ("requests", _, _):
            requests.Requests.__call__ = _straight_on
        case ("resume", _, _):
            sockets.Sockets._forget_foreign_session = lambda *_: None
        case ("throttle", _, _):
            throttle.count = lambda *_args, **_more: ()
        case ("policy", _, change):
            old, new = change.split("=>")
            whole = policy._streamlit().replace(old, new)
            assert whole != policy._streamlit(), "the policy has no such part"
            policy._streamlit = lambda: whole
        case _:
            raise ValueError(without)


async def _straight_on(guard, scope, receive, send) -> None:
    await guard.app(scope, receive, send)


def _tell(*_: object) -> None:
    print(CLEARED, file=sys.stderr, flush=True)


if __name__ == "__main__":
    weaken(os.environ.get("MCM_TEST_WITHOUT", ""))
    app_session.AppSession._handle_clear_cache_request = _tell
    cli.main()
