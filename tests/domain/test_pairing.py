"""Catch-ups: nobody is left out, nobody meets again while that can be avoided, and nobody meets whom they must not."""

from __future__ import annotations

from itertools import combinations

import pytest

from mcm_core.domain import pairing_search
from mcm_core.domain.pairing import GAPS, Proposal, density, have_met, past_of, propose, repaired
from mcm_core.domain.pairing_search import Group, Past

NAMES = [f"person {number:02}" for number in range(20)]
#: The least number of repeated meetings in five rounds (domain.md §2.11): none for 6 and for 8 to 20. With four people
#: two rounds of two pairs come again; three are always the same trio.
LEAST = {3: 12, 4: 4, 5: 10, 7: 4}


def group(*people: str) -> Group:
    return frozenset(people)


def five_weeks(people: list[str], seed: str = "a", apart: frozenset[Group] = frozenset()) -> list[tuple[Group, ...]]:
    """Five rounds as a cohort lives them: each is proposed when those before it are over."""
    rounds: list[tuple[Group, ...]] = []
    for week in range(GAPS):
        found = propose(people, past_of(rounds, apart), weeks=GAPS - week, seed=f"{seed}.{week}")
        assert not found.alone
        rounds.append(found.groups)
    return rounds


def repeats(rounds: list[tuple[Group, ...]]) -> int:
    return sum(times - 1 for times in past_of(rounds).together.values())


def sizes(groups: tuple[Group, ...]) -> list[int]:
    return sorted(map(len, groups))


def everybody(found: Proposal) -> list[str]:
    return sorted(one for group in found.groups for one in group)


