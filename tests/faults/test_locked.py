"""Another program holds the database: taps are kept, said not to be saved yet, and stored once it lets go."""

from __future__ import annotations

from tests.faults import locked


def test_what_is_tapped_while_the_database_is_locked_is_stored_afterwards() -> None:
    found, traceback = locked.play(6.0, phones=8)

    assert found.met, found
    assert not traceback


def test_without_an_invitation_to_try_again_the_answers_would_be_gone() -> None:
    """The negative control: a server that refuses instead."""
    found, _ = locked.play(2.0, phones=3, without="another try")

    assert found.stored < found.phones, found
