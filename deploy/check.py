"""What `python -m deploy.local --check` looks at: two processes behind a balancer show one room, and one may die."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime

from streamlit.proto.Delta_pb2 import Delta

from deploy.local import Program, Topology
from mcm_core.domain.round import Round
from mcm_core.domain.visitor import Visitor
from mcm_core.services import passwords, readings, visitors
from mcm_core.store.engine import read, write
from tests.load.ballots import Ballot
from tests.load.client import Tab
from tests.load.stages import a_facilitated_cohort, joined
from tests.services.people import signed_in
from tests.services.stories import a_card, an_open_round, choose_focus, close_and_reveal, connections

PHONES = 5  # as many as a picture needs
PATIENCE = 30.0
HEADERS = ("Strict-Transport-Security", "Content-Security-Policy", "Referrer-Policy")


@dataclass(frozen=True)
class Story:
    """A cohort with an open round of one theme, and the cookies of its people."""

    facilitator: Visitor
    round: Round
    room: str
    phones: list[str]


class Screen:
    """A page that is open at one of the processes."""

    def __init__(self, topology: Topology, token: str, page: str, at: Program) -> None:
        self.seen: list[str] = []
        cookies = f"{token}; {topology.sticks_to(at)}"
        self.tab = Tab(topology.balancer.address, cookies, page)
        self.tab.told = self._see
        self.tab.counted = lambda words, _at: self.seen.append(words)

    def _see(self, delta: Delta, _at: float) -> None:
        kind = delta.new_element.WhichOneof("type") or ""
        self.seen.append(delta.new_element.html.body if kind == "html" else kind)

    async def shows(self, what: str) -> float:
        """Wait until something that fits was drawn; the seconds that it took. Raises AssertionError."""
        began = time.monotonic()
        while not any(re.search(what, words) for words in self.seen):
            if time.monotonic() - began > PATIENCE:
                raise AssertionError(f"{what!r} did not appear within {PATIENCE:.0f} s")
            await asyncio.sleep(0.02)
        return time.monotonic() - began


def check(topology: Topology) -> int:
    """Play it, and print what was seen; 0 when all went well. Raises AssertionError where it did not."""
    os.environ.update(topology.environment)
    asyncio.run(_play(topology, _story()))
    _say(f"over https: {_encrypted(topology)}")
    _refuse_a_claim_of_https(topology)
    _say("over http a browser's own claim to have come by https is not believed")
    _refuse_a_talkative_log(topology)
    _say("the balancer's log: no path, no query, no cookie")
    return 0


def _story() -> Story:
    passwords.COST = 4  # nobody signs in with this password
    at = datetime.now(UTC)
    with write() as db:
        facilitator, cohort = a_facilitated_cohort(db, 0)
        card = a_card(themes=[connections().themes[0].key])
        round_ = an_open_round(db, facilitator, cohort, card=card, at=at)
        tokens = joined(db, facilitator, cohort, PHONES)
        for token in tokens:
            choose_focus(db, signed_in(db, token, at=at), connections(), at=at)
        room = visitors.admit(db, facilitator_id=facilitator.facilitator_id, at=at)
    return Story(facilitator, round_, room, tokens)


async def _play(topology: Topology, story: Story) -> None:
    first, second = topology.replicas
    rooms = [Screen(topology, story.room, "room", at) for at in (first, second)]
    phones = [Screen(topology, token, "vote", topology.replicas[n % 2]) for n, token in enumerate(story.phones)]
    for screen in [*rooms, *phones]:
        await screen.tab.open()
    await asyncio.sleep(0.5)  # their streams open a moment later
    assert all(screen.tab.listens for screen in [*rooms, *phones]), "an event stream was refused"
    await _lights(topology, story)
    ballots = [_ballot(phone) for phone in phones]
    for ballot in ballots[1:]:
        await ballot.tap("current", 1)
        await ballot.tap("desired", 2)
    took = [await room.shows(r"\b4 of \d+ here are in\b") for room in rooms]
    _say(f"4 phones on 2 processes: both rooms counted them, the later one {1000 * max(took):.0f} ms after the last")

    await ballots[0].tap("current", 1)
    first.kill()
    took_tap = await _until_saved(ballots[0])
    with read() as db:
        member = signed_in(db, story.phones[0], at=datetime.now(UTC))
        stored = list(readings.mine(db, member, story.round.id).values())
    assert [(one.current, one.desired) for one in stored] == [(2, 3)], stored
    await rooms[1].shows(r"\b5 of \d+ here are in\b")
    _say(
        f"process 1 was killed in mid-vote: the phone's next tap was saved {1000 * took_tap:.0f} ms later by process 2"
    )

    again = Screen(topology, story.phones[0], "vote", first)
    await again.tab.open()
    drawn = (again.tab.component("mcm_ballot") or {})["themes"][0]
    assert (drawn["current"], drawn["desired"]) == (2, 3), drawn
    _say("the phone's page came back on process 2 with both answers, with its cookie and nothing else")

    first.start()
    await _database_away(topology, story, ballots[1])
    back = Screen(topology, story.room, "room", first)
    await _opened_at(first, back)
    with write() as db:
        close_and_reveal(db, story.facilitator, story.round, at=datetime.now(UTC))
    took = [await screen.shows("^plotly_chart$") for screen in (back, rooms[1], again, phones[1])]
    _say(f"revealed by a third process: all screens on both showed the picture within {1000 * sum(took):.0f} ms")
    for screen in [*rooms, *phones, again, back]:
        await screen.tab.close()


async def _lights(topology: Topology, story: Story) -> None:
    """Each process knows its own pages, and the facilitator's line must not sound as if it knew all."""
    for place, at in enumerate(topology.replicas):
        desk = Screen(topology, story.room, "facilitate", at)
        await desk.tab.open()
        here = len(range(place, PHONES, len(topology.replicas)))
        await desk.shows(f"{here} of {PHONES} phones connected on this server<")
        await desk.tab.close()
    _say("the line about connected phones counts those of its own process, and says so")


