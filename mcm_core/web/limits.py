"""How much one browser, one network and everybody together may ask of this process. Each can be set from outside."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass, fields

from mcm_core.domain.errors import McmError

PREFIX = "MCM_LIMIT_"


class BadLimit(McmError):
    """A limit in the environment is not a number."""


@dataclass(frozen=True)
class Limits:
    """`MCM_LIMIT_SOCKETS=1500` sets `sockets`, and so on. Browsers that are signed in are counted one by one; all
    others of one network together, and a hall is allowed `hall` times what one browser is."""

    sockets: int = 1000  # open pages of everybody: twenty cohorts of twenty with desks, rooms and second pages
    network_sockets: int = 120  # open pages of strangers in one network; all strangers may have half of `sockets`
    visitor_sockets: int = 12  # open pages of one browser that is signed in
    messages: int = 5  # what one open page may send a second; three times that at once
    posts: int = 5  # forms and taps a second; six times that at once
    gets: int = 10  # other requests a second, without static files; ten times that at once
    hall: int = 8
    penalty: int = 10  # seconds of the first pause after a flood; they double up to five minutes
    frame: int = 256 * 1024  # bytes of one message


def from_environment() -> Limits:
    """The limits as the operator set them. Raises BadLimit."""
    return Limits(**{field.name: _number(field.name, getattr(Limits, field.name)) for field in fields(Limits)})


def allow_files(wanted: int) -> int:
    """Let this process have so many files and connections open, as far as the system grants it; returns how many it
    may. (A shell of Debian's gives 1,024 to begin with.)
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft


def _number(name: str, otherwise: int) -> int:
    variable = PREFIX + name.upper()
    text = os.environ.get(variable, "").strip()
    if text and not text.isdecimal():
        raise BadLimit(f"{variable} is “{text}”, which is not a whole number. Correct it and start again.")
    return int(text) if text else otherwise
