"""Where “Exit this page” leads. Decided here alone."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from mcm_core.domain.errors import Refused
from mcm_core.store import texts


def way_out() -> str:
    """The address (`MCM_EXIT_URL`, else the country's). Raises Refused unless it is a whole https address."""
    address = os.environ.get("MCM_EXIT_URL", "").strip() or texts.country().way_out
    try:
        parts = urlsplit(address)
        whole = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        whole = False
    if not whole or not address.isprintable() or " " in address:
        raise Refused(f"“Exit this page” must lead to a whole https address (MCM_EXIT_URL), not to “{address}”.")
    return address