@pytest.mark.parametrize("seed", ["a", "b"])
@pytest.mark.parametrize("number", range(3, 21))
def test_five_weeks_have_as_few_repeats_as_can_be_and_nobody_is_left_out(number: int, seed: str) -> None:
    people = NAMES[:number]
    rounds = five_weeks(people, seed)

    assert repeats(rounds) == LEAST.get(number, 0)
    for groups in rounds:
        assert sorted(one for group in groups for one in group) == people
        assert sizes(groups) == [2] * (number // 2 - number % 2) + [3] * (number % 2)


@pytest.mark.parametrize("number", range(3, 21, 2))
def test_the_trio_goes_round(number: int) -> None:
    in_trios = past_of(five_weeks(NAMES[:number])).in_trios
    times = [in_trios.get(one, 0) for one in NAMES[:number]]

    assert max(times) - min(times) <= 1


def test_with_four_people_the_repeats_are_two_whole_rounds() -> None:
    rounds = [frozenset(groups) for groups in five_weeks(NAMES[:4])]

    assert len(set(rounds)) == 3


def test_a_week_that_looks_no_further_than_itself_would_repeat_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: of six people, some who look a week ahead at a time get stuck in the fourth."""
    assert {repeats(five_weeks(NAMES[:6], str(seed))) for seed in range(8)} == {0}

    monkeypatch.setattr(pairing_search, "STEPS", 0)  # no search gets anywhere: only the rule of the fewest ways is left
    with pytest.raises(AssertionError):
        assert {repeats(five_weeks(NAMES[:6], str(seed))) for seed in range(8)} == {0}


def test_the_same_arguments_give_the_same_groups_and_another_seed_gives_others() -> None:
    first = propose(NAMES, Past(), weeks=5, seed="one")

    assert first == propose(list(reversed(NAMES)), Past(), weeks=5, seed="one")
    assert set(first.groups) != set(propose(NAMES, Past(), weeks=5, seed="two").groups)


@pytest.mark.parametrize("number", range(4, 21))
def test_people_who_must_not_meet_never_do_and_everybody_has_somebody(number: int) -> None:
    apart = frozenset({group(NAMES[0], NAMES[1]), group(NAMES[number - 1], NAMES[2])})
    rounds = five_weeks(NAMES[:number], apart=apart)

    assert apart.isdisjoint(past_of(rounds).together)
    assert all({one for group in groups for one in group} == set(NAMES[:number]) for groups in rounds)


def test_of_three_two_of_whom_must_not_meet_the_third_meets_both() -> None:
    found = propose(NAMES[:3], Past(apart=frozenset({group(NAMES[0], NAMES[1])})), weeks=5, seed="a")

    assert set(found.groups) == {group(NAMES[0], NAMES[2]), group(NAMES[1], NAMES[2])}


def test_whoever_is_allowed_with_nobody_is_alone_and_the_others_are_not() -> None:
    apart = frozenset(group(NAMES[0], other) for other in NAMES[1:6])
    found = propose(NAMES[:6], Past(apart=apart), weeks=5, seed="a")

    assert found.alone == (NAMES[0],)
    assert everybody(found) == NAMES[1:6]


def test_somebody_who_avoids_nearly_everybody_meets_the_rest() -> None:
    apart = frozenset(group(NAMES[0], other) for other in NAMES[1:18])
    rounds = five_weeks(NAMES, apart=apart)

    assert apart.isdisjoint(past_of(rounds).together)


def test_a_week_off_and_a_late_joiner_change_who_there_is_and_nobody_is_left_out() -> None:
    weeks = [NAMES[:11], NAMES[:10], NAMES[:12], NAMES[1:12], NAMES[:13]]
    rounds: list[tuple[Group, ...]] = []
    for week, people in enumerate(weeks):
        found = propose(people, past_of(rounds), weeks=GAPS - week, seed=f"{week}")
        assert everybody(found) == people
        rounds.append(found.groups)

    assert repeats(rounds) == 0


@pytest.mark.parametrize(("people", "groups"), [([], []), (NAMES[:2], [2]), (NAMES[:3], [3])])
def test_the_smallest_groups(people: list[str], groups: list[int]) -> None:
    assert sizes(propose(people, Past(), weeks=5, seed="a").groups) == groups


def test_one_person_has_nobody() -> None:
    assert propose(NAMES[:1], Past(), weeks=5, seed="a") == Proposal((), (NAMES[0],))


def test_a_group_that_a_facilitator_keeps_stands_and_the_others_are_arranged_around_it() -> None:
    kept = group(NAMES[0], NAMES[1])
    for number in (3, 4, 7, 8):
        found = propose(NAMES[:number], Past(), weeks=5, seed="a", kept=[kept])
        assert any(kept <= one for one in found.groups)
        assert everybody(found) == NAMES[:number]


ABCD = (group("Ada", "Ben"), group("Cleo", "Dev"))


def mended(
    groups: tuple[Group, ...], here: str, past: Past | None = None, unhappy: str = "", done: tuple[Group, ...] = ()
) -> Proposal:
    return repaired(groups, here.split(), past or Past(), unhappy=unhappy.split(), done=done, seed="a")


def test_whose_partner_left_joins_others() -> None:
    assert mended(ABCD, "Ada Cleo Dev").groups == (group("Ada", "Cleo", "Dev"),)


TRIO = group("Eve", "Finn", "Gus")


def test_whose_partner_left_joins_a_pair_and_nobody_loses_theirs_for_it() -> None:
    found = mended((*ABCD, TRIO), "Ada Cleo Dev Eve Finn Gus")

    assert set(found.groups) == {group("Ada", "Cleo", "Dev"), TRIO}


def test_a_trio_is_two_pairs_where_no_pair_can_take_whoever_is_left() -> None:
    met = mended((*ABCD, TRIO), "Ada Cleo Dev Eve Finn Gus", done=ABCD[1:])
    must_not = Past(apart=frozenset({group("Ada", "Cleo")}))

    for found in (met, mended((*ABCD, TRIO), "Ada Cleo Dev Eve Finn Gus", must_not)):
        assert sizes(found.groups) == [2, 2, 2]
        assert group("Cleo", "Dev") in found.groups


def test_the_pair_that_takes_somebody_in_has_met_them_least() -> None:
    groups = (*ABCD, group("Eve", "Finn"))
    for known, other in ((group("Cleo", "Dev"), group("Eve", "Finn")), (group("Eve", "Finn"), group("Cleo", "Dev"))):
        past = past_of([[group("Ada", one)] for one in known])

        assert {"Ada"} | other in mended(groups, "Ada Cleo Dev Eve Finn", past).groups


def test_a_trio_that_lost_one_is_a_pair() -> None:
    assert mended((group("Ada", "Ben", "Cleo"),), "Ada Ben").groups == (group("Ada", "Ben"),)


def test_two_who_lost_their_partners_meet_each_other_and_nobody_else_is_troubled() -> None:
    groups = (*ABCD, group("Eve", "Finn"))

    assert set(mended(groups, "Ada Cleo Eve Finn").groups) == {group("Ada", "Cleo"), group("Eve", "Finn")}


def test_who_asks_for_a_swap_gets_somebody_else_and_so_does_the_partner() -> None:
    found = mended(ABCD, "Ada Ben Cleo Dev", unhappy="Ada")

    assert everybody(found) == ["Ada", "Ben", "Cleo", "Dev"]
    assert not set(found.groups) & set(ABCD)


def test_those_who_have_met_are_left_in_peace() -> None:
    done = (group("Cleo", "Dev"),)
    groups = (*ABCD, group("Eve", "Finn"))
    found = mended(groups, "Ada Cleo Dev Eve Finn", unhappy="Cleo", done=done)

    assert set(found.groups) == {group("Cleo", "Dev"), group("Ada", "Eve", "Finn")}


def test_the_last_to_be_found_a_partner_joins_a_pair_that_has_met_already() -> None:
    found = mended(ABCD, "Ada Cleo Dev", done=(group("Cleo", "Dev"),))

    assert found.groups == (group("Ada", "Cleo", "Dev"),)


def test_mending_keeps_apart_who_must_not_meet() -> None:
    groups = (*ABCD, group("Eve", "Finn"))
    apart = frozenset(group("Ada", other) for other in ("Cleo", "Dev"))
    found = mended(groups, "Ada Cleo Dev Eve Finn", Past(apart=apart))

    assert set(found.groups) == {group("Ada", "Eve", "Finn"), group("Cleo", "Dev")}


def test_when_everybody_has_left_nothing_is_there_to_mend() -> None:
    assert mended(ABCD, "") == Proposal(())


def test_two_have_met_when_one_says_so_and_the_other_does_not_say_otherwise() -> None:
    def met(**said: str | None) -> set[Group]:
        return have_met(said, yes="met", no={"not yet", "swap"})

    assert met(Ada="met", Ben=None) == {group("Ada", "Ben")}
    assert met(Ada="met", Ben="not yet") == met(Ada=None, Ben=None) == set()
    assert met(Ada="met", Ben="met", Cleo="swap") == {group("Ada", "Ben")}


def test_the_density_is_one_sentence_about_everybody() -> None:
    met = {frozenset(pair) for pair in list(combinations(NAMES[:12], 2))[:31]}

    assert density(met, 12) == "31 of 66 possible pairs have met."


@pytest.mark.parametrize("people", [0, 1])
def test_where_nobody_can_meet_no_pair_is_counted(people: int) -> None:
    assert density(set(), people) == "Fewer than two have joined, so nobody can meet yet."
