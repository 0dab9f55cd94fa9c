"""The command line, noting every address outside this machine that the process turns to in the file `turned-to`."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

NOTED = "turned-to"
NOWHERE = "192.0.2.1"  # asked which way it lies, without a packet: mcm_core/web/addresses.py


def watch(file: Path) -> None:
    """From now on, note where sockets connect to and which names are looked up."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}:
            return
        target = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
        host = target[0] if isinstance(target, tuple) else target
        if isinstance(host, str) and host and not host.startswith("/") and not _here(host):
            with file.open("a", encoding="utf-8") as noted:
                noted.write(f"{event} {host}\n")

    sys.addaudithook(hook)


def _here(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified or host == NOWHERE


if __name__ == "__main__":
    watch(Path(os.environ["MCM_LOCAL"]) / NOTED)
    from mcm_core import cli

    cli.main()
