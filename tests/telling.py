"""Words that would tell somebody over a shoulder what kind of group this is. Data for the crawls (threat 24)."""

from __future__ import annotations

TELLING = (
    "abuse", "abusive", "assault", "attack", "charity", "coerci", "counsel", "crisis", "danger", "domestic",
    "escape", "femicide", "gender", "harass", "harm", "helpline", "honour", "perpetrator", "police", "rape", "refuge",
    "rescue", "safeguard", "sexual", "shelter", "stalk", "suicid", "support", "survivor",
    "therap", "traffick", "trauma", "victim", "violen", "vulnerab", "wellbeing", "women",
)  # fmt: skip


def tells(text: str) -> list[str]:
    """Which of the words stand in a title, an address or a file name."""
    return [word for word in TELLING if word in text.casefold()]
