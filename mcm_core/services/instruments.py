"""The wording that rounds ask, by version: files for new rounds, the stored copy for everything answered before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument, looking_back_key
from mcm_core.store import content
from mcm_core.store.tables import InstrumentRow


@cache
def offered() -> Mapping[str, Instrument]:
    """The instruments that can be launched, by key: those about a relationship first, those that look back last.

    Read once; a changed file needs a restart.
    """
    found = content.load_all(content.folder())
    return dict(sorted(found.items(), key=lambda item: (bool(item[1].looks_back_at), not item[1].focus)))


def register(db: Session) -> None:
    """Store every offered version. Raises Refused when a file changed its words and kept its version."""
    for instrument in offered().values():
        row = db.scalar(_version(instrument))
        if row is None:
            db.add(InstrumentRow(key=instrument.key, version=instrument.version, content=content.dump(instrument)))
        elif content.parse(row.content) != instrument:
            raise Refused(
                f"The wording of “{instrument.title}” changed but its version is still {instrument.version}. "
                f"Give the file {instrument.key}.yaml a new version, so that old answers keep the words they answered."
            )


def stored_id(db: Session, instrument: Instrument) -> str:
    """The id under which this version is stored."""
    row = db.scalar(_version(instrument))
    if row is None:
        raise NoResultFound(f"{instrument.key} {instrument.version} was never registered")
    return row.id


def stored(db: Session, instrument_id: str) -> Instrument:
    """The instrument as it was worded in a stored version. Versions never change, so they are kept in memory."""
    if instrument_id not in _parsed:
        _parsed[instrument_id] = content.parse(db.get_one(InstrumentRow, instrument_id).content)
    return _parsed[instrument_id]


_parsed: dict[str, Instrument] = {}
_looked_at: dict[str, str] = {}


def looked_back_at(db: Session, instrument_id: str) -> str | None:
    """The id under which the instrument is stored that this one looks back at; None for any other instrument."""
    instrument = stored(db, instrument_id)
    if instrument.looks_back_at and instrument_id not in _looked_at:
        _looked_at[instrument_id] = partner_id(db, instrument) or instrument_id
    return _looked_at.get(instrument_id)


def partner_id(db: Session, instrument: Instrument) -> str | None:
    """The id of the instrument that this one looks back at, or that looks back at this one."""
    key = instrument.looks_back_at or looking_back_key(instrument.key)
    return db.scalar(
        select(InstrumentRow.id).where(InstrumentRow.key == key, InstrumentRow.version == instrument.version)
    )


def _version(instrument: Instrument) -> Select[InstrumentRow]:
    return select(InstrumentRow).where(InstrumentRow.key == instrument.key, InstrumentRow.version == instrument.version)
