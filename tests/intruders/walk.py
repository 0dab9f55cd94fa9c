"""From one life that fits everything seen to another: a Metropolis walk, compiled because it takes millions of steps.

The walk starts with every picture's answers dealt out anew, so that it knows no more than the intruder. It leaves what
was shown of gaps and of who moved reluctantly; only lives that fit all of it are counted.
"""

from __future__ import annotations

from math import exp

import numpy as np
from numba import njit

from mcm_core.domain.talk import SPOKEN_FROM
from tests.intruders import habits
from tests.intruders.seen import FEW, Seen

STRICT = (1.5, 4.0)
"""How reluctantly once it has settled: each walk in its own way. What fits is as likely in all of them."""
THIN = 10
FORGET = 200
"""So often, at first, each answer that is known in no exact number is exchanged for another that looks the same."""
LEVELS, BITS = 4, 2
NOW, HOPED, BOTH = 0b1100, 0b0011, 0b1111
"""The bits of a state that a change touches."""


def walk(seen: Seen, *, walks: int, steps: int, seed: int, knowing: bool = True) -> np.ndarray:
    """How often each person was found in each state at each vote, in lives that fit: [person, vote, state].

    Whoever is not `knowing` has no idea how people usually move: every life that fits is as likely to them.
    """
    logs = habits.logs() if knowing else np.zeros_like(habits.logs())
    found = np.zeros((*seen.there.shape, habits.STATES), dtype=np.int64)
    _seed(seed)
    for number in range(walks):
        strict = STRICT[0] + (STRICT[1] - STRICT[0]) * number / max(1, walks - 1)
        _walk(
            seen.state.copy(), seen.there, seen.others, seen.before, seen.kind, seen.loose, seen.looks, seen.picture,
            seen.gaps, seen.moves, seen.moved, logs, strict, steps, found,
        )  # fmt: skip
    return found


@njit(cache=True)
def _seed(seed):
    np.random.seed(seed)  # numba's own, which is another than numpy's


