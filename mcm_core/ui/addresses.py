"""Links and QR codes to hand out from a page."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

import streamlit as st

from mcm_core.ui.pieces import plain
from mcm_core.web.addresses import is_near, is_only_here, outward, qr_data


def public_url() -> str:
    """The address by which phones reach this server, as far as this browser shows it; no slash at its end."""
    return outward(st.context.url or "")


def warn_of_address() -> None:
    """Say plainly, where links are sent, that they lead to an address which people elsewhere cannot open."""
    address = public_url()
    if is_near(address):
        here_alone = is_only_here(urlsplit(address).hostname or "")
        who = "only this one computer" if here_alone else "only devices in this server’s own network"
        st.warning(
            plain(
                f"Links begin with {address}, and {who} can open them. Before you "
                "send any, ask whoever runs this server to set MCM_PUBLIC_URL to the address that people use elsewhere."
            )
        )


def qr_svg(address: str, *, scale: int = 6, alt: str = "QR code of the link beside it") -> str:
    """The QR code of an address as HTML for st.html: dark on white on either theme, never wider than the screen."""
    return (
        f'<img class="qr" src="{escape(qr_data(address, scale=scale))}" alt="{escape(alt)}" '
        'style="background: #fff; max-width: 100%; height: auto">'
    )
