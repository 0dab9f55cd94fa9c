"""What may be said about the relationship that a member has in mind."""

from __future__ import annotations

from mcm_core.domain.cohort import clean_name
from mcm_core.domain.errors import Refused
from mcm_core.domain.instrument import Instrument


def mistakes(instrument: Instrument, *, party: str, constellation: str, label: str) -> dict[str, str]:
    """What is wrong with a choice, a sentence for each field; empty when nothing is."""
    wrong = {}
    if party not in map(str, instrument.parties):
        wrong["party"] = "Choose who it is with."
    if constellation not in map(str, instrument.constellations):
        wrong["constellation"] = "Choose its shape."
    try:
        clean_name(label, what="name for the relationship")
    except Refused as error:
        wrong["label"] = str(error)
    return wrong
