"""The first usable vote screen on a phone: what the server spends on it, and every byte that travels, by file.

A browser with an empty cache opens /vote in a round of six themes. What it loads is listed as it was served (headers
and compression included), and what comes over Streamlit's websocket by what it is. Every part of ours has its reason in
WHY: one without a reason misses the bar.
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import statistics
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mcm_core.domain.cohort import MEMBERS_MAX
from mcm_core.store.engine import write
from tests.load.bars import Bars
from tests.load.client import Tab
from tests.load.servers import Server, serving
from tests.load.stages import Ours, a_facilitated_cohort, joined, use
from tests.load.stream import COOKIE
from tests.services.people import signed_in
from tests.services.stories import an_open_round, choose_focus, connections

TIMES = 20
BAR = 80.0  # milliseconds
BINARY = 2
OTHERS = "Streamlit's messages"
THEIRS = ("/static/", "/_stcore/", "/favicon.png")
#: What we add to Streamlit's own, and why a phone has to load it.
WHY = {
    "/vote": "Streamlit's page, 1.5 kB of it ours: the way out and the help, there before any script has run",
    "/assets/bar.css": "how the way out and the help look, while Streamlit is still loading or has fallen over",
    "/assets/exit.js": "leaves at once, and puts the page out of the history; works without Streamlit",
    "/assets/help.js": "closes the help when it is left; works without Streamlit",
    "/assets/connection.js": "says when the connection is gone; it cannot come from a server that is gone",
    "/assets/landmarks.js": "gives screen readers one main region, which Streamlit leaves out",
    "/assets/icon.svg": "a neutral icon in the tab instead of Streamlit's",
    "/help/words": "whom to turn to: the cohort's own words, there before they are needed",
    "/vote/_stcore/host-config": "Streamlit looks for its server in two places; the second says “no such page”",
    "/vote/_stcore/health": "the same",
    "/live": "the event stream: a number whenever something changed, instead of asking again and again",
    "style.css": "the house style: contrast, sizes for thumbs, quiet colours",
    "mcm_ballot": "the ballot: its questions, style and script; a tap is confirmed without a run of the page",
    "mcm_listener": "runs the page again when the facilitator moves on",
    "mcm_guard": "loads the page anew when it has fallen over",
    "mcm_draft": "keeps a half-written text on the phone",
}


@dataclass
class Loaded:
    """Bytes by file and by part of the websocket; `ours` are names that stand, or should stand, in WHY."""

    files: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.files.total() + self.messages.total()

    def ours(self) -> dict[str, int]:
        """What is ours of it, largest first."""
        served = {name: size for name, size in self.files.items() if not name.startswith(THEIRS)}
        sent = {name: size for name, size in self.messages.items() if name != OTHERS}
        return dict(Counter(served | sent).most_common())


def report(bars: Bars) -> None:
    """Print the server's time and the bytes, and judge both."""
    with TemporaryDirectory(prefix="mcm-bench-") as name:
        folder = Path(name)
        token = _stage(folder)
        with serving([*Ours.command], folder) as server:
            wall, cpu = asyncio.run(_server_time(server, token))
            first, again = load(server, token)
    print(
        f"\nFirst vote screen, six themes: {wall:.0f} ms from the page's request on the websocket to its end (median "
        f"of {TIMES}, nobody else there), {cpu:.0f} ms CPU. Over the wire, empty cache: {first.total / 1000:.0f} kB, "
        f"opened again: {again.total / 1000:.0f} kB.\n\n{table(first)}"
    )
    ours = first.ours()
    bars.at_most("first vote screen: the server's time", wall, BAR, "ms")
    bars.holds("first vote screen: every part that we add has its reason", met=set(ours) <= set(WHY))


def table(loaded: Loaded) -> str:
    """Every file and part, largest first."""
    rows = ["| file | bytes | whose, and why |", "|---|---|---|"]
    ours = loaded.ours()
    for name, size in (loaded.files + loaded.messages).most_common():
        why = "Streamlit" if name not in ours else "ours: " + WHY.get(name, "**nobody has said why**")
        rows.append(f"| {name} | {size:,} | {why} |")
    share = 100 * sum(ours.values()) / loaded.total
    rows.append(f"| **all** | **{loaded.total:,}** | ours: {sum(ours.values()):,} ({share:.1f} %) |")
    return "\n".join(rows)


def load(server: Server, token: str) -> tuple[Loaded, Loaded]:
    """What a browser loads for a member's /vote with an empty cache, and when it opens it once more."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            return _opened(browser, server, token)
        finally:
            browser.close()


def _opened(browser: Browser, server: Server, token: str) -> tuple[Loaded, Loaded]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    context.add_cookies([{"name": COOKIE, "value": token, "url": f"http://{server.address}"}])
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    traffic = Traffic(wire)
    both = []
    for _ in range(2):
        traffic.loaded = Loaded()
        page.goto(f"http://{server.address}/vote")
        page.locator(".ballot input").first.wait_for()
        page.wait_for_timeout(2000)  # what loads afterwards counts, too
        both.append(traffic.loaded)
    return both[0], both[1]


class Traffic:
    """What a tab receives, counted into `loaded`."""

    def __init__(self, wire: CDPSession) -> None:
        self.loaded = Loaded()
        self._paths: dict[str, str] = {}
        wire.on("Network.requestWillBeSent", self._asked)
        wire.on("Network.loadingFinished", self._received)
        wire.on("Network.webSocketFrameReceived", self._framed)

    def _asked(self, event: dict[str, Any]) -> None:
        self._paths[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def _received(self, event: dict[str, Any]) -> None:
        if (path := self._paths.get(event["requestId"])) and event["encodedDataLength"] > 0:
            self.loaded.files[path] += int(event["encodedDataLength"])

    def _framed(self, event: dict[str, Any]) -> None:
        if event["response"]["opcode"] == BINARY:
            frame = base64.b64decode(event["response"]["payloadData"])
            self.loaded.messages[part_of(ForwardMsg.FromString(frame))] += len(frame)


def part_of(message: ForwardMsg) -> str:
    """Whose message this is: the components and the style are ours, whatever else it carries Streamlit's."""
    if message.WhichOneof("type") == "delta":
        element = message.delta.new_element
        if element.WhichOneof("type") == "bidi_component":
            return element.bidi_component.component_name.rpartition(".")[2]
        if element.WhichOneof("type") == "html" and "<style" in element.html.body:
            return "style.css"
    return OTHERS


def _stage(folder: Path) -> str:
    """A full cohort with an open round of six themes; the token of a member who has not answered."""
    use(folder)
    at = datetime.now(UTC)
    with write() as db:
        facilitator, cohort = a_facilitated_cohort(db, 0)
        an_open_round(db, facilitator, cohort, at=at)
        tokens = joined(db, facilitator, cohort, MEMBERS_MAX)
        for token in tokens:
            choose_focus(db, signed_in(db, token, at=at), connections(), at=at)
    return tokens[0]


async def _server_time(server: Server, token: str) -> tuple[float, float]:
    """Milliseconds until the page's script has ended (the median), and of CPU (the mean), each in a tab of its own."""
    seconds, cpu = [], []
    for _ in range(TIMES + 1):  # the first one also imports the page
        tab = Tab(server.address, token, "vote")
        before = server.cpu()
        seconds.append(await tab.open())
        cpu.append(server.cpu() - before)
        await asyncio.sleep(0.2)
        await tab.close()
    return 1000 * statistics.median(seconds[1:]), 1000 * statistics.fmean(cpu[1:])
