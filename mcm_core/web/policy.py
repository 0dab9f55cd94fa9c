"""What a browser may load and run on our pages: the Content-Security-Policy, made from what the pages really hold.

Our own pages hold no script, so one that somebody's text smuggles in stays a text. Streamlit's page holds one, which
runs because its SHA-256 is in the policy; the hash is computed when the server starts.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
_INLINE = re.compile(r"<script>(.*?)</script>", re.S)
_ALWAYS = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


def for_own_pages() -> str:
    """The policy of the pages that our own addresses answer with: files of ours, and no script in the page itself."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"connect-src 'self'; {_ALWAYS}"
    )


def for_streamlit(host: str, *, encrypted: bool) -> str:
    """The policy of everything that Streamlit answers with, at this host.

    `blob:` is how its page starts a component; only a script that already runs can make such an address. Styles are
    inline because its page and Plotly write them at run time. The socket is named because Safari before 15.4 does not
    count it as 'self'.
    """
    return f"{_streamlit()}; connect-src 'self' {'wss' if encrypted else 'ws'}://{host}"


@cache
def _streamlit() -> str:
    spec = find_spec("streamlit")
    assert spec
    assert spec.origin
    scripts = " ".join(map(_hash, _inline(Path(spec.origin).parent / "static" / "index.html")))
    return (
        f"default-src 'self'; script-src 'self' blob: {scripts}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data:; font-src 'self' data:; {_ALWAYS}"
    )


def _inline(file: Path) -> list[str]:
    return _INLINE.findall(file.read_text(encoding="utf-8"))


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
