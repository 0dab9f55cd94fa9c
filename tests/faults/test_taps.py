"""Whatever fingers and connections do, the last tap is stored, once, and is what the screen shows."""

from __future__ import annotations

from tests.faults import taps
from tests.faults.bad_line import BACK, FORWARD


def test_of_two_fast_taps_the_last_one_is_stored_once() -> None:
    found = taps.play(taps.fast, 80, phones=8)

    assert found.wrong == []


def test_with_an_insert_that_cannot_be_repeated_it_would_not_be() -> None:
    """The negative control."""
    assert taps.play(taps.fast, 4, phones=4, without="upsert").wrong


def test_of_two_devices_the_last_one_that_was_told_is_stored() -> None:
    assert taps.play(taps.devices, 30, phones=1).wrong == []


def test_answers_that_get_lost_on_either_way_arrive_once() -> None:
    found = taps.play(taps.poor, 3, phones=8, delay=0.05, cut=0.3)

    assert found.wrong == []
    assert min(found.cuts[FORWARD], found.cuts[BACK]) > 0


def test_a_phone_that_sends_once_would_lose_some() -> None:
    """The negative control."""
    assert taps.play(taps.poor, 3, phones=8, delay=0.05, cut=0.3, tries=False).wrong
