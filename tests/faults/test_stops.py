"""A server that is asked to stop ends by itself, although pages are open, and loses nothing."""

from __future__ import annotations

from tests.faults import life, stops


def test_it_ends_although_members_sit_on_their_pages_and_tap() -> None:
    took, wrong = stops.stop()

    assert took < life.STOPPING  # after which it would have been killed
    assert wrong == 0


def test_without_a_limit_open_pages_would_hold_it(monkeypatch) -> None:
    """The negative control: an event stream never ends by itself."""
    monkeypatch.setattr(life, "STOPPING", 6.0)

    took, _ = stops.stop(phones=1, without="a limit to stopping")

    assert took >= 6.0
