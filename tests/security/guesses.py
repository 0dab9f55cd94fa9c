"""Guessing the room's code: what 10,000 tries through the real door give away."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

from mcm_core.services.cohorts import CODE_SYMBOLS
from tests.security.world import World, a_world, rows

TRIES = 10_000
NETWORKS = 200  # beyond sixty tries a minute each network has three an hour, so that a flood keeps no right code out
LOOKED_UP, IN, TOO_OFTEN = 404, 303, 429


@dataclass
class Tried:
    """What came back: how often with which status, and the answers that held a name or a cookie."""

    statuses: Counter[int] = field(default_factory=Counter)
    disclosed: list[str] = field(default_factory=list)


def guess(world: World, tries: int, *, networks: int = NETWORKS, seed: int = 1) -> Tried:
    """Try random codes, every other one from one of many networks, and half of the time with a member's name."""
    dice, tried = random.Random(seed), Tried()
    secrets = [world.cohort.name, world.fay.name, *(member.name for member in world.members)]
    line = HTTPConnection(world.address, timeout=30)
    for number in range(tries):
        code = "".join(dice.choices(CODE_SYMBOLS, k=8))
        name = "Member 1" if number % 2 else "Somebody"
        network = f"10.0.{dice.randrange(networks)}.7" if number % 2 else "10.1.0.7"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": network}
        line.request("POST", "/join", urlencode({"code": code, "name": name}), headers)
        answer = line.getresponse()
        body = answer.read().decode().replace(name, "")
        tried.statuses[answer.status] += 1
        if answer.getheader("Set-Cookie") or any(secret in body for secret in secrets):
            tried.disclosed.append(f"{answer.status} for {code}")
    line.close()
    return tried


def run() -> str:
    """10,000 guesses. Raises AssertionError when anything was told, or when more than a few reached the database."""
    with a_world() as world:
        before = rows()
        tried = guess(world, TRIES)
        after = rows()
    changed = {table for table in before if before[table] != after[table]} - {"attempt"}
    assert not tried.disclosed, tried.disclosed[:5]
    assert not changed, changed
    assert tried.statuses[TOO_OFTEN] > TRIES * 0.9, tried.statuses
    return (
        f"{TRIES:,} room codes guessed: {len(tried.disclosed)} rows disclosed, "
        f"{tried.statuses[LOOKED_UP]} reached the list of codes, {tried.statuses[TOO_OFTEN]:,} were too often"
    )
