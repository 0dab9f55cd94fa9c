"""The log of this server: one line for each thing that happened, and nobody in it.

`MCM_LOG=json` or `plain` writes a line for every request as well: when, which address (as a template), how it ended,
how long it took. Never what was asked for, sent or brought along, nor where from. What other libraries have to say is
written without what they fill in, and errors without their message, which may quote what somebody wrote: the kind of
error and the lines of code that it came through are there. An error that is expected, and that its reader was told in
words, is its kind and what the system said, once in a while: while a database is away every page meets the same one.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from mcm_core.domain.errors import McmError
from mcm_core.store.engine import ROOT

VARIABLE = "MCM_LOG"
JSON, PLAIN = "json", "plain"
OURS = ("mcm_core", "app")
OTHERS = ("uvicorn", "streamlit")
FIELDS = "fields"
QUIET = 5.0  # seconds in which an expected error of one kind is written once
_request: ContextVar[str | None] = ContextVar("request", default=None)
_log = logging.getLogger("mcm_core.requests")


class BadSetting(McmError):
    """`MCM_LOG` names a format that does not exist."""


def wanted() -> str | None:
    """The format in which every request is written, or None. Raises BadSetting."""
    text = os.environ.get(VARIABLE, "").strip().lower()
    if text not in {"", JSON, PLAIN}:
        raise BadSetting(f"{VARIABLE} is “{text}”; it can be json or plain. Correct it and start again.")
    return text or None


def set_up() -> None:
    """Write everybody's lines in this form to the standard error. Harmless when repeated."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_json=wanted() == JSON))
    handler.addFilter(OnceInAWhile())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS[0]).setLevel(logging.INFO if wanted() else logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in OTHERS:
            other = logging.getLogger(name)
            other.handlers.clear()
            other.propagate = True


@contextmanager
def a_request() -> Iterator[None]:
    """Give what is logged meanwhile the number of one request."""
    before = _request.set(secrets.token_hex(4))
    try:
        yield
    finally:
        _request.reset(before)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Write that a request has been answered."""
    told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    _log.info("answered", extra={FIELDS: told})


class OnceInAWhile(logging.Filter):
    """Lets everything through, and expected errors (McmError) of one kind from one place once in `QUIET` seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._written: dict[tuple[str, str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be written."""
        error = record.exc_info and record.exc_info[1]
        if not isinstance(error, McmError):
            return True
        kind, now = (record.name, str(record.msg), type(error).__name__), self._clock()
        if kind in self._written and now - self._written[kind] < QUIET:
            return False
        self._written[kind] = now
        return True


class Lines(logging.Formatter):
    """One line for each record: a JSON object, or words and name=value."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _words(record),
        }
        told |= {"request": _request.get()} if _request.get() else {}
        told |= getattr(record, FIELDS, {})
        if record.exc_info and record.exc_info[1]:
            told["error"] = _error(record.exc_info[1])
        if self._as_json:
            return json.dumps(told, ensure_ascii=False)
        first = [str(told.pop(name)) for name in ("at", "level", "logger", "event")]
        return " ".join([*first, *(f"{name}={value}" for name, value in told.items())])


def _words(record: logging.LogRecord) -> str:
    ours = record.name.partition(".")[0] in OURS
    words = record.getMessage() if ours else str(record.msg)
    return " ".join(words.split())


def _error(error: BaseException | None) -> str:
    """The kind of an error, what the system said of it, what it came from, and where it came through if nobody
    expected it."""
    said, expected = [], isinstance(error, McmError)
    while error is not None:
        places = " < ".join(reversed(_places(error.__traceback__)))
        where = "" if expected else f" at {places or 'nowhere'}"
        said.append(f"{type(error).__name__}{_from_the_system(error)}{where}")
        error = error.__cause__ or error.__context__
    return "; because of ".join(said)


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def _from_the_system(error: BaseException) -> str:
    """The words of the disk, the network or the database about themselves; never those of anybody."""
    if isinstance(error, OSError):
        return f" ({error.strerror})" if error.strerror else ""
    if type(error).__name__ == "OperationalError":
        first = str(getattr(error, "orig", error)).strip().splitlines()
        return f" ({first[0]})" if first else ""
    return ""
