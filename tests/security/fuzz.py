"""Messages that no browser would send: 10,000 of them, made from real ones, into the socket of a member.

Half of them are bytes gone wrong, half are well-formed messages that lie: about widgets, fragments and pages.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mcm_core.services import visitors
from mcm_core.store.engine import write
from tests.security.line import Line, Refused, open_line, rerun
from tests.security.strings import hostile
from tests.security.world import World, a_world, is_sound, rows

MESSAGES = 10_000
PAGES = ("vote", "notes", "journey", "review", "cohort", "facilitate", "room", "nowhere")
WIDE_OPEN = {
    "MCM_LIMIT_MESSAGES": "1000000",
    "MCM_LIMIT_PENALTY": "0",
    "MCM_LIMIT_GETS": "1000000",
    "MCM_LIMIT_VISITOR_SOCKETS": "400",
}
OWN = ("reading", "note", "focus", "consent", "arrival")  # what a member may change; a consent is written in the log
BREATH = 25  # messages between two moments in which the page may answer


@dataclass
class Outcome:
    """What the messages led to."""

    sent: int = 0
    hung_up: int = 0
    told: list[str] = field(default_factory=list)


def mutated(seed: int, real: bytes, ids: list[str], fragments: list[str]) -> bytes:
    """One message that is wrong in some way; always the same one for a seed."""
    dice = random.Random(seed)
    return _damaged(dice, real) if dice.random() < 0.5 else _lying(dice, ids, fragments).SerializeToString()


def _damaged(dice: random.Random, real: bytes) -> bytes:
    frame = bytearray(real)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(frame) + 1)
        match dice.randrange(4):
            case 0:
                frame[place:place] = dice.randbytes(dice.randint(1, 20))
            case 1:
                del frame[place : place + dice.randint(1, 20)]
            case 2:
                frame[place : place + 1] = bytes([dice.randrange(256)])
            case 3:
                frame += frame[place:]
        frame = frame or bytearray(b"\x00")
    return bytes(frame[: 100 * 1024])


def _lying(dice: random.Random, ids: list[str], fragments: list[str]) -> BackMsg:
    words = hostile()
    message = rerun("localhost", dice.choice(PAGES))
    asked = message.rerun_script
    asked.fragment_id = dice.choice([*fragments, "", "no-such-fragment"])
    asked.page_script_hash = dice.choice(["", "00", dice.choice(words)])
    asked.query_string = dice.choice(["", "cohort=none", "session=99&theme=x&type=y", dice.choice(words)])[:500]
    asked.is_auto_rerun = dice.random() < 0.3
    asked.context_info.timezone = dice.choice(["Europe/London", "Mars/Base", "../../etc/passwd", ""])
    asked.context_info.url = dice.choice(["http://localhost/", "javascript:alert(1)", "", "http://["])
    asked.context_info.timezone_offset = dice.choice([0, -(2**31), 2**31 - 1])
    for _ in range(dice.randint(0, 6)):
        _lie(dice, asked.widget_states.widgets.add(id=dice.choice([*ids, "no-such-widget", dice.choice(words)])))
    return message


def _lie(dice: random.Random, widget: Message) -> None:
    """Give a widget a value of any kind, whatever kind it is."""
    text = dice.choice(["999", "<b>x</b>", "77", "", dice.choice(hostile())])
    match dice.randrange(8):
        case 0:
            widget.string_value = text
        case 1:
            widget.int_value = dice.choice([-1, 0, 999, 2**60])
        case 2:
            widget.double_value = dice.choice([float("nan"), float("inf"), -1e308])
        case 3:
            widget.bool_value = dice.random() < 0.5
        case 4:
            widget.trigger_value = dice.random() < 0.3
        case 5:
            widget.string_array_value.data.extend([text] * dice.randint(0, 5))
        case 6:
            widget.json_trigger_value = dice.choice(["{", "[]", json.dumps([{"event": text, "value": text}])])
        case 7:
            widget.bytes_value = dice.randbytes(20)


async def storm(world: World, messages: int, *, seed: int = 1) -> Outcome:
    """Send so many messages, on a new line whenever the server hangs up."""
    outcome, line, ids, fragments = Outcome(), None, [""], [""]
    real = rerun(world.address, "vote").SerializeToString()
    for number in range(messages):
        if line is None:
            line, ids, fragments = await _a_page(world, PAGES[number % len(PAGES)])
        sent = await line.send(mutated(seed * messages + number, real, ids, fragments))
        outcome.sent += sent
        if number % BREATH == BREATH - 1:
            await asyncio.sleep(0.1)
        if not sent or line.socket.close_code is not None or number % 400 == 399:
            outcome.hung_up += not sent or line.socket.close_code is not None
            outcome.told += gave_away(line.heard)
            await line.close()
            line = None
    if line:
        outcome.told += gave_away(line.heard)
        await line.close()
    return outcome


async def _a_page(world: World, page: str) -> tuple[Line, list[str], list[str]]:
    """A page of the first member on a browser of its own (the last one may have pressed Sign out), and its widgets."""
    one = world.members[0]
    with write() as db:
        token = visitors.admit(db, member_id=one.member_id, cohort_id=one.cohort_id, at=datetime.now(UTC))
    line = await open_line(world.address, token, page)
    await line.runs()
    heard = [ForwardMsg.FromString(frame) for frame in line.heard]
    ids = sorted({id_ for message in heard for id_ in _ids(message)})
    fragments = sorted({message.delta.fragment_id for message in heard if message.delta.fragment_id})
    return line, ids or [""], fragments or [""]


def _ids(message: ForwardMsg) -> Iterable[str]:
    element = message.delta.new_element
    if kind := element.WhichOneof("type"):
        id_ = getattr(getattr(element, kind), "id", "")
        if isinstance(id_, str) and id_:
            yield id_


def gave_away(heard: Iterable[bytes]) -> list[str]:
    """What of a failure's insides was told to the client. (Where its main script lies, Streamlit tells every page.)"""
    found = []
    for frame in heard:
        if any(mark in frame for mark in (b"Traceback", b'File "/', b"site-packages", b"sqlalchemy", b"sqlite3")):
            found.append(frame[:300].decode(errors="replace"))
        message = ForwardMsg.FromString(frame)
        if message.delta.new_element.WhichOneof("type") == "exception":
            found.append(message.delta.new_element.exception.message or "an exception without words")
    return found


