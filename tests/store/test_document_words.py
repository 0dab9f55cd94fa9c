"""A participation document that could not be filled in is refused when the server starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcm_core.store import prepare_texts, texts
from mcm_core.store.content_check import checked
from mcm_core.store.content_lines import BrokenContent, read

SHIPPED = (texts.FOLDER / "participation.yaml").read_text(encoding="utf-8")


def loaded(tmp_path: Path, words: str) -> prepare_texts.ParticipationText:
    file = tmp_path / "participation.yaml"
    file.write_text(words, encoding="utf-8")
    return checked(read(file), prepare_texts.ParticipationText)


def test_the_one_that_comes_with_the_app_has_all_that_it_must_say(tmp_path: Path) -> None:
    document = loaded(tmp_path, SHIPPED)

    assert len(document.sections) == 9  # domain.md §4.8; the tenth is the answer
    assert document == prepare_texts.participation()


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("“{cohort}” is", "“{cohort}” is", ""),
        ('"{about}"', '"{abuot}"', "{abuot}"),
        ('      - "{expenses}"\n', "", "“expenses” stands nowhere"),
        ("    hint: A name and how to reach them.\n", "", "line 34: “hint” is missing"),
    ],
)
def test_a_gap_that_nothing_fills_or_that_stands_nowhere_is_refused(
    tmp_path: Path, before: str, after: str, reason: str
) -> None:
    assert before in SHIPPED
    words = SHIPPED.replace(before, after)
    if not reason:
        assert loaded(tmp_path, words)  # the negative control: nothing changed
        return
    with pytest.raises(BrokenContent) as told:
        loaded(tmp_path, words)
    assert reason in str(told.value)
    assert told.value.file == "participation.yaml"
