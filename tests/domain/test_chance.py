from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcm_core.domain.chance import cliffs_delta, sign_test, signed_ranks, smallest_p, too_few
from mcm_core.domain.shift import movement

FIRST = (1, 1, 2, 2, 2, 1, 3, 2, 2, 3, 1, 2)
LAST = (2, 3, 3, 2, 3, 1, 3, 3, 2, 4, 2, 1)
CHANGES = [now - was for was, now in zip(FIRST, LAST, strict=True)]


@pytest.mark.parametrize(
    ("up", "down", "p"),
    [(7, 1, 0.070), (8, 1, 0.039), (9, 2, 0.065), (10, 2, 0.039), (12, 3, 0.035), (0, 0, 1), (4, 4, 1)],
)
def test_the_sign_test_is_exact_and_has_two_sides(up, down, p):
    assert sign_test(up, down) == sign_test(down, up) == pytest.approx(p, abs=5e-4)


@pytest.mark.parametrize(("movers", "p"), [(3, 0.25), (4, 0.125), (5, 0.0625), (6, 0.031)])
def test_the_smallest_p_depends_on_how_many_moved(movers, p):
    assert smallest_p(movers) == pytest.approx(p, abs=5e-4)


@pytest.mark.parametrize(("movers", "who"), [(0, "Nobody"), (1, "1 person"), (5, "5 people")])
def test_fewer_than_six_movers_get_a_sentence_instead_of_a_p(movers, who):
    assert too_few(movers).startswith(f"{who} moved. Fewer than 6 can never reach .05")


def test_six_movers_are_enough_for_a_test():
    assert too_few(6) is None


def test_the_worked_case_of_twelve_people_comes_out_to_three_decimals():
    moved = movement(zip(FIRST, LAST, strict=True), top=4)
    dropped, pratt = signed_ranks(CHANGES), signed_ranks(CHANGES, zeros="pratt")

    assert (moved.up, moved.same, moved.down) == (7, 4, 1)
    assert moved.net_share == 0.5
    assert sign_test(moved.up, moved.down) == pytest.approx(0.0703, abs=5e-5)
    assert (dropped.plus, dropped.minus, dropped.p) == (32, 4, 0.0625)
    assert dropped.r == pytest.approx(0.778, abs=5e-4)
    assert pratt.r == pytest.approx(0.765, abs=5e-4)
    assert pratt.p == 0.0625
    assert cliffs_delta(FIRST, LAST) == pytest.approx(0.375, abs=5e-4)


@given(st.lists(st.integers(-3, 3), max_size=8), st.sampled_from(["discard", "pratt"]))
def test_the_signed_rank_p_equals_trying_every_way_to_sign_the_moves(changes, zeros):
    found = signed_ranks(changes, zeros=zeros)
    sizes = [abs(change) for change in changes if change or zeros == "pratt"]
    ranks = [(sum(b < a for b in sizes) + sum(b <= a for b in sizes) + 1) / 2 for a in sizes]
    moving = [rank for rank, size in zip(ranks, sizes, strict=True) if size]

    sums = [sum(r for r, up in zip(moving, ups, strict=True) if up) for ups in product((0, 1), repeat=len(moving))]
    as_extreme = sum(total <= min(found.plus, found.minus) for total in sums)

    assert found.p == pytest.approx(min(1, 2 * as_extreme / len(sums)))
    assert found.plus + found.minus == pytest.approx(sum(moving))


@given(st.lists(st.integers(-3, 3), max_size=20))
def test_turning_every_move_round_turns_the_effect_round_and_keeps_p(changes):
    found, turned = signed_ranks(changes), signed_ranks([-change for change in changes])

    assert turned.r == pytest.approx(-found.r)
    assert turned.p == found.p


def test_nobody_moving_is_no_effect():
    assert signed_ranks([0, 0, 0]).r == 0
    assert signed_ranks([]).p == 1


def test_comparing_with_nobody_is_refused():
    with pytest.raises(ValueError, match="at least one answer"):
        cliffs_delta([], [1])
