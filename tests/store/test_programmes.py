"""The programme file: six sessions of two hours that add up, in the users' own words where it says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mcm_core.domain.block import Activity, RoundPlan
from mcm_core.domain.instrument import Text
from mcm_core.domain.mode import Mode
from mcm_core.domain.programme import Programme
from mcm_core.services import instruments, programmes
from mcm_core.store import programmes as files
from mcm_core.store.content_lines import BrokenContent

GOOD = files.FOLDER / "six_weeks.yaml"
SEEDS = """
orientation session · review · openness, honesty, a lack of judgement and a sense of playfulness and positivity ·
Who really benefits from the work we do, both directly and indirectly? ·
In which ways do these groups of people currently get involved? ·
Where might there be opportunities for increasing participation and involvement? ·
There is effective joint working despite any differences in organisational or professional culture ·
There is no set format or method for this
"""


def texts(programme: Programme) -> Iterator[Text]:
    for session in programme.sessions:
        yield session.title
        for block in session.blocks:
            yield from filter(None, (block.title, block.prompt, block.screen, block.note, block.captured))


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The good file with one thing in it changed."""
    text = GOOD.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "six_weeks.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_six_sessions_of_two_hours_ship_with_the_app() -> None:
    programme = programmes.offered()

    assert [session.number for session in programme.sessions] == [1, 2, 3, 4, 5, 6]
    assert {sum(block.minutes for block in session.blocks) for session in programme.sessions} == {120}
    assert [len(session.blocks) for session in programme.sessions] == [9, 9, 9, 9, 9, 15]
    assert {block.activity for session in programme.sessions for block in session.blocks} == set(Activity)
    assert all(any(one.activity is Activity.BREAK for one in session.blocks) for session in programme.sessions)


def test_every_seeds_words_are_the_seeds() -> None:
    marked = {text.words for text in texts(programmes.offered()) if text.source == "seed"}

    assert marked == {" ".join(words.split()) for words in SEEDS.split("·")}


def plans(number: int) -> list[RoundPlan]:
    return [block.round_plan for block in programmes.offered().session(number).blocks if block.round_plan]


def test_every_session_begins_with_the_safety_check_in_and_presses_nothing_for_it() -> None:
    safety = RoundPlan("safety_checkin", mode=Mode.ANONYMOUS, by_itself=True)

    assert [programmes.offered().session(number).blocks[0].round_plan for number in range(1, 7)] == [safety] * 6


def test_the_baseline_is_asked_of_every_theme_and_confidentially() -> None:
    _, four, baseline = plans(1)

    assert four == RoundPlan("self_ratings", by_itself=True), "what is asked again in session 6"
    assert baseline == RoundPlan("meaningful_connections", mode=Mode.CONFIDENTIAL)
    assert len(baseline.card(instruments.offered()["meaningful_connections"], 16).asked) == 6


def test_the_middle_and_the_end_ask_again_and_the_end_looks_back() -> None:
    """domain.md §2.18 and §2.19: the group's health twice; gains, the four now and looking back, and what is next."""
    assert [plan.instrument for plan in plans(3)][1:] == ["meaningful_connections", "cop_health"]
    assert [plan.instrument for plan in plans(6)][1:] == [
        "meaningful_connections", "meaningful_connections_then", "cop_health", "gains", "self_ratings",
        "self_ratings_then", "next_steps",
    ]  # fmt: skip


def test_the_last_block_of_every_session_says_that_news_and_views_is_asked() -> None:
    lasts = [session.blocks[-1].prompt for session in programmes.offered().sessions]

    assert all(last and "Then News and views asks how today was" in last.words for last in lasts)


BREAKS = {
    "minutes that do not add up": (
        "        minutes: 20\n", "        minutes: 25\n",
        r"The session has 120 minutes, and its blocks together 125\. Make them the same\.", "minutes: 120",
    ),
    "an activity that there is not": ("activity: practice", "activity: dance", "“activity” cannot be used", "dance"),
    "a round without its vote": (
        "        round: {instrument: meaningful_connections}\n", "", "“round” belongs to blocks", "activity: round",
    ),
    "a vote in a break": (
        "activity: break\n", "activity: break\n        round: {instrument: participation}\n",
        "“round” belongs to blocks", "activity: break",
    ),
    "an instrument that there is not": (
        "instrument: participation", "instrument: weather", "There is no instrument “weather”. Known: m", "weather",
    ),
    "a theme that there is not": ("[feelings, safety]", "[feelings, rain]", "at least one theme", "rain"),
    "a purpose in other words": (
        "instrument: participation}", "instrument: participation, purpose: fun}", "Choose a purpose", "fun",
    ),
    "a text without a mark": (
        'title: {ours: "Break"}', "title: Break", "“title” needs a mark that says who wrote it", "title: Break",
    ),
    "no minutes at all": ("        minutes: 20\n", "", "“minutes” is missing", "Stories of meaningful"),
    "a block that lasts no time": ("minutes: 20", "minutes: 0", "“minutes” cannot be used", "minutes: 0"),
    "a name misspelt": ("captured:", "capture:", "“capture” is not a name that can stand here", "capture:"),
    "a title too long": ('title: {ours: "Break"}', f'title: {{ours: "{"x" * 81}"}}', "longer than 80", "xxx"),
    "one choice alone": (
        '["With milk", "Without milk", "With lemon", "I do not drink tea"]', '["With milk"]', "choices", "With milk",
    ),
    "five sessions": ("\n  6:\n", "\n  7:\n", "the sessions 1 to 6, in this order", "sessions:"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_wrong_file_is_refused_with_its_line_and_the_reason(tmp_path: Path, name: str) -> None:
    old, new, reason, at = BREAKS[name]
    path = changed(tmp_path, old, new)

    with pytest.raises(BrokenContent, match=reason if "\\" in reason else re.escape(reason)) as found:
        files.load(path, instruments.offered())

    lines = path.read_text(encoding="utf-8").splitlines()
    assert found.value.line is not None
    assert at in lines[found.value.line - 1]
    assert found.value.file == "six_weeks.yaml"