@njit(cache=True)
def _walk(
    state, there, others, before, kind, loose, looks, picture, gaps, moves, moved, logs, strict, steps, found
):  # fmt: skip
    for _ in range(FORGET * len(loose)):
        _another(state, there, others[np.random.randint(len(others))], loose, looks, picture)
    _deal(state, there, others)
    counts, wide = np.zeros_like(moved), np.zeros_like(gaps)
    for who in range(len(state)):
        _tell(state[who], there[who], moves, counts, wide, 1)
    misfit = _misfit(counts, moved, wide, gaps)
    one_was, other_was = state[0].copy(), state[0].copy()
    for number in range(steps + steps // 3):
        one = others[np.random.randint(len(others))]
        other = others[np.random.randint(len(others))]
        one_was[:], other_was[:] = state[one], state[other]
        if len(loose) and np.random.random() < 0.4:
            other = one
            changed = _another(state, there, one, loose, looks, picture)
        else:
            changed = _exchange(state[one], state[other], there[one], there[other])
        if changed:
            likelier = _likely(state[one], there[one], before[one], kind[one], logs)
            likelier -= _likely(one_was, there[one], before[one], kind[one], logs)
            _tell(one_was, there[one], moves, counts, wide, -1)
            _tell(state[one], there[one], moves, counts, wide, 1)
            if other != one:
                likelier += _likely(state[other], there[other], before[other], kind[other], logs)
                likelier -= _likely(other_was, there[other], before[other], kind[other], logs)
                _tell(other_was, there[other], moves, counts, wide, -1)
                _tell(state[other], there[other], moves, counts, wide, 1)
            worse = _misfit(counts, moved, wide, gaps) - misfit
            cool = min(1.0, 0.2 + number / (steps // 4 + 1))
            if np.random.random() < exp(min(0.0, likelier - cool * strict * worse)):
                misfit += worse
            else:
                _tell(state[one], there[one], moves, counts, wide, -1)
                _tell(one_was, there[one], moves, counts, wide, 1)
                state[one] = one_was
                if other != one:
                    _tell(state[other], there[other], moves, counts, wide, -1)
                    _tell(other_was, there[other], moves, counts, wide, 1)
                    state[other] = other_was
        if misfit == 0 and number >= steps // 3 and number % THIN == 0:
            _count(state, there, found)


@njit(cache=True)
def _deal(state, there, others):
    """Deal the answers of every vote out anew among those who gave them, accomplices aside; now and hopes apart."""
    for vote in range(there.shape[1]):
        here = others[there[others, vote]]
        for bits in (NOW, HOPED):
            dealt = state[np.random.permutation(here), vote]
            for place, who in enumerate(here):
                state[who, vote] = (state[who, vote] & ~bits) | (dealt[place] & bits)


@njit(cache=True)
def _exchange(one, other, one_there, other_there):
    """Two people exchange all or some of their answers, of now or of hopes or of both; whether anything changed."""
    every, dice = np.random.random() < 0.3, np.random.random()
    bits = BOTH if dice < 0.5 else NOW if dice < 0.75 else HOPED
    changed = False
    for vote in range(len(one_there)):
        if one_there[vote] and other_there[vote] and (every or np.random.random() < 0.4):
            swap = (one[vote] ^ other[vote]) & bits
            one[vote] ^= swap
            other[vote] ^= swap
            changed = changed or swap != 0
    return changed


@njit(cache=True)
def _another(state, there, who, loose, looks, picture):
    """Somebody gives another answer where no exact number is known; whether that was done and the picture looks so."""
    place = np.random.randint(len(loose))
    vote, track = loose[place]
    if not there[who, vote]:
        return False
    shift = BITS * (1 - track)
    was, level = (state[who, vote] >> shift) & 3, np.random.randint(LEVELS)
    if level == was:
        return False
    state[who, vote] ^= (was ^ level) << shift
    chosen = np.zeros(LEVELS, dtype=np.int64)
    for other in range(len(there)):
        if there[other, vote]:
            chosen[(state[other, vote] >> shift) & 3] += 1
    if picture[vote, track] < 0 or looks[vote, track, chosen[0], chosen[1], chosen[2]] == picture[vote, track]:
        return True
    state[who, vote] ^= (was ^ level) << shift
    return False


@njit(cache=True)
def _likely(states, there, before, kind, logs):
    total = 0.0
    for vote in range(len(there)):
        if there[vote]:
            total += logs[kind[vote], states[before[vote]], states[vote]]
    return total


@njit(cache=True)
def _tell(states, there, moves, counts, wide, sign):
    """Count somebody in or out where it would be shown who moved and how many gaps are wide."""
    for vote in range(len(there)):
        if there[vote] and (states[vote] & 3) - (states[vote] >> BITS) >= 2:
            wide[vote] += sign
    for number in range(len(moves)):
        then, now = moves[number]
        if there[then] and there[now]:
            for track in range(2):
                shift = BITS * (1 - track)
                was, level = (states[then] >> shift) & 3, (states[now] >> shift) & 3
                how = 0 if level > was else 3 if level < was else 2 if level == LEVELS - 1 else 1
                counts[number, track, how] += sign


@njit(cache=True)
def _misfit(counts, moved, wide, gaps):
    off = 0
    for vote in range(len(gaps)):
        if gaps[vote] >= 0:
            off += abs(wide[vote] - gaps[vote])
        elif gaps[vote] == FEW:
            off += max(0, wide[vote] - SPOKEN_FROM + 1)
    for number in range(len(moved)):
        for track in range(2):
            if moved[number, track, 0] >= 0:
                for how in range(4):
                    off += abs(counts[number, track, how] - moved[number, track, how])
    return off


@njit(cache=True)
def _count(state, there, found):
    for who in range(len(there)):
        for vote in range(there.shape[1]):
            if there[who, vote]:
                found[who, vote, state[who, vote]] += 1
