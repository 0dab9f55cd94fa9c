"""Instruments as files, and as the text of one version that the database keeps.

A file that is wrong raises BrokenContent, which names the file, the line and the reason. Loading happens at the start,
so nobody meets a broken file in the middle of a session.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mcm_core.domain.instrument import Instrument
from mcm_core.store.content_check import checked, topmost
from mcm_core.store.content_format import InstrumentEntry
from mcm_core.store.content_lines import BrokenContent, Document, read
from mcm_core.store.content_rules import mistakes

__all__ = ["BrokenContent", "dump", "folder", "load", "load_all", "parse"]

ROOT = Path(__file__).resolve().parents[2]
_stored = TypeAdapter(Instrument)


def folder() -> Path:
    """Where the instrument files lie (`MCM_CONTENT`, else session_data/instruments)."""
    return Path(os.environ.get("MCM_CONTENT") or ROOT / "session_data" / "instruments")


def load(path: Path) -> Instrument:
    """The instrument in the file at `path`; raises BrokenContent with the topmost mistake."""
    return _instruments(read(path))[0]


def load_all(folder: Path) -> Mapping[str, Instrument]:
    """All instruments of a folder by key; raises BrokenContent if one is wrong, two share a key, or there is none."""
    found: dict[str, Instrument] = {}
    files: dict[str, str] = {}
    for path in sorted(path for path in folder.glob("*") if path.suffix in (".yaml", ".yml")):
        document = read(path)
        for instrument in _instruments(document):
            if first := files.get(instrument.key):
                reason = f"The key “{instrument.key}” belongs to {first} already. Give this file its own."
                raise document.broken(("key",), reason)
            found[instrument.key] = instrument
            files[instrument.key] = path.name
    if not found:
        raise BrokenContent(str(folder), None, "There is no instrument here, that is, no file that ends in .yaml.")
    return found


def dump(instrument: Instrument) -> str:
    """One version of an instrument as JSON, for keeping; equal instruments give equal text."""
    return _stored.dump_json(instrument).decode()


def parse(text: str) -> Instrument:
    """The instrument that `dump` wrote; raises BrokenContent where the text is something else."""
    try:
        return _stored.validate_json(text)
    except ValidationError as error:
        raise BrokenContent("a stored instrument", None, "It cannot be read. Restore the latest backup.") from error


def _instruments(document: Document) -> tuple[Instrument, ...]:
    entry = checked(document, InstrumentEntry)
    if wrong := list(mistakes(entry)):
        raise topmost(document, wrong)
    return entry.instruments()
