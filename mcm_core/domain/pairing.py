"""Who catches up with whom between two sessions: pairs, and one trio when the number is odd. Nobody is left out.

The same arguments give the same groups. How they are found is in domain.pairing_search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from mcm_core.domain.pairing_search import Group, Past, Round, pairs_in, planned

GAPS = 5  # between six sessions


@dataclass(frozen=True)
class Proposal:
    """The groups of one week. `alone` are those for whom nobody is allowed: a facilitator meets them."""

    groups: Round
    alone: tuple[str, ...] = ()


def past_of(rounds: Iterable[Iterable[Group]], apart: frozenset[Group] = frozenset()) -> Past:
    """What the groups of earlier weeks amount to."""
    groups = [group for groups in rounds for group in groups]
    together = Counter(pair for group in groups for pair in pairs_in(group))
    return Past(together, Counter(one for group in groups if len(group) > 2 for one in group), apart)


def propose(people: Collection[str], past: Past, *, weeks: int, seed: str, kept: Sequence[Group] = ()) -> Proposal:
    """The groups of this week, with as few repeats as possible over `weeks` weeks, this one included.

    `kept` are groups that stand already. Everybody is in one group; only where nobody else is allowed does one person
    have two catch-ups, and who is allowed with nobody is alone.
    """
    free = sorted(set(people) - {one for group in kept for one in group})
    left: list[str] = []
    while (found := planned(free, past, weeks, seed)) is None:
        hardest = min(free, key=lambda one: sum(frozenset({one, other}) not in past.apart for other in free))
        free.remove(hardest)
        left.append(hardest)
    return _with_the_rest([*kept, *found], left, past)


def repaired(
    groups: Sequence[Group],
    people: Collection[str],
    past: Past,
    *,
    unhappy: Collection[str],
    done: Collection[Group],
    seed: str,
) -> Proposal:
    """The groups of a week that has begun, after somebody left or asked for another partner; as few as can be change.

    `people` are those still here, `unhappy` asked for a swap; groups that are `done` have met and stay as they are.
    Whoever is left over joins a pair, which takes a partner from nobody; only where none can take them a trio splits.
    """
    still = {group: group if group in done else group & frozenset(people) for group in groups}
    broken = [now for then, now in still.items() if then not in done and is_broken(now, past, unhappy)]
    standing = [now for then, now in still.items() if now and now not in broken]
    to_open = [now for then, now in still.items() if now in standing and then not in done]
    tired = {pair for one in broken for pair in pairs_in(one) if not pair.isdisjoint(unhappy)}
    careful = Past(past.together, past.in_trios, past.apart | tired)
    loose = frozenset(person for group in broken for person in group)
    while (found := planned(sorted(loose), careful, 1, seed)) is None:
        if not to_open:  # whoever is left joins those who stand, whether or not they have met
            groups = propose(loose, careful, weeks=1, seed=seed).groups
            rest = [one for one in loose if not any(one in group for group in groups)]
            return _with_the_rest([*standing, *groups], sorted(rest), careful)
        opened = min(to_open, key=partial(_trouble, loose, careful, seed))
        to_open.remove(opened)
        standing.remove(opened)
        loose |= opened
    return Proposal((*standing, *found))


def is_broken(group: Group, past: Past, unhappy: Collection[str]) -> bool:
    """Whether these people cannot, must not or do not want to meet as they are."""
    return len(group) == 1 or not group.isdisjoint(unhappy) or not past.apart.isdisjoint(pairs_in(group))


def may_be_placed(loose: Collection[str], people: Collection[str], past: Past) -> bool:
    """Whether somebody of those in no group could be in one with any of these people."""
    return any(frozenset({one, other}) not in past.apart for one in loose for other in people if other != one)


def density(met: Collection[Group], people: int) -> str:
    """The one sentence about catch-ups, about the whole cohort (§2.11): no list of who, and no league."""
    if people < 2:
        return "Fewer than two have joined, so nobody can meet yet."
    possible = people * (people - 1) // 2
    return f"{len(met)} of {possible} possible pairs have met."


def have_met(said: Mapping[str, str | None], *, yes: str, no: Collection[str]) -> set[Group]:
    """The pairs of a group that have met, by what each said: one of the two says so, and neither says otherwise."""
    return {
        pair
        for pair in pairs_in(said)
        if any(said[one] == yes for one in pair) and not any(said[one] in no for one in pair)
    }


def _trouble(loose: Group, past: Past, seed: str, group: Group) -> tuple[bool, int, int]:
    """What it costs to open a group to those left over: whether it still does not do, its size, who met before."""
    together = sum(past.together.get(pair, 0) for pair in pairs_in(group | loose))
    return planned(sorted(group | loose), past, 1, seed) is None, len(group), together


def _with_the_rest(groups: list[Group], left: Sequence[str], past: Past) -> Proposal:
    """Put those who are left into a pair that may take them, or else together with somebody who then meets twice."""
    alone = []
    for one in left:
        others = {other for group in groups for other in group}
        partners = sorted(other for other in others if frozenset({one, other}) not in past.apart)
        pairs = [group for group in groups if len(group) == 2 and group <= set(partners)]
        if pairs:
            best = min(pairs, key=lambda group: sum(past.together.get(pair, 0) for pair in pairs_in({*group, one})))
            groups[groups.index(best)] = best | {one}
        elif partners:
            groups.append(frozenset({one, min(partners, key=partial(_burden, groups, past, one))}))
        else:
            alone.append(one)
    return Proposal(tuple(groups), tuple(alone))


def _burden(groups: Sequence[Group], past: Past, one: str, other: str) -> tuple[int, int]:
    """How many catch-ups the other would have, and how often the two were put together."""
    return sum(other in group for group in groups), past.together.get(frozenset({one, other}), 0)
