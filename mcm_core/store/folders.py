"""Folders of ours: for their owner alone, as everything about people lies in them."""

from __future__ import annotations

from pathlib import Path


def private(folder: Path) -> None:
    """Make the folder, and whatever is missing above it, for its owner alone. One that is there stays as it is."""
    for missing in [one for one in (*reversed(folder.parents), folder) if not one.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)  # with parents=True those would be open to everybody
