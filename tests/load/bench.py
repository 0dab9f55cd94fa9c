"""`make bench`: drive a running server over its real protocol as N phones, and print what it took.

Each phone casts current and desired within five seconds; one room screen watches; the database is checked afterwards.
The same load then plays on a minimal Streamlit app and on a raw server, so that the figures say something anywhere.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.load import journey
from tests.load.measure import Figures, measure
from tests.load.stages import Minimal, Ours, Raw, Stage

WITHIN, IDLE, PATIENCE = 5.0, 10.0, 90.0
HEAD = (
    "| app | N | tap → saved p50 / p95 | tap → room p50 / p95 | CPU per vote | idle CPU | memory | lost votes |\n"
    "|---|---|---|---|---|---|---|---|"
)


def main(arguments: list[str] | None = None) -> int:
    """Run the bench; 1 when a vote was lost."""
    asked = _parser().parse_args(arguments)
    print(f"{_now()}, {machine()}\n\n{HEAD}", flush=True)
    lost = 0
    for phones in [5] if asked.quick else asked.phones:
        ours, *least = (_one(kind, phones, quick=asked.quick) for kind in (Ours, Minimal, Raw))
        for kind, figures in zip((Minimal, Raw), least, strict=True):
            print(_ratio(kind.name, phones, ours, figures), flush=True)
        lost += ours.lost
    if not asked.quick:
        with tempfile.TemporaryDirectory(prefix="mcm-bench-") as folder:
            print("\n".join(journey.report(Path(folder))), flush=True)
    return int(lost > 0)


def _one(kind: type[Stage], phones: int, *, quick: bool) -> Figures:
    with tempfile.TemporaryDirectory(prefix="mcm-bench-") as folder:
        within, idle, patience = (1.0, 1.0, 0.0) if quick else (WITHIN, IDLE, PATIENCE)
        figures = measure(kind, phones, Path(folder), within=within, idle=idle, patience=patience)
    print(_row(kind.name, phones, figures), flush=True)
    print(f"  {_circumstances(figures)}", file=sys.stderr)
    return figures


def _row(name: str, phones: int, of: Figures) -> str:
    return (
        f"| {name} | {phones} | {of.saved_p50:.0f} / {of.saved_p95:.0f} ms | {of.room_p50:.0f} / {of.room_p95:.0f} ms "
        f"| {of.cpu_per_vote:.1f} ms | {of.idle_cpu:.1f} % | {of.memory:.0f} MB | {of.lost} |"
    )


def _circumstances(of: Figures) -> str:
    said = "".join(f"; {times} phones said “{words}”" for words, times in Counter(of.complaints).items())
    return (
        f"(The busiest process of phones used {of.phones_cpu:.0f} % of a core, everybody else on this machine "
        f"{of.others_cpu:.0f} %; {of.unconfirmed} taps heard no “Saved”{said}.)"
    )


def _ratio(kind: str, phones: int, ours: Figures, yardstick: Figures) -> str:
    def of(name: str) -> str:
        least = getattr(yardstick, name)
        return f"{getattr(ours, name) / least:.1f}" if least else "–"

    return (
        f"| mcm / {kind} | {phones} | {of('saved_p50')} / {of('saved_p95')} | {of('room_p50')} / {of('room_p95')} "
        f"| {of('cpu_per_vote')} | {of('idle_cpu')} | {of('memory')} | |"
    )


def machine() -> str:
    """The processor and the versions that matter."""
    cpu = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    return f"{os.cpu_count()} × {cpu.partition(':')[2].strip()}, Python {platform.python_version()}"


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, nargs="+", default=[20, 100, 300])
    parser.add_argument("--quick", action="store_true", help="5 phones within a second, to see whether it works")
    return parser


if __name__ == "__main__":
    sys.exit(main())
