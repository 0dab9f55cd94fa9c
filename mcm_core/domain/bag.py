"""Anonymous answers: counted, not kept.

The bag of a round holds how often each answer to each question was given, who has answered, and comments. Counts have
no order and the counts of two questions cannot be joined: it is the shuffled list of security-and-reliability.md §D3
with the shuffling done by arithmetic. While few have answered, or all the same, it still tells who answered what; so
the close of the round empties it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import SystemRandom

from mcm_core.domain.errors import Conflict, Refused
from mcm_core.domain.instrument import Asked, Instrument
from mcm_core.domain.reading import Reading, is_complete, refuse_unknown, unfolds_desired
from mcm_core.domain.round import LaunchCard
from mcm_core.domain.tally import Tally, count

COMMENTS_FROM = 8
COMMENT_MAX = 1000


@dataclass(frozen=True)
class Bag:
    """What an anonymous round holds. `answered` are member ids; `comments` stand in the order of the alphabet."""

    answered: frozenset[str]
    counts: Mapping[str, Mapping[Asked, Tally]]
    comments: tuple[str, ...] = ()

    def readable_comments(self) -> tuple[str, ...]:
        """The comments in no order, or none where so few answered that a voice could be known."""
        found = list(self.comments) if len(self.answered) >= COMMENTS_FROM else []
        SystemRandom().shuffle(found)
        return tuple(found)


def empty(card: LaunchCard) -> Bag:
    """The bag of a round that nobody has answered."""
    none = Tally((0,) * len(card.instrument.levels))
    return Bag(frozenset(), {theme.key: dict.fromkeys(card.instrument.answers, none) for theme in card.asked})


def put(
    bag: Bag,
    card: LaunchCard,
    member: str,
    answers: Mapping[str, Reading],
    comment: str = "",
    texts: Mapping[str, str] | None = None,
) -> Bag:
    """The bag with one whole ballot more. Raises Conflict on a second ballot, Refused on a half or unknown one.

    `texts` are answers in words by the key of their question. In the bag they are parted from each other.
    """
    if member in bag.answered:
        raise Conflict("You have already answered. Your answers are not linked to you, so they cannot be changed.")
    refuse_half(card, answers)
    written = _written(card.instrument, comment, texts or {})
    return Bag(
        answered=bag.answered | {member},
        counts={theme: _with_one(tallies, answers[theme]) for theme, tallies in bag.counts.items()},
        comments=tuple(sorted([*bag.comments, *written])),
    )


def _written(instrument: Instrument, comment: str, texts: Mapping[str, str]) -> list[str]:
    """What was written, each answer after the label of its question. Raises Refused where it cannot be taken."""
    asked = {each.key: each.label.words for each in instrument.texts or ()}
    given = [(key, words.replace("\x00", "").strip()) for key, words in texts.items()]
    if instrument.texts is None:
        asked, given = {"": ""}, [("", comment.replace("\x00", "").strip()), *given]
    if any(key not in asked for key, _ in given):
        raise Refused("That question is not part of this round. Reload the page and answer again.")
    if any(len(words) > COMMENT_MAX for _, words in given):
        raise Refused(f"The comment is longer than {COMMENT_MAX} characters. Please shorten it; nothing was sent.")
    return [f"{asked[key]}: {words}" if asked[key] else words for key, words in given if words]


def refuse_half(card: LaunchCard, answers: Mapping[str, Reading]) -> None:
    """Raise Refused unless every theme of the card, and nothing else, has all its answers."""
    for theme, reading in answers.items():
        refuse_unknown(card.instrument, theme, reading)
    whole = {theme for theme, reading in answers.items() if is_complete(card.instrument, reading)}
    missing = [theme.label.words for theme in card.asked if theme.key not in whole]
    if missing:
        raise Refused(f"Still to answer: {', '.join(missing)}. Nothing was sent yet.")
    if len(answers) > len(card.asked):
        raise Refused("That theme is not part of this round. Reload the page and choose again.")


def _with_one(tallies: Mapping[Asked, Tally], reading: Reading) -> dict[Asked, Tally]:
    given = {"current": reading.current, "desired": reading.desired if unfolds_desired(reading.current) else None}
    return {asked: tally + count([given[asked]], levels=len(tally.levels)) for asked, tally in tallies.items()}
