"""What `make soak` calls a drift. The soak itself takes hours and is not part of the suite."""

from __future__ import annotations

import pytest

from tests.load.soak import WINDOWS, Soak, Window


def a_soak(**last: object) -> Soak:
    """A quiet run whose last third looks like this."""
    soak = Soak(each=60)
    soak.windows = [Window([0.02] * 50, [], [150.0] * 5, [40] * 5) for _ in range(WINDOWS)]
    for window in soak.windows[-3:]:
        for name, value in last.items():
            setattr(window, name, value)
    return soak


def test_a_run_that_stays_as_it_was_misses_nothing() -> None:
    assert a_soak().missed() == []


def test_a_quicker_machines_wavering_is_no_drift() -> None:
    assert a_soak(waits=[0.03] * 50).missed() == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("errors", ["TimeoutError"], "3 errors"),
        ("waits", [0.09] * 50, "p95 has grown from 20 to 90 ms"),
        ("memory", [175.0] * 5, "memory has grown from 150 to 175 MB"),
        ("files", [40, 46], "open files have grown from 40 to 46"),
    ],
)
def test_whatever_grows_is_said(name: str, value: list[object], said: str) -> None:
    (missed,) = a_soak(**{name: value}).missed()

    assert said in missed
