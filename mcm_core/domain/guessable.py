"""What others try first, and what is left of a password without it.

Someone who guesses knows the famous phrases, the days and the years, whose account it is, and what this site is about.
So only the rest of a password protects it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

ANYWHERE = 4  # letters: a shorter word counts only where it stands alone, as "may" does not in "mayor"
RUN = 3  # words in a row that are as well known as the phrase they are from
RUN_LETTERS = 8
YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_BETWEEN = r"[\W_]*"
_LETTER = r"[^\W\d_]"
_NAME_ENDS = re.compile(r"(?<=[a-z])(?=[A-Z])")  # in "KayFenton"
_LOOKALIKES = str.maketrans("013457@$!", "oleastasi")


def phrases(famous: Iterable[Sequence[str]]) -> re.Pattern[str]:
    """Finds each phrase (a sequence of words), and three or more of its words in a row, however they are parted."""
    return _pattern(run for phrase in famous for run in _runs(phrase))


def words(known: Iterable[str]) -> re.Pattern[str]:
    """Finds each of these words; the short ones only where they stand alone."""
    return _pattern((word,) for word in known)


def remainders(password: str, known: Mapping[str, re.Pattern[str]]) -> Iterable[tuple[str, list[str]]]:
    """What is left without all that is known, as it is written and with signs that look like letters read as letters.

    Each remainder comes in small letters with nothing between them, and with the names of the kinds that were found.
    """
    parted = _NAME_ENDS.sub(" ", password).casefold()
    for look in dict.fromkeys((parted, parted.translate(_LOOKALIKES))):
        found = []
        for kind, pattern in known.items():
            look, times = pattern.subn(" ", look)
            found += [kind] * bool(times)
        yield re.sub(r"[\W_]+", "", look), found


def _runs(phrase: Sequence[str]) -> Iterable[Sequence[str]]:
    yield phrase
    for start in range(len(phrase)):
        for end in range(start + RUN, len(phrase) + 1):
            if len("".join(run := phrase[start:end])) >= RUN_LETTERS:
                yield run


def _pattern(runs: Iterable[Sequence[str]]) -> re.Pattern[str]:
    """One pattern for all, the longest first; one that finds nothing when there are none."""
    longest_first = sorted({tuple(run) for run in runs}, key=lambda run: (-len("".join(run)), run))
    return re.compile("|".join(map(_written, longest_first)) or r"(?!)")


def _written(run: Sequence[str]) -> str:
    joined = _BETWEEN.join(map(re.escape, run))
    return joined if len("".join(run)) >= ANYWHERE else f"(?<!{_LETTER}){joined}(?!{_LETTER})"
