"""`make bench`: drive running servers over their real protocol, and print what it took beside what was asked for.

Each phone casts current and desired within seconds; a room's screen watches; the database is checked afterwards. The
same load then plays on a minimal Streamlit app and on a raw server, so that the figures say something anywhere. It ends
with 1 when a bar is missed, a lost vote above all.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

from tests.load import first_screen, history, journey, reveal, votes
from tests.load.bars import Bars
from tests.load.servers import machine

SIZES = [20, 100, 300, 1000]
PARTS: dict[str, Callable[[Bars], None]] = {
    "cohorts": votes.cohorts,
    "screen": first_screen.report,
    "history": history.report,
    "journey": journey.report,
    "reveal": lambda bars: bars.holds("a reveal on 300 screens: all within 1.5 s", met=reveal.run()),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the bench; 1 when a bar was missed."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    what = asked.what or ["phones", *PARTS]
    if unknown := set(what) - {"phones", *PARTS}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are phones, {', '.join(PARTS)}")
    bars = Bars()
    print(f"{_now()}, {machine()}\n", flush=True)
    parts = {"phones": lambda bars: votes.phones(asked.phones, bars), **PARTS}
    for part in [part for part in parts if part in what]:
        try:
            parts[part](bars)
        except Exception:  # the rows that were measured are printed all the same
            traceback.print_exc()
            bars.holds(f"{part}: measured to the end", met=False)
        sys.stdout.flush()
    print(f"\n{bars.table()}", flush=True)
    return int(bool(bars.missed))


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", help=f"which parts: phones, {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--phones", type=int, nargs="+", default=SIZES)
    return parser


if __name__ == "__main__":
    sys.exit(main())
