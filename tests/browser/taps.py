"""What somebody presses and types to get something done, counted, and told as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.browser.conftest import press

A_TAP, A_WORD = 3, 2  # seconds: to find a button and press it without any hurry; to type one word on a phone


@dataclass
class Taps:
    """One task of one person. A field that is typed into is a tap, too, and so is every choice."""

    task: str
    bar: str
    who: str
    page: Page
    taps: int = 0
    words: int = 0

    def press(self, name: str) -> None:
        """A button or link."""
        press(self.page, name)
        self.taps += 1

    def tap(self, what: Locator) -> None:
        """Anything else."""
        what.click()
        self.taps += 1

    def write(self, what: str | Locator, words: str) -> None:
        """Fill a box in."""
        box = self.page.get_by_label(what, exact=True).first if isinstance(what, str) else what
        box.fill(words)
        self.taps += 1
        self.words += len(words.split())

    @property
    def seconds(self) -> int:
        """Reckoned, not measured: a machine types faster than anybody."""
        return self.taps * A_TAP + self.words * A_WORD


def table(counted: Sequence[Taps]) -> str:
    """The rows of docs/six-weeks.md."""
    rows = [(one.task, str(one.taps), str(one.words), f"{one.seconds / 60:.1f} min", one.bar) for one in counted]
    head = ("Task", "Taps", "Words typed", "Reckoned", "Bar")
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
