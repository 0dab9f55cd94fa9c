"""The programmes that come with the app."""

from __future__ import annotations

from functools import cache

from mcm_core.domain.programme import Programme
from mcm_core.services import instruments
from mcm_core.store import programmes


@cache
def offered() -> Programme:
    """The programme that a new cohort begins with. Read once; a changed file needs a restart. Raises BrokenContent."""
    return programmes.load(programmes.file(), instruments.offered())
