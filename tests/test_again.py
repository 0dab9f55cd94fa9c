"""What `make test` tries a second time, and what it does not."""

from __future__ import annotations

import pytest

from tests.again import to_try_again

BROWSER = "tests/browser/test_{}.py::test_2"


def test_a_story_in_a_browser_is_tried_again_as_a_whole_file() -> None:
    failed = [BROWSER.format("line"), "tests/browser/test_line.py::test_3"]

    assert to_try_again(failed) == ["tests/browser/test_line.py"]


@pytest.mark.parametrize(
    "failed",
    [
        [],
        ["tests/services/test_bags.py::test_1"],
        [BROWSER.format("line"), "tests/faults/test_kills.py::test_1"],
        [BROWSER.format(number) for number in range(4)],
    ],
)
def test_a_rule_a_fault_or_many_failures_are_not(failed: list[str]) -> None:
    assert to_try_again(failed) == []
