"""The server is restarted in mid-vote: every page comes back by itself with what was tapped."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.conftest import chromium  # noqa: F401
from tests.faults import restarts


def test_every_page_comes_back_with_what_was_tapped(chromium: Browser) -> None:  # noqa: F811
    found = restarts.play(chromium, 3, 2)

    assert found.wrong == []


def test_without_a_commit_pages_would_show_what_is_not_stored(chromium: Browser) -> None:  # noqa: F811
    """The negative control."""
    assert restarts.play(chromium, 1, 1, without="a commit").wrong
