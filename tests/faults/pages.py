"""Whether pages of the whole server open, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.load.client import Broken, Tab


def all_open(address: str, token: str, pages: Sequence[str]) -> bool:
    """Whether each of these pages is drawn to its end, for whoever has this token, and without an error on it."""
    with ThreadPoolExecutor(1) as thread:  # the phones of this thread have a loop of their own
        return thread.submit(asyncio.run, _all_open(address, token, pages)).result()


async def _all_open(address: str, token: str, pages: Sequence[str]) -> bool:
    for page in pages:
        tab = Tab(address, token, page)
        try:
            await tab.open()
        except Broken:
            return False
        finally:
            await tab.close()
    return True
