"""Bank holidays, from the `holidays` library (Vacanza, MIT): no network is asked. Regions of a country differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import holidays


def on(days: Collection[date], country: str) -> Mapping[date, Mapping[str, tuple[str, ...]]]:
    """Which of these days are bank holidays in a country (ISO 3166: "GB"): name → its regions, () for all of it.

    A country that the library does not know has none.
    """
    if country not in holidays.list_supported_countries():
        return {}
    years = {day.year for day in days}
    regions: Sequence[str | None] = holidays.list_supported_countries()[country] or [None]
    found: dict[date, dict[str, list[str]]] = {}
    for region in regions:
        kept = holidays.country_holidays(country, subdiv=region, years=years)
        spoken = _spoken(kept, region)
        for day in days:
            if name := kept.get(day):
                found.setdefault(day, {}).setdefault(name, []).append(spoken)
    return {
        day: {name: () if len(where) == len(regions) else tuple(where) for name, where in names.items()}
        for day, names in found.items()
    }


def _spoken(kept: holidays.HolidayBase, region: str | None) -> str:
    """A region as people call it; the library knows it by a code and by this."""
    known = kept.get_subdivision_aliases().get(region or "", [])
    return known[0] if known else region or ""
