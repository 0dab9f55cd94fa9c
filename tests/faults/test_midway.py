"""A process is killed in the middle of its transactions: nothing is half done."""

from __future__ import annotations

from tests.faults import midway


def test_what_a_killed_process_was_doing_is_done_or_not_begun() -> None:
    found = midway.play(12)

    assert found.broken == []
    assert found.inside, found


def test_without_transactions_things_would_be_half_done() -> None:
    """The negative control."""
    assert midway.play(150, without="transactions", enough=True).broken
