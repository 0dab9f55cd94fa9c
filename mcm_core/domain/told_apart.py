"""Words for a list to choose from: whoever reads it, and Streamlit, tell two entries apart by these alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mcm_core.domain.cohort import folded


def told_apart(said: Mapping[str, str], *more: Mapping[str, str]) -> dict[str, str]:
    """The words of each entry by its id, no two alike.

    `more` holds what may be added, the most telling first: only where the words are the same, and only if it helps.
    Where nothing helps they are counted, in the order in which they stand.
    """
    words = dict(said)
    for hints in more:
        for alike in _alike(words):
            if len({folded(hints.get(id_, "")) for id_ in alike}) > 1:
                words |= {id_: f"{words[id_]}, {hints[id_]}" for id_ in alike if hints.get(id_)}
    while groups := _alike(words):
        for alike in groups:
            words |= {id_: f"{words[id_]} ({place})" for place, id_ in enumerate(alike, 1)}
    return words


def _alike(words: Mapping[str, str]) -> list[list[str]]:
    """The ids of those that read the same, two or more in each group."""
    counted = Counter(map(folded, words.values()))
    groups = {key: [id_ for id_, said in words.items() if folded(said) == key] for key, n in counted.items() if n > 1}
    return list(groups.values())