def check(world: World, messages: int) -> str:
    """Send them, and look at what is left. Raises AssertionError."""
    before = rows()
    outcome = asyncio.run(storm(world, messages))
    after = rows()
    alive = asyncio.run(_answers(world))
    assert alive, "the server does not answer any more"
    assert not outcome.told, outcome.told[:3]
    assert is_sound(), "the database is not sound"
    changed = {table for table in before if before[table] != after[table]}
    assert changed <= {*OWN, "sign_in", "audit", "audit_head"}, changed
    for table in OWN:
        assert _of_others(world, before[table]) == _of_others(world, after[table]), table
    assert set(before["audit"]) <= set(after["audit"]), "the log has lost an entry"
    assert len(after["sign_in"]) >= len(world.tokens)
    errors = world.log.count("Traceback")
    return (
        f"{outcome.sent:,} mutated messages: 0 crashes, 0 invalid rows, {len(outcome.told)} tracebacks told, "
        f"{outcome.hung_up:,} ended the connection, {errors} noted in the log under a number"
    )


def _of_others(world: World, of_table: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [row for row in of_table if world.members[0].member_id not in row]


async def _answers(world: World) -> bool:
    try:
        line = await open_line(world.address, world.tokens[1], "notes")
    except Refused:
        return False
    ran = await line.runs()
    await line.close()
    return ran


def run() -> str:
    """10,000 mutated messages."""
    with a_world(**WIDE_OPEN) as world:
        return check(world, MESSAGES)
