"""Votes of N phones within seconds: the product, and the same load on the minimal app and on the raw server."""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.load.bars import Bars
from tests.load.measure import Figures, Waits, measure
from tests.load.stages import Minimal, Ours, Raw, Stage

IDLE, SHORT, PATIENCE = 10.0, 0.1, 90.0
COHORTS, EACH, ALONE = 20, 20, 3
HEAD = (
    "| app | N | tap → saved p50 / p95 | tap → room p50 / p95 | CPU per vote | idle CPU | memory | lost votes |\n"
    "|---|---|---|---|---|---|---|---|"
)
COHORTS_HEAD = (
    "| app | cohorts at once | tap → saved p95: median, slowest | tap → room p95: median, slowest | lost |\n"
    "|---|---|---|---|---|"
)


def within(phones: int) -> float:
    """The seconds in which so many phones cast two votes each: 300 in 5 s, 1,000 in 10 s."""
    return 10.0 if phones > 500 else 5.0


def phones(sizes: Sequence[int], bars: Bars) -> None:
    """The table of one room at several sizes."""
    print(HEAD, flush=True)
    for size in sizes:
        ours, *least = (one(kind, size) for kind in (Ours, Minimal, Raw))
        for kind, figures in zip((Minimal, Raw), least, strict=True):
            print(_ratio(kind.name, size, ours, figures), flush=True)
        _judge(size, ours, *least, bars)


def one(kind: type[Stage], size: int) -> Figures:
    """One app at one size; prints its row."""
    figures = _measured(kind, size, idle=IDLE)
    print(_row(kind.name, size, figures), flush=True)
    print(f"  {_circumstances(figures)}", file=sys.stderr, flush=True)
    return figures


def cohorts(bars: Bars) -> None:
    """Twenty cohorts at once against one that is alone (three times: twenty phones are few for a p95)."""
    print(f"\n{COHORTS_HEAD}", flush=True)
    for kind in (Ours, Minimal, Raw):
        alone = [_measured(kind, EACH) for _ in range(ALONE)]
        print(_groups_row(kind.name, 1, alone), flush=True)
        together = _measured(kind, COHORTS * EACH, rooms=COHORTS)
        print(_groups_row(kind.name, COHORTS, [together]), flush=True)
        print(f"  {_circumstances(together)}", file=sys.stderr, flush=True)
        if kind is Ours:
            _judge_groups(alone, together, bars)


def _measured(kind: type[Stage], size: int, *, rooms: int = 1, idle: float = SHORT) -> Figures:
    with tempfile.TemporaryDirectory(prefix="mcm-bench-") as folder:
        seconds = within(size)
        return measure(kind, size, Path(folder), within=seconds, idle=idle, patience=PATIENCE, rooms=rooms)


def _judge(size: int, ours: Figures, minimal: Figures, raw: Figures, bars: Bars) -> None:
    """The bars of issue 4 at 300 and 1,000 phones; that nothing is lost at any size."""
    bars.at_most(f"{size} phones: lost votes", ours.lost, 0)
    if size == 300:
        bars.at_most("300 phones: tap → saved p95", ours.saved_p95, 60, "ms")
        bars.at_most("300 phones: tap → room p95", ours.room_p95, 250, "ms")
        bars.at_most("300 phones: CPU per vote, minimal = 1", _by(ours.cpu_per_vote, minimal.cpu_per_vote), 1.3)
        bars.at_most("300 phones: CPU per vote, raw = 1", _by(ours.cpu_per_vote, raw.cpu_per_vote), 3.0)
        bars.at_most("300 screens idle: CPU", ours.idle_cpu, 2.0, "% of a core")
        bars.at_most("300 screens idle: memory of each", ours.per_screen, 0.4, "MB")
    if size == 1000:
        bars.at_most("1000 phones in one process: tap → saved p95", ours.saved_p95, 500, "ms")
        bars.at_most("1000 phones in one process: tap → room p95", ours.room_p95, 500, "ms")


def _judge_groups(alone: Sequence[Figures], together: Figures, bars: Bars) -> None:
    bars.at_most(f"{COHORTS} cohorts at once: lost votes", together.lost, 0)
    for name, what in (("saved_p95", "saved"), ("room_p95", "room")):
        reference = _median([getattr(figures, name) for figures in alone])
        slowest = max(getattr(group, name) for group in together.groups)
        worst = f"{COHORTS} cohorts at once: tap → {what} p95 of the slowest, alone = 1"
        bars.at_most(worst, _by(slowest, reference), 1.5)


def _by(ours: float, yardstick: float) -> float:
    return ours / yardstick if yardstick else math.nan


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _row(name: str, size: int, of: Figures) -> str:
    return (
        f"| {name} | {size} | {of.saved_p50:.0f} / {of.saved_p95:.0f} ms | {of.room_p50:.0f} / {of.room_p95:.0f} ms "
        f"| {of.cpu_per_vote:.1f} ms | {of.idle_cpu:.1f} % | {of.memory:.0f} MB | {of.lost} |"
    )


def _groups_row(name: str, number: int, played: Sequence[Figures]) -> str:
    groups: list[Waits] = [group for figures in played for group in figures.groups]

    def said(values: Sequence[float]) -> str:
        return f"{_median(values):.0f}, {max(values):.0f} ms"

    times = f" ({len(played)} times)" if len(played) > 1 else ""
    lost = sum(figures.lost for figures in played)
    saved, room = [group.saved_p95 for group in groups], [group.room_p95 for group in groups]
    return f"| {name} | {number}{times} | {said(saved)} | {said(room)} | {lost} |"


def _circumstances(of: Figures) -> str:
    said = "".join(f"; {times} phones said “{words}”" for words, times in Counter(of.complaints).items())
    return (
        f"(The busiest process of phones used {of.phones_cpu:.0f} % of a core, everybody else on this machine "
        f"{of.others_cpu:.0f} %; {of.per_screen:.2f} MB for each screen; {of.unconfirmed} taps heard no “Saved”{said}.)"
    )


def _ratio(kind: str, size: int, ours: Figures, yardstick: Figures) -> str:
    def of(name: str) -> str:
        least = getattr(yardstick, name)
        return f"{getattr(ours, name) / least:.1f}" if least else "–"

    return (
        f"| mcm / {kind} | {size} | {of('saved_p50')} / {of('saved_p95')} | {of('room_p50')} / {of('room_p95')} "
        f"| {of('cpu_per_vote')} | {of('idle_cpu')} | {of('memory')} | |"
    )
