"""Addresses that work on somebody else's phone, and the same as a picture to scan."""

from __future__ import annotations

import ipaddress
import os
import socket
from functools import lru_cache
from urllib.parse import urlsplit

import segno

_DOCUMENTATION = ("192.0.2.1", 9)  # RFC 5737: belongs to nobody, so no packet could arrive even if one were sent
_NEAR = (".local", ".localhost", ".lan", ".home", ".internal", ".home.arpa")
_QUIET_ZONE = 4  # modules of white around the pattern that a reader needs


def lan_address() -> str | None:
    """This machine's address on the local network, or None when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_DOCUMENTATION)  # UDP: the system only looks up which of its addresses it would send from
        except OSError:
            return None
        found = str(probe.getsockname()[0])
    return None if is_only_here(found) else found


@lru_cache(maxsize=1024)  # every request asks
def is_only_here(host: str) -> bool:
    """Whether a host name or address leads back to the machine that asks, so that no phone can open it."""
    bare = host.strip("[]").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return bare == "localhost" or bare.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def is_near(address: str) -> bool:
    """Whether this address of a server can be opened in its own network at most: the name of a machine without a
    point, one that ends as home networks name theirs, or a number that is not known in the rest of the world."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_NEAR)


def outward(asked: str) -> str:
    """The address by which phones reach this server, without a slash at its end.

    `MCM_PUBLIC_URL` when it is set; else scheme, host and port of `asked`, which a browser on this machine may know as
    localhost: then with the machine's address on the local network in its place, when it has one.
    """
    if configured := os.environ.get("MCM_PUBLIC_URL", "").strip():
        return configured.rstrip("/")
    parts = urlsplit(asked)
    host, port = parts.netloc.rsplit("@")[-1], parts.port
    if is_only_here(parts.hostname or "localhost") and (found := lan_address()):
        host = found if port is None else f"{found}:{port}"
    return f"{parts.scheme or 'http'}://{host or 'localhost'}"


def qr_data(address: str, *, scale: int = 4) -> str:
    """The QR code of an address as a data URI: dark on white with its quiet zone, on either theme.

    A data URI and not a file of ours, because a personal link must not lie at an address that anybody may fetch.
    """
    code = segno.make(address, error="m", micro=False)
    drawn: str = code.svg_data_uri(scale=scale, border=_QUIET_ZONE, dark="#000", light="#fff", nl=False)
    return drawn
