"""A phone in a vote, as ui/assets/ballot.js makes it: a tap is kept until the server has said that it is saved.

tests/browser/test_ballot.py looks at the component itself, in a browser.
"""

from __future__ import annotations

import asyncio
import json
from itertools import cycle
from urllib.parse import urlencode

from tests.faults.rooms import THEME, Pair, Room

PASSING, SLOW = {408, 425, 429, 502, 503, 504}, 4.0  # as in ballot.js
#: Every answer with a hope not below now. Two in a row differ, so that the older one is never taken for the newer.
LADDER: list[Pair] = [(now, hope) for now in range(1, 5) for hope in range(now, 5)]
PATIENCE = 40.0


class Phone:
    """`kept` is tapped and not saved yet; `shows` stands on the screen as saved; `again` is the pause to a retry."""

    def __init__(self, room: Room, address: str, place: int, *, again: float = 0.1, tries: bool = True) -> None:
        self.token, self.address, self.again, self.tries = room.tokens[place], address, again, tries
        self._round = room.round.id
        self._next = cycle(LADDER[place % len(LADDER) :] + LADDER[: place % len(LADDER)])
        self.kept: Pair | None = None
        self.last: Pair | None = None  # what was tapped last
        self.shows: Pair | None = None
        self.told = 0  # how often "Saved" was said
        self.said: list[str] = []  # what the phone said instead
        self.refused: list[str] = []
        self.away = False  # no connection, and no tries meanwhile

    async def tap(self, answer: Pair | None = None) -> None:
        """Tap an answer, or the next one of the ladder, and send it until it is saved."""
        self.think_again(answer or next(self._next))
        await self.send()

    def think_again(self, answer: Pair) -> None:
        """Tap while an older answer may be under way; that one's turn comes to an end first."""
        self.kept = self.last = answer

    async def send(self) -> None:
        """Send what is kept, and what is tapped meanwhile, until nothing is or the phone is away."""
        while self.kept and not self.away:
            sent = self.kept
            slow = asyncio.get_running_loop().call_later(SLOW, self.said.append, "slow")
            status, words = await self._post(sent)
            slow.cancel()
            if status in PASSING:
                self.said.append(str(words.get("error", status)))
                if not self.tries:
                    return
                if not self.away:
                    await asyncio.sleep(self.again)
            elif self.kept is sent:
                self._done(words)

    async def live(self) -> None:
        """Tap and tap, until the phone is away."""
        await self.send()
        while not self.away:
            await self.tap()

    def _done(self, words: dict[str, object]) -> None:
        self.kept = None
        if words.get("saved_at"):
            self.shows = (words["current"], words["desired"])  # type: ignore[assignment]
            self.told += 1
        else:
            self.refused.append(str(words.get("error", words)))

    async def _post(self, sent: Pair) -> tuple[int, dict[str, object]]:
        """The answer of the server; 503 where there is none, as for the phone that is the same."""
        fields = {"round": self._round, "theme": THEME, "current": sent[0], "desired": sent[1], "tapped": "desired"}
        body = urlencode({name: value for name, value in fields.items() if value is not None}).encode()
        head = (
            f"POST /vote/answer HTTP/1.1\r\nHost: {self.address}\r\nSec-Fetch-Site: same-origin\r\n"
            f"Cookie: mcm={self.token}\r\nConnection: close\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection(*self.address.split(":"))
                try:
                    writer.write(head.encode() + body)
                    return _read(await reader.read())
                finally:
                    writer.close()
        except (OSError, TimeoutError, ValueError, IndexError):
            return 503, {"error": "no answer"}


def _read(answer: bytes) -> tuple[int, dict[str, object]]:
    """The status and the words of an answer. Raises ValueError or IndexError for one that was cut off."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)
