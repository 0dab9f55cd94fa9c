"""One life of a server, forked from a process that has imported everything (multiprocessing's fork server).

The `whole` one is `mcm serve` from there on: the migration at the start, uvicorn, every guard, Streamlit, the database;
it is up in half a second. The other serves our own routes alone, behind the same uvicorn and the guards that they pass,
with the same services and the same database; it is up in a tenth, so that it can be killed a thousand times.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import ModuleType, TracebackType

STARTING, STOPPING = 60.0, 20.0
#: A phone here taps without a pause; how often one may is for tests/security.
NO_LIMITS = {"MCM_LIMIT_POSTS": "100000", "MCM_LIMIT_GETS": "100000"}

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.faults.imported"])


def forked(target: Callable[..., None], *arguments: object) -> multiprocessing.process.BaseProcess:
    """A process that runs this function, with everything imported."""
    process = _processes.Process(target=target, args=arguments, daemon=True)  # type: ignore[attr-defined]
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")  # it would run again there; after a test of pages it is the frame
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
    return process  # type: ignore[no-any-return]


class Life:
    """A server that can be started, killed and started again on the same port. As a block it is stopped at the end."""

    def __init__(self, settings: dict[str, str], *, whole: bool = False, without: str = "") -> None:
        self.settings, self.whole, self.without = settings, whole, without
        self.port = free_port()
        self.log = Path(settings["MCM_LOCAL"]) / "log"
        self._process: multiprocessing.process.BaseProcess | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def start(self) -> float:
        """Begin a life; the seconds until it answers."""
        began = time.monotonic()
        arguments = (self.port, self.settings, self.whole, self.without, str(self.log))
        self._process = forked(_live, *arguments)
        while not self.answers():
            assert self._process.is_alive(), f"The server ended by itself:\n{self.said()[-2000:]}"
            assert time.monotonic() - began < STARTING, "The server does not answer"
            time.sleep(0.01)
        return time.monotonic() - began

    def answers(self, path: str = "/healthz") -> bool:
        """Whether it answers with 200."""
        line = HTTPConnection(self.address, timeout=5)
        try:
            line.request("GET", path)
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()

    def kill(self) -> None:
        """End it at once: it can do nothing about it."""
        self._end(signal.SIGKILL)

    def stop(self) -> float:
        """Ask it to end; the seconds that it took."""
        return self._end(signal.SIGTERM)

    def said(self) -> str:
        """Its log, of all its lives."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _end(self, how: signal.Signals) -> float:
        if self._process is None:
            return 0.0
        began = time.monotonic()
        if self._process.is_alive():
            os.kill(self.pid, how)
        self._process.join(STOPPING)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process = None
        return time.monotonic() - began

    def __enter__(self) -> Life:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def _live(port: int, settings: dict[str, str], whole: bool, without: str, log: str) -> None:
    from mcm_core import cli
    from tests.faults import imported
    from tests.faults.weakened import weaken

    with Path(log).open("a") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    os.environ.update(settings)
    weaken(without)
    if whole:
        cli._serve("127.0.0.1", port)
    else:
        imported.serve_routes(port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
