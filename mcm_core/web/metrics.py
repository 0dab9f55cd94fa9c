"""Figures about this process in Prometheus' text format, for whoever watches over it. Off unless asked for.

No label names a cohort, a member, a round or an address. What an anonymous answer moves (a run of the page, statements,
time of the processor) stands still while one may come in, so that no series of figures tells when it came, let alone
whose it was (threat 14); it is made up for afterwards, all at once. The votes of an anonymous round count when it is
closed.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, start_http_server
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mcm_core.domain.errors import McmError
from mcm_core.services import bags, readings
from mcm_core.store import backups, counts
from mcm_core.store.engine import read
from mcm_core.web.replies import sorry

log = logging.getLogger(__name__)
PORT, TOKEN = "MCM_METRICS_PORT", "MCM_METRICS_TOKEN"
SHORTEST = 16  # characters of a token
FINE = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

registry = CollectorRegistry()
requests = Histogram(
    "http_request_duration_seconds",
    "Requests by address (as a template), without event streams and files",
    ("method", "route", "code"),
    registry=registry,
)
ballots = Histogram(
    "mcm_ballot_duration_seconds", "From a tap's arrival to its being stored", buckets=FINE, registry=registry
)
votes = Counter("mcm_votes", "Answers stored; those of an anonymous round at its close", registry=registry)
sockets = Gauge("mcm_open_websockets", "Open pages", registry=registry)
streams = Gauge("mcm_open_streams", "Open event streams", registry=registry)
runs = Histogram(
    "mcm_script_run_duration_seconds", "Runs of a page or a part of it, from being asked for", registry=registry
)
statements = Histogram("mcm_db_statement_duration_seconds", "Statements", buckets=FINE, registry=registry)
transactions = Histogram(
    "mcm_db_transaction_duration_seconds", "Transactions with their commit", buckets=FINE, registry=registry
)
lag = Histogram(
    "mcm_signal_lag_seconds", "From a commit on this server to the word in a stream", buckets=FINE, registry=registry
)
backed_up = Gauge(
    "mcm_backup_last_success_timestamp_seconds", "When the newest regular backup was made; 0: none", registry=registry
)
not_backed_up = Gauge(
    "mcm_backup_last_failure_timestamp_seconds", "When the daily backup last failed; 0: not since", registry=registry
)
backed_up.set_function(lambda: at.timestamp() if (at := backups.newest()) else 0.0)
not_backed_up.set_function(lambda: failed.at.timestamp() if (failed := backups.failure()) else 0.0)
throttled = Counter("mcm_throttled", "Refused for coming too often or too much", ("what",), registry=registry)
for collector in (ProcessCollector, PlatformCollector, GCCollector):
    collector(registry=registry)

#: What an anonymous answer moves.
HELD = ("mcm_script_run", "mcm_db_", "process_cpu_", "python_gc_")


class BadSetting(McmError):
    """A setting for the figures cannot be used."""


class Held(Collector):
    """The figures as they may be shown at this moment. `may_come` says whether an anonymous answer may come in."""

    def __init__(self, source: CollectorRegistry, may_come: Callable[[], bool]) -> None:
        self._source, self._may_come = source, may_come
        self._shown: list[Metric] = []

    def collect(self) -> Iterable[Metric]:
        """Every figure; those that an anonymous answer moves as they were before one might come."""
        found = list(self._source.collect())  # first: what came in after the question below must not be in it
        holds = self._may_come()
        if not holds:
            self._shown = [one for one in found if one.name.startswith(HELD)]
        yield from (one for one in found if not one.name.startswith(HELD))
        yield from self._shown
        yield GaugeMetricFamily("mcm_figures_held", "1 while some stand still for an anonymous round", float(holds))


def may_come() -> bool:
    """Whether somebody may send an anonymous answer just now. Where nobody can tell, yes."""
    try:
        with read() as db:
            return bags.may_come(db, since=datetime.now(UTC) - readings.PRESENT)
    except Exception:  # a database in trouble must not make figures tell more
        log.warning("The figures are held back, because the database does not answer")
        return True


shown = CollectorRegistry()
shown.register(Held(registry, may_come))


def is_wanted() -> bool:
    """Whether the figures are kept at all. Raises BadSetting."""
    return port() is not None or token() is not None


def port() -> int | None:
    """The port of their own, on this machine alone (`MCM_METRICS_PORT`). Raises BadSetting."""
    text = os.environ.get(PORT, "").strip()
    if text and not (text.isdecimal() and 0 < int(text) < 65536):
        raise BadSetting(f"{PORT} is “{text}”, which is not a port. Correct it and start again.")
    return int(text) if text else None


def token() -> str | None:
    """What opens them under /metrics (`MCM_METRICS_TOKEN`). Raises BadSetting when it could be guessed."""
    text = os.environ.get(TOKEN, "").strip()
    if text and len(text) < SHORTEST:
        raise BadSetting(f"{TOKEN} is shorter than {SHORTEST} characters. Choose a longer one and start again.")
    return text or None


@contextmanager
def shown_on_a_port() -> Iterator[None]:
    """While this lasts, answer on the port of their own, if there is one."""
    chosen = port()
    try:
        server, thread = start_http_server(chosen, "127.0.0.1", shown) if chosen else (None, None)
    except OSError:  # a session must not wait for figures
        log.exception("%s %s is taken by another program; no figures are shown there", PORT, chosen)
        server, thread = None, None
    yield
    if server and thread:
        server.shutdown()
        server.server_close()
        thread.join()


def show(request: Request) -> Response:
    """GET /metrics, for whoever brings the token; for everybody else there is nothing here."""
    brought = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(brought.encode(), (token() or "").encode()):
        return sorry("There is nothing here.", 404)
    return Response(generate_latest(shown), media_type=CONTENT_TYPE_LATEST)


def routes() -> list[Route]:
    """The address on the server itself, where a token is set."""
    return [Route("/metrics", show, methods=["GET"])] if token() else []


def count(what: str, by: int) -> None:
    """For `counts.on_count`."""
    if what == counts.VOTES:
        votes.inc(by)
