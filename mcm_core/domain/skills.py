"""Digital skills: a help list, never a mark. What a group may be told of it, and when (domain.md §2.7 and §2.23).

A sentence to the group is made by one press and then stands still. The next needs answers of three people that are new
or changed: whoever compares the two then still cannot tell whose they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mcm_core.domain.differencing import GUARD
from mcm_core.domain.errors import Refused

LEARN, WITH_HELP, ALONE, HELPS = range(1, 5)
PRACTISE_MAX = 80

Levels = Mapping[str, int]
"""One member's answers by the tool's key, from `LEARN` to `HELPS`; without those that they left out."""


@dataclass(frozen=True)
class Tool:
    """One thing that the group may use. `short` is how a sentence calls it."""

    key: str
    label: str
    short: str


@dataclass(frozen=True)
class Skills:
    """What a member has said of themselves."""

    version: str
    levels: Levels
    practise: str
    wants_help: bool
    changed_at: datetime


@dataclass(frozen=True)
class Asks:
    """Somebody who asks for help: with which tools, and the one to practise."""

    name: str
    tools: tuple[str, ...]
    practise: str


@dataclass(frozen=True)
class Counts:
    """What stands before the group: of each tool how many would like help and how many can help others."""

    answered: int
    by_tool: Mapping[str, tuple[int, int]]
    shared_at: datetime


def refuse_unknown(tools: Iterable[str], levels: Levels, practise: str) -> None:
    """Raise Refused for a tool or an answer that is not on the form, or too long a wish."""
    if not set(levels) <= set(tools) or not set(levels.values()) <= {LEARN, WITH_HELP, ALONE, HELPS}:
        raise Refused("That answer is not on the form. Load the page again and choose once more.")
    if len(practise) > PRACTISE_MAX:
        raise Refused(f"Name the one tool in at most {PRACTISE_MAX} characters. Shorten it.")


def counted(tools: Iterable[str], everybody: Iterable[Levels]) -> dict[str, tuple[int, int]]:
    """Of each tool how many would like help (to learn it, or to do it) and how many can help others."""
    said = list(everybody)
    return {
        key: (
            sum(levels.get(key) in (LEARN, WITH_HELP) for levels in said),
            sum(levels.get(key) == HELPS for levels in said),
        )
        for key in tools
    }


def refuse_sharing(answered: int, changed: int, threshold: int, *, again: bool) -> None:
    """Raise Refused while the sentence could be about somebody. `changed` counts answers since the last sentence."""
    if answered < threshold:
        raise Refused(
            f"{answered} have answered. With fewer than {threshold} people could guess who said what. Ask those who "
            "asked for help, or talk about it together."
        )
    if again and changed < GUARD:
        raise Refused(
            f"Fewer than {GUARD} answers are new since the last time, so the change would tell whose they are."
        )


def sentences(tools: Iterable[Tool], counts: Counts) -> tuple[str, ...]:
    """A sentence for each tool that somebody would like help with, the most wanted first. Few are said less exactly."""
    wanted = [(tool, *counts.by_tool.get(tool.key, (0, 0))) for tool in tools]
    return tuple(
        f"{_people(want).capitalize()} would like help with {tool.short}; {_people(helps)} can help."
        for tool, want, helps in sorted(wanted, key=lambda one: -one[1])
        if want
    )


def _people(count: int) -> str:
    if count == 0:
        return "nobody"
    return "one or two people" if count < GUARD else f"{count} people"