async def _database_away(topology: Topology, story: Story, ballot: Ballot) -> None:
    """PostgreSQL crashes, somebody opens a page and somebody taps, and PostgreSQL comes back."""
    topology.cluster.stop()
    late = Screen(topology, story.phones[2], "vote", topology.replicas[1])
    await late.tab.open()
    await late.shows("^alert$")
    try:
        await ballot.tap("desired", 3)
        raise AssertionError("a tap was called saved without a database")
    except TimeoutError:
        assert "did not answer" in ballot._tab.complaints[-1], ballot._tab.complaints
    topology.cluster.start()
    took, began = await _until_saved(ballot), time.monotonic()
    while late.tab.component("mcm_ballot") is None:
        assert time.monotonic() - began < PATIENCE, "the page did not come back"
        await asyncio.sleep(0.1)
    _say(
        f"PostgreSQL crashed and came back: a tap that waited was saved after {1000 * took:.0f} ms, a page that said "
        f"“reconnecting” showed the ballot {1000 * (time.monotonic() - began):.0f} ms later"
    )
    await late.tab.close()


def _ballot(phone: Screen) -> Ballot:
    drawn = phone.tab.component("mcm_ballot")
    assert drawn is not None, "the vote page shows no ballot"
    return Ballot(phone.tab, drawn)


async def _until_saved(ballot: Ballot) -> float:
    """Tap as ballot.js does: again after a second when no answer of ours comes back."""
    began = time.monotonic()
    while True:
        try:
            return await ballot.tap("desired", 2) - began
        except (TimeoutError, ValueError):  # not saved, or not our server that answers
            assert time.monotonic() - began < PATIENCE, "the tap was never saved"
            await asyncio.sleep(1)


async def _opened_at(replica: Program, screen: Screen) -> None:
    """Open the screen once the balancer has noticed that this process is back."""
    deadline = time.monotonic() + PATIENCE
    address = f"http://{screen.tab.address}/privacy"
    wanted = screen.tab.token.partition("; ")[2]
    while await asyncio.to_thread(_sent_elsewhere, address, wanted):
        assert time.monotonic() < deadline, f"the balancer never came back to {replica.address}"
        await asyncio.sleep(0.2)
    await screen.tab.open()
    await asyncio.sleep(0.5)


def _sent_elsewhere(address: str, cookie: str) -> bool:
    """Whether the balancer hands out another cookie: then it holds the process of this one for gone."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": cookie}), timeout=5) as answer:
        return answer.headers["Set-Cookie"] is not None


def _encrypted(topology: Topology) -> str:
    """What an answer over https carries. Only this check trusts the balancer's own certificate."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"{topology.encrypted}/privacy", timeout=5, context=trusting) as answer:
        missing = [name for name in HEADERS if not answer.headers[name]]
        twice = [name for name in HEADERS if len(answer.headers.get_all(name, [])) > 1]
        sticky = [cookie for cookie in answer.headers.get_all("Set-Cookie", []) if cookie.startswith("mcm_at=")]
    assert not missing, missing
    assert not twice, twice
    assert len(sticky) == 1, sticky
    assert sticky[0].endswith("; Path=/; HttpOnly; Secure; SameSite=Lax"), sticky
    return "the app's own headers, each once, and a cookie for this connection alone"


def _refuse_a_claim_of_https(topology: Topology) -> None:
    claim = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    asked = urllib.request.Request(f"http://{topology.balancer.address}/privacy", headers=claim)
    with urllib.request.urlopen(asked, timeout=5) as answer:
        assert answer.headers["Strict-Transport-Security"] is None, "a made-up header was believed"


def _refuse_a_talkative_log(topology: Topology) -> None:
    words = topology.balancer.log.read_text()
    assert '"uri":"/vote"' in words, "the balancer writes no log of accesses"
    assert not re.search(r"follow=|vote/answer|mcm_at=|Cookie", words), "the balancer's log tells too much"


def _say(words: str) -> None:
    print(words, flush=True)
