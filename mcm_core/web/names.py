"""The names that this server answers to, and the pages that may open a socket to it."""

from __future__ import annotations

import os
import re
import socket
from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from mcm_core.domain.errors import McmError

_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class BadAddress(McmError):
    """An address in the environment is not one."""


def authority(host: str | None) -> str | None:
    """The Host header in lower case when it is a host with or without a port, else None."""
    lower = (host or "").lower()
    return lower if _AUTHORITY.fullmatch(lower) else None


def answers_to(host: str | None) -> bool:
    """Whether a Host header names this server: by number, as localhost, by the machine's name, or as configured.

    A page of somebody else whose name was made to lead here (DNS rebinding) would otherwise count as ours.
    """
    named = authority(host)
    if named is None:
        return False
    bare = _bare(named)
    if bare == "localhost" or bare.endswith(".localhost") or bare in _own_names():
        return True
    return _is_number(bare) or bare in {_bare(origin.partition("://")[2]) for origin in configured()}


def may_open_socket(origin: str | None, host: str | None, *, encrypted: bool) -> bool:
    """Whether the page at `origin` may open a socket: one of this very host, or of an address in the environment."""
    asked = _origin(origin or "")
    if asked is None:
        return False
    schemes = ("https",) if encrypted else ("http", "https")  # a proxy that we do not trust may have ended https
    return asked in configured() or asked in {_origin(f"{scheme}://{host}") for scheme in schemes}


def configured() -> frozenset[str]:
    """The origins in `MCM_PUBLIC_URL` and `MCM_ORIGINS` (several, with commas). Raises BadAddress."""
    return _read(os.environ.get("MCM_PUBLIC_URL", ""), os.environ.get("MCM_ORIGINS", ""))


@cache
def _read(public: str, others: str) -> frozenset[str]:
    found = {}
    for address in filter(None, map(str.strip, [public, *others.split(",")])):
        parts = urlsplit(address)
        found[address] = _origin(f"{parts.scheme}://{parts.netloc}")
        if found[address] is None:
            raise BadAddress(
                f"“{address}” in MCM_PUBLIC_URL or MCM_ORIGINS is not an address such as https://group.example.org. "
                "Correct it and start again."
            )
    return frozenset(origin for origin in found.values() if origin)


@lru_cache(maxsize=1024)  # every request asks
def _is_number(bare: str) -> bool:
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True


@cache
def _own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, name.partition(".")[0], f"{name.partition('.')[0]}.local"})


def _origin(text: str) -> str | None:
    """The origin in one spelling: lower case, without the port that the scheme has anyway."""
    scheme, separator, rest = text.lower().partition("://")
    if not separator or scheme not in _DEFAULT_PORTS or authority(rest) is None:
        return None
    return f"{scheme}://{rest.removesuffix(_DEFAULT_PORTS[scheme])}"


def _bare(named: str) -> str:
    return re.sub(r":\d+$", "", named).strip("[]").rstrip(".")
