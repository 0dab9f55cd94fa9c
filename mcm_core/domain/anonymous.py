"""What may be shown of an anonymous round: once, after its close, and in words where numbers would tell too much.

Sources: security-and-reliability.md §D3, domain.md §2.23. The bar: whoever knows a picture and the answers of two of
the people in it can name the answer of no third. tests/domain/test_anonymous.py tries every picture of 5 to 12 people,
and what is kept behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from mcm_core.domain.bag import Bag
from mcm_core.domain.crowd import Crowd, counted, everybody, too_close
from mcm_core.domain.differencing import GUARD
from mcm_core.domain.instrument import Asked
from mcm_core.domain.release import TOO_CLOSE, Earlier, Release, Share, too_few
from mcm_core.domain.tally import Tally

COUNTS_FROM = 10
MOST_FROM = 7


def freeze(
    theme: str,
    bag: Bag,
    *,
    session_number: int,
    attempt: int,
    threshold: int,
    of: int,
    earlier: tuple[Earlier, ...] = (),
) -> Release:
    """Decide what of one theme of the bag is shown: counts, words, or nothing and why. Never a shift.

    `earlier` lists releases of the same question in whatever mode, oldest first.
    """
    tallies = bag.counts[theme]
    close = any(_gives_away(theme, bag, past, session_number) for past in earlier)
    shown: dict[Asked, Tally | tuple[Share, ...] | None] = {
        asked: picture(tally) if tally.n >= threshold and not close else None for asked, tally in tallies.items()
    }
    closed = None in shown.values()
    current, desired = shown["current"], shown.get("desired")
    return Release(
        theme=theme,
        session_number=session_number,
        attempt=attempt,
        answered=len(bag.answered),
        of=of,
        current=current if isinstance(current, Tally) else None,
        desired=desired if isinstance(desired, Tally) else None,
        current_shares=current if isinstance(current, tuple) else None,
        desired_shares=desired if isinstance(desired, tuple) else None,
        withheld=(TOO_CLOSE if close else too_few(threshold)) if closed else None,
    )


def picture(tally: Tally) -> Tally | tuple[Share, ...]:
    """Counts from ten people up, unless nearly all chose the same; else a word for each level."""
    away = tally.n - max(tally.levels)
    if tally.n >= COUNTS_FROM and away > GUARD:
        return Tally(tally.levels)
    return tuple(_share(count, tally) for count in tally.levels)


def kept(release: Release, tally: Tally) -> dict[str, list[int]] | None:
    """What is kept of the answers about now, to compare the next picture with: nothing where none is shown.

    Of a picture in words the counts, unless nearly all did the same: whoever looked up who answered would know what
    those did. Then it is only how many chose a level.
    """
    if not (release.current or release.current_shares):
        return None
    counts = counted(tally)
    return {"current": list(counts)} if sum(counts) - max(counts) > GUARD else {"chose": [tally.n]}


def crowd(release: Release, kept: Mapping[str, list[int]] | None, people: Set[str]) -> Crowd:
    """The people behind an earlier picture, with what is kept of it (see `kept`), or may be supposed."""
    if kept and "current" in kept:
        return Crowd(people, tuple(kept["current"]), release.answered)
    if kept and release.current_shares:
        (n,) = kept["chose"]
        fewest, most = zip(*(_between(share, n) for share in release.current_shares), strict=True)
        others = release.answered - n
        return Crowd(people, (*fewest, others), release.answered, (*most, others))
    hopes = release.desired.levels if release.desired else release.desired_shares or ()
    anything = (0,) * (len(hopes) + 1)
    return Crowd(people, anything, release.answered, (release.answered,) * len(anything))


def leaning(shares: tuple[Share, ...]) -> list[int]:
    """The codes of the levels that most named, else of those that some named."""
    most = [code for code, share in enumerate(shares, start=1) if share in (Share.NEARLY_ALL, Share.MOST)]
    return most or [code for code, share in enumerate(shares, start=1) if share is Share.SOME]


def _share(count: int, tally: Tally) -> Share:
    """“Few or none” covers what two people can take away by subtracting their own answers."""
    if tally.n >= COUNTS_FROM:
        return Share.NEARLY_ALL if count > GUARD else Share.FEW
    if count * 2 > tally.n and tally.n >= MOST_FROM:
        return Share.MOST
    return Share.SOME if count >= 2 else Share.FEW


def _between(share: Share, n: int) -> tuple[int, int]:
    """The fewest and the most of `n` people whom a word may stand for, where nearly all chose the same (`_share`)."""
    if n >= COUNTS_FROM:  # what was frozen earlier says “most” here
        return (n - GUARD, n) if share in (Share.NEARLY_ALL, Share.MOST) else (0, GUARD)
    if share is Share.MOST:
        return n // 2 + 1, n
    return (2, n // 2 if n >= MOST_FROM else n) if share is Share.SOME else (0, 1)


def _gives_away(theme: str, bag: Bag, past: Earlier, session_number: int) -> bool:
    """Whether the people differ from those of an earlier picture by one or two, as `release` asks of other modes.

    Who chose a level is unknown here, so the number of those is compared, too.
    """
    if not past.release.is_shown:
        return False
    tally = bag.counts[theme]["current"]
    now = Crowd(bag.answered, counted(tally), len(bag.answered))
    then = past.unlinked or everybody(past.answers, levels=len(tally.levels), size=past.release.answered)
    same_session = past.session_number == session_number
    one_or_two = 0 < abs(tally.n - (then.size - then.counts[-1])) < GUARD
    return (
        too_close(then, now, same_session=same_session)
        or (same_session and one_or_two)
        or _hopes_give_away(bag.counts[theme].get("desired"), past.release.desired, then, now)
    )


def _hopes_give_away(hopes: Tally | None, before: Tally | None, then: Crowd, now: Crowd) -> bool:
    """The same for hopes, where both pictures of them are in numbers: they may stand still when now does not."""
    if hopes is None or before is None or not isinstance(picture(hopes), Tally):
        return False
    crowds = Crowd(then.people, before.levels, then.size), Crowd(now.people, hopes.levels, now.size)
    return too_close(*crowds, same_session=False)
