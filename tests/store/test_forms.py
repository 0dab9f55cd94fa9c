"""The evaluation form as a file: what is shipped, and that a wrong file is refused with line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcm_core.store import forms
from mcm_core.store.content import BrokenContent

GOOD = """\
version: test
title: {ours: Looking back}
parts:
  - title: {ours: One}
    questions:
      first:
        ask: {ours: How far}
        levels: {ours: [Here, There]}
      second: {ask: {ours: What happened}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "form.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_form_asks_what_was_designed() -> None:
    form = forms.evaluation()
    asked = {question.key: str(question.ask) for question in form.questions}

    assert [str(level) for level in form.question("practice_change").levels] == [
        "Not yet thinking about it", "Thinking", "Planning", "Tried something", "Part of how we work",
    ]  # fmt: skip
    assert [asked[key] for key in asked if key.startswith("story_")] == [
        "What did you take part in?",
        "What did you take away?",
        "What did you do with it?",
        "What difference did it make, for whom?",
        "Has it changed what you think matters?",
    ]
    assert [asked[key] for key in ("surprised", "change", "interview")] == [
        "What surprised you?", "What would you change for the next group?", "May we interview you?",
    ]  # fmt: skip
    assert {question.again for question in form.questions} == {"hope", "brings", None}


def test_a_good_file_loads(tmp_path: Path) -> None:
    form = forms.load(written(tmp_path, GOOD))

    assert [question.takes_words for question in form.questions] == [False, True]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("ask: {ours: How far}", "ask: How far", 7, "“ask” needs a mark"),
        ("levels: {ours: [Here, There]}", "levels: {ours: [Here]}", 6, "needs two to nine levels"),
        ("levels:", "yes: {ours: Y}\n        levels:", 6, "has levels and a yes"),
        ("second:", "first:", 9, "“first” stands here twice; it is in line 6 already"),
        ("version: test\n", "", 1, "“version” is missing"),
        ("levels:", "level:", 8, "“level” is not a name that can stand here"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(BrokenContent) as caught:
        forms.load(written(tmp_path, GOOD.replace(old, new, 1)))

    assert (caught.value.line, reason in caught.value.reason) == (line, True), caught.value


def test_two_questions_of_one_name_in_two_parts_are_refused(tmp_path: Path) -> None:
    again = GOOD + "  - title: {ours: Two}\n    questions:\n      first: {ask: {ours: Once more}}\n"

    with pytest.raises(BrokenContent, match="“first” is the name of two questions"):
        forms.load(written(tmp_path, again))
