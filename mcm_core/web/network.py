"""Where a request comes from, as coarsely as slowing down guesses allows."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request


def network(request: Request) -> str:
    """The network that a request came from."""
    return network_of(request.client.host if request.client else None)


@lru_cache(maxsize=1024)  # every request asks, and a hall has few addresses
def network_of(address: str | None) -> str:
    """The network of a client's address: its first 24 bits, or 48 of IPv6. One word for all that have none."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ip_network(f"{parsed}/48", strict=False))
        parsed = parsed.ipv4_mapped
    return str(ip_network(f"{parsed}/24", strict=False))
