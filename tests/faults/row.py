"""The table that `make faults` prints."""

from __future__ import annotations

HEAD = "| fault | played | measured | bar | met |\n|---|---|---|---|---|"


def row(fault: str, played: str, measured: str, bar: str, met: bool) -> bool:
    """Print one row; returns `met`, as a `run()` does."""
    print(f"| {fault} | {played} | {measured} | {bar} | {'yes' if met else '**no**'} |", flush=True)
    return met
