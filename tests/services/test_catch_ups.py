"""Catch-ups from the facilitator's suggestion to the line that two people share."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from mcm_core.domain.catch_up import CatchUp, Outcome
from mcm_core.domain.errors import Conflict, NotAllowed, Refused
from mcm_core.domain.note import Audience
from mcm_core.domain.visitor import Visitor
from mcm_core.services import catch_ups, members, my_catch_ups, notes, wishes
from mcm_core.store.engine import read, write
from tests.services.people import NOW, a_member
from tests.services.racing import race
from tests.services.stories import Group, a_group


def shared(db: Session, group: Group, number: int = 1) -> None:
    """A week's catch-ups, suggested and shared."""
    catch_ups.suggest(db, group.facilitator, group.cohort.id, number, at=NOW)
    version = catch_ups.rounds(db, group.facilitator, group.cohort.id)[0].version
    catch_ups.share(db, group.facilitator, group.cohort.id, number, version=version, at=NOW)


def partners(db: Session, member: Visitor) -> list[str]:
    return [partner.name for one in my_catch_ups.mine(db, member)[:1] for partner in one.partners]


def named(group: Group, *names: str) -> tuple[Visitor, ...]:
    return tuple(one for name in names for one in group.members if one.name == name)


def the_pair_of(db: Session, group: Group, member: Visitor) -> tuple[CatchUp, tuple[Visitor, ...]]:
    """A member's catch-up and its other people."""
    catch_up = my_catch_ups.mine(db, member)[0]
    return catch_up, named(group, *(partner.name for partner in catch_up.partners))


def pairs(db: Session, group: Group) -> Sequence[tuple[str, ...]]:
    return sorted(one.people for one in catch_ups.rounds(db, group.facilitator, group.cohort.id)[0].groups)


@pytest.fixture
def six(db: Session) -> Group:
    return a_group(db, 6)


def test_catch_ups_are_the_facilitators_alone_until_they_are_shared(db: Session, six: Group) -> None:
    catch_ups.suggest(db, six.facilitator, six.cohort.id, 1, at=NOW)
    assert [my_catch_ups.mine(db, one) for one in six.members] == [()] * 6

    (week,) = catch_ups.rounds(db, six.facilitator, six.cohort.id)
    catch_ups.share(db, six.facilitator, six.cohort.id, 1, version=week.version, at=NOW)

    assert [len(partners(db, one)) for one in six.members] == [1] * 6
    assert [one.said for one in my_catch_ups.mine(db, six.members[0])] == [None]


def test_five_weeks_of_six_people_bring_every_pair_together_once(db: Session, six: Group) -> None:
    for number in range(1, 6):
        shared(db, six, number)
        for one in six.members:
            my_catch_ups.say(db, one, my_catch_ups.mine(db, one)[0].id, Outcome.MET)

    weeks = catch_ups.rounds(db, six.facilitator, six.cohort.id)
    assert len({pair.people for week in weeks for pair in week.groups}) == 15
    assert catch_ups.how_many_met(db, six.facilitator, six.cohort.id) == "15 of 15 possible pairs have met."


def test_other_groups_can_be_suggested_and_those_that_are_kept_stand(db: Session, six: Group) -> None:
    ada, ben = six.members[:2]
    wanted = [ada.member_id or "", ben.member_id or ""]
    catch_ups.keep_together(db, six.facilitator, six.cohort.id, 1, wanted, at=NOW)
    seen = set()
    for _ in range(8):
        catch_ups.suggest(db, six.facilitator, six.cohort.id, 1, at=NOW)
        assert ("Ada", "Ben") in pairs(db, six)
        seen.add(tuple(pairs(db, six)))
    assert len(seen) > 1

    (kept,) = [one for one in catch_ups.rounds(db, six.facilitator, six.cohort.id)[0].groups if one.kept]
    catch_ups.keep(db, six.facilitator, kept.id, yes=False)
    assert not any(one.kept for one in catch_ups.rounds(db, six.facilitator, six.cohort.id)[0].groups)


def test_what_somebody_else_changed_meanwhile_is_not_shared(db: Session, six: Group) -> None:
    catch_ups.suggest(db, six.facilitator, six.cohort.id, 1, at=NOW)
    catch_ups.suggest(db, six.facilitator, six.cohort.id, 1, at=NOW)

    with pytest.raises(Conflict, match="Somebody else has changed"):
        catch_ups.share(db, six.facilitator, six.cohort.id, 1, version=1, at=NOW)
    with pytest.raises(Conflict):
        catch_ups.share(db, six.facilitator, six.cohort.id, 2, version=1, at=NOW)


def test_what_is_shared_is_not_suggested_again_and_sharing_twice_is_sharing_once(db: Session, six: Group) -> None:
    shared(db, six)
    before = pairs(db, six)
    catch_ups.share(db, six.facilitator, six.cohort.id, 1, version=1, at=NOW)

    for change in (
        lambda: catch_ups.suggest(db, six.facilitator, six.cohort.id, 1, at=NOW),
        lambda: catch_ups.keep(db, six.facilitator, my_catch_ups.mine(db, six.members[0])[0].id, yes=True),
    ):
        with pytest.raises(Refused, match="shared already"):
            change()
    assert pairs(db, six) == before


@pytest.mark.parametrize("people", [0, 1])
def test_fewer_than_two_people_use_no_week_up(db: Session, people: int) -> None:
    group = a_group(db, people)
    members.add(db, group.facilitator, group.cohort.id, "Yan", at=NOW)  # who has not joined
    with pytest.raises(Refused, match="needs two people"):
        catch_ups.suggest(db, group.facilitator, group.cohort.id, 1, at=NOW)
    assert catch_ups.to_do(db, group.facilitator, group.cohort.id) == (0, 0)
    assert catch_ups.rounds(db, group.facilitator, group.cohort.id) == ()


def test_what_was_suggested_is_not_shared_once_all_but_one_have_left(db: Session) -> None:
    group = a_group(db, 2)
    catch_ups.suggest(db, group.facilitator, group.cohort.id, 1, at=NOW)
    members.erase(db, group.members[0], keep_notes=False)
    (week,) = catch_ups.rounds(db, group.facilitator, group.cohort.id)

    with pytest.raises(Refused, match="needs two people"):
        catch_ups.share(db, group.facilitator, group.cohort.id, 1, version=week.version, at=NOW)

    assert catch_ups.to_do(db, group.facilitator, group.cohort.id) == (0, 0)


def test_a_week_that_everybody_has_off_is_left_empty_and_the_next_one_comes(db: Session) -> None:
    group = a_group(db, 2)
    for one in group.members:
        wishes.take_week_off(db, one, 1, yes=True)
    shared(db, group)
    shared(db, group, 2)

    assert [len(week.groups) for week in catch_ups.rounds(db, group.facilitator, group.cohort.id)] == [1, 0]


@pytest.mark.parametrize("number", [0, 6])
def test_there_are_five_weeks(db: Session, six: Group, number: int) -> None:
    with pytest.raises(Refused, match="week 1 to 5"):
        catch_ups.suggest(db, six.facilitator, six.cohort.id, number, at=NOW)


def test_a_week_off_is_nobodys_business_and_nobody_else_is_left_out(db: Session, six: Group) -> None:
    wishes.take_week_off(db, six.members[0], 1, yes=True)
    shared(db, six)

    (week,) = catch_ups.rounds(db, six.facilitator, six.cohort.id)
    assert (week.resting, week.alone, week.to_mend) == (("Ada",), (), 0)
    assert my_catch_ups.mine(db, six.members[0]) == ()
    assert sorted(len(one.people) for one in week.groups) == [2, 3]

    wishes.take_week_off(db, six.members[0], 2, yes=True)
    wishes.take_week_off(db, six.members[0], 2, yes=False)
    shared(db, six, 2)
    assert len(partners(db, six.members[0])) == 1


def test_a_late_joiner_waits_for_the_next_round(db: Session, six: Group) -> None:
    shared(db, six)
    late = a_member(db, six.facilitator, six.cohort, "Zoe")
    week = catch_ups.rounds(db, six.facilitator, six.cohort.id)[0]
    assert (week.alone, week.to_mend, partners(db, late)) == (("Zoe",), 0, [])

    shared(db, six, 2)

    assert partners(db, late)


def test_what_was_suggested_before_somebody_came_or_asked_for_a_week_off_is_suggested_anew(
    db: Session, six: Group
) -> None:
    catch_ups.suggest(db, six.facilitator, six.cohort.id, 1, at=NOW)
    wishes.take_week_off(db, six.members[0], 1, yes=True)
    (week,) = catch_ups.rounds(db, six.facilitator, six.cohort.id)
    assert not week.fits
    with pytest.raises(Conflict, match="Suggest them anew"):
        catch_ups.share(db, six.facilitator, six.cohort.id, 1, version=week.version, at=NOW)

    catch_ups.suggest(db, six.facilitator, six.cohort.id, 1, at=NOW)
    assert catch_ups.rounds(db, six.facilitator, six.cohort.id)[0].fits
    a_member(db, six.facilitator, six.cohort, "Zoe")
    assert not catch_ups.rounds(db, six.facilitator, six.cohort.id)[0].fits


def test_people_who_have_not_joined_yet_are_in_no_group(db: Session, six: Group) -> None:
    members.add(db, six.facilitator, six.cohort.id, "Yan", at=NOW)
    shared(db, six)

    assert "Yan" not in {name for pair in pairs(db, six) for name in pair}
    assert "Yan" not in wishes.others(db, six.members[0]).values()


def test_who_was_in_and_gets_a_new_link_keeps_their_group_and_is_in_the_next_one(db: Session, six: Group) -> None:
    shared(db, six)
    before = pairs(db, six)
    members.reissue(db, six.facilitator, six.members[0].member_id or "", at=NOW)
    week = catch_ups.rounds(db, six.facilitator, six.cohort.id)[0]
    assert (week.to_mend, week.not_joined, pairs(db, six)) == (0, (), before)

    shared(db, six, 2)

    assert "Ada" in {name for pair in pairs(db, six) for name in pair}
    assert "Ada" in wishes.others(db, six.members[1]).values()


def test_facilitators_see_who_is_in_no_group_and_why(db: Session, six: Group) -> None:
    members.add(db, six.facilitator, six.cohort.id, "Yan", at=NOW)
    wishes.take_week_off(db, six.members[1], 1, yes=True)
    shared(db, six)

    (week,) = catch_ups.rounds(db, six.facilitator, six.cohort.id)

    assert (week.resting, week.not_joined, week.alone) == (("Ben",), ("Yan",), ())
    assert list(week.people.values()) == ["Ada", "Cleo", "Dev", "Eve", "Finn"]


def test_a_quiet_wish_not_to_be_put_together_holds_and_is_told_to_nobody(db: Session, six: Group) -> None:
    ada, ben = six.members[:2]
    wishes.keep_apart(db, ada, ben.member_id or "", yes=True)
    for number in range(1, 6):
        shared(db, six, number)
        assert partners(db, ada) != ["Ben"]

    assert wishes.mine(db, ada).apart == (ben.member_id,)
    assert wishes.mine(db, ben).apart == ()
    assert catch_ups.apart(db, six.facilitator, six.cohort.id) == ()
    assert all(not week.alone for week in catch_ups.rounds(db, six.facilitator, six.cohort.id))

    wishes.keep_apart(db, ada, ben.member_id or "", yes=False)
    assert wishes.mine(db, ada).apart == ()


def test_who_tries_to_put_two_together_is_told_that_they_cannot_be_and_not_who_asked(db: Session, six: Group) -> None:
    ada, ben, cleo, dev = (one.member_id or "" for one in six.members[:4])
    wishes.keep_apart(db, six.members[0], ben, yes=True)
    catch_ups.keep_apart(db, six.facilitator, six.cohort.id, [cleo, dev], yes=True)

    for two in ([ada, ben], [cleo, dev]):
        with pytest.raises(Refused) as told:
            catch_ups.keep_together(db, six.facilitator, six.cohort.id, 1, two, at=NOW)
        assert str(told.value) == "These people cannot be put together. Choose others."


def test_without_the_wish_they_would_have_been_put_together(db: Session, six: Group) -> None:
    """The negative control: six people in five weeks all meet each other."""
    for number in range(1, 6):
        shared(db, six, number)

    assert ("Ada", "Ben") in {
        pair.people for week in catch_ups.rounds(db, six.facilitator, six.cohort.id) for pair in week.groups
    }


def test_a_facilitator_keeps_a_manager_and_a_report_apart(db: Session, six: Group) -> None:
    two = [one.member_id or "" for one in six.members[:2]]
    catch_ups.keep_apart(db, six.facilitator, six.cohort.id, two, yes=True)
    catch_ups.keep_apart(db, six.facilitator, six.cohort.id, two[::-1], yes=True)
    assert catch_ups.apart(db, six.facilitator, six.cohort.id) == (tuple(sorted(two)),)

    with pytest.raises(Refused, match="cannot be put together"):
        catch_ups.keep_together(db, six.facilitator, six.cohort.id, 1, two, at=NOW)
    for number in range(1, 6):
        shared(db, six, number)
        assert partners(db, six.members[0]) != ["Ben"]

    catch_ups.keep_apart(db, six.facilitator, six.cohort.id, two, yes=False)
    assert catch_ups.apart(db, six.facilitator, six.cohort.id) == ()


def test_a_wish_about_ones_partner_of_this_week_is_mended_with_the_next_press(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    (partner,) = my_catch_ups.mine(db, ada)[0].partners
    wishes.keep_apart(db, ada, partner.id, yes=True)
    assert catch_ups.rounds(db, six.facilitator, six.cohort.id)[0].to_mend == 1

    catch_ups.mend(db, six.facilitator, six.cohort.id)

    assert partners(db, ada) not in ([], [partner.name])
    assert catch_ups.rounds(db, six.facilitator, six.cohort.id)[0].to_mend == 0


def test_who_asks_for_another_partner_gets_one_and_the_partner_too(db: Session, six: Group) -> None:
    shared(db, six)
    before = pairs(db, six)
    ada = six.members[0]
    catch_up, (partner,) = the_pair_of(db, six, ada)
    my_catch_ups.say(db, ada, catch_up.id, Outcome.SWAP)
    assert catch_ups.rounds(db, six.facilitator, six.cohort.id)[0].to_mend == 1

    catch_ups.mend(db, six.facilitator, six.cohort.id)

    assert partners(db, ada) != [partner.name]
    assert all(partners(db, one) for one in six.members)
    assert len(set(pairs(db, six)) & set(before)) == 1  # two groups changed, the third did not
    after = pairs(db, six)
    catch_ups.mend(db, six.facilitator, six.cohort.id)
    assert pairs(db, six) == after


def test_when_somebody_leaves_mid_week_their_partner_is_with_others_at_once(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    _, (partner,) = the_pair_of(db, six, ada)

    members.erase(db, ada, keep_notes=False)

    assert len(partners(db, partner)) == 2
    assert sorted(len(one) for one in pairs(db, six)) == [2, 3]
    assert catch_ups.rounds(db, six.facilitator, six.cohort.id)[0].to_mend == 0


def test_those_who_have_met_are_not_rearranged_when_somebody_leaves(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    _, (partner,) = the_pair_of(db, six, ada)
    for one in six.members:
        if one not in (ada, partner):
            my_catch_ups.say(db, one, my_catch_ups.mine(db, one)[0].id, Outcome.MET)
    my_catch_ups.say(db, partner, my_catch_ups.mine(db, partner)[0].id, Outcome.MET)
    before = [pair for pair in pairs(db, six) if "Ada" not in pair]

    members.erase(db, ada, keep_notes=False)

    assert [pair for pair in pairs(db, six) if len(pair) == 2] == before
    assert catch_ups.how_many_met(db, six.facilitator, six.cohort.id) == "2 of 10 possible pairs have met."


def changed(db: Session, people: Sequence[Visitor]) -> set[str]:
    """Who of them is told that their catch-up has changed."""
    return {one.name for one in people if any(held.changed for held in my_catch_ups.mine(db, one))}


def test_only_those_whose_group_changed_after_it_was_shared_are_told_until_they_say_something(db: Session) -> None:
    group = a_group(db, 7)
    shared(db, group)
    assert changed(db, group.members) == set()
    (trio,) = [one for one in pairs(db, group) if len(one) == 3]
    leaves = next(one for one in group.members if one.name not in trio)
    stay = [one for one in group.members if one is not leaves]

    members.erase(db, leaves, keep_notes=False)

    others = [one for one in stay if one.name not in trio]
    assert sorted(pairs(db, group)) == sorted([trio, tuple(one.name for one in others)])
    assert changed(db, stay) == {one.name for one in others}
    my_catch_ups.say(db, others[0], my_catch_ups.mine(db, others[0])[0].id, Outcome.NOT_YET)
    assert changed(db, stay) == {one.name for one in others[1:]}


@pytest.mark.parametrize("have_met", [False, True])
def test_two_of_a_trio_that_somebody_leaves_are_told_unless_they_have_met(db: Session, have_met: bool) -> None:
    group = a_group(db, 3)
    shared(db, group)
    ada, ben, cleo = group.members
    if have_met:
        my_catch_ups.say(db, ben, my_catch_ups.mine(db, ben)[0].id, Outcome.MET)

    members.erase(db, ada, keep_notes=False)

    assert partners(db, cleo) == ["Ben"]
    assert changed(db, [ben, cleo]) == (set() if have_met else {"Ben", "Cleo"})


def test_not_yet_is_carried_over_once(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    first = my_catch_ups.mine(db, ada)[0].id
    my_catch_ups.say(db, ada, first, Outcome.NOT_YET)

    shared(db, six, 2)
    assert [one.number for one in my_catch_ups.mine(db, ada)] == [2, 1]
    my_catch_ups.say(db, ada, first, Outcome.MET)
    assert [one.number for one in my_catch_ups.mine(db, ada)] == [2]
    my_catch_ups.say(db, ada, first, Outcome.NOT_YET)
    shared(db, six, 3)
    assert [one.number for one in my_catch_ups.mine(db, ada)] == [3]


def test_what_i_said_of_a_catch_up_is_not_shown_to_my_partner(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    catch_up, (partner,) = the_pair_of(db, six, ada)
    before = my_catch_ups.mine(db, partner)

    my_catch_ups.say(db, ada, catch_up.id, Outcome.SWAP)

    assert my_catch_ups.mine(db, partner) == before
    with pytest.raises(Refused, match="not one of the three answers"):
        my_catch_ups.say(db, ada, catch_up.id, "loved it")


def test_a_line_is_shared_once_the_partner_is_fine_with_it_and_can_become_a_note(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    catch_up, (partner,) = the_pair_of(db, six, ada)
    my_catch_ups.write_line(db, ada, catch_up.id, "  Ask  first.  ", at=NOW)
    (line,) = my_catch_ups.mine(db, partner)[0].lines
    assert (line.body, line.mine, line.agreed, line.shared) == ("Ask first.", False, False, False)
    assert my_catch_ups.shared_lines(db, six.members[5], six.cohort.id, since=NOW) == ()
    with pytest.raises(Refused, match="everybody in this catch-up"):
        my_catch_ups.make_note(db, ada, catch_up.id, at=NOW)

    my_catch_ups.agree(db, partner, catch_up.id, ada.member_id or "", body="Ask first.", yes=True, at=NOW)
    assert my_catch_ups.shared_lines(db, six.members[5], six.cohort.id, since=NOW) == ("Ask first.",)
    my_catch_ups.make_note(db, ada, catch_up.id, at=NOW)
    my_catch_ups.make_note(db, ada, catch_up.id, at=NOW)

    (note,) = notes.wall(db, partner, six.cohort.id)
    assert (note.body, note.audience, note.by) == ("Ask first.", Audience.COHORT, "a member")
    assert my_catch_ups.mine(db, ada)[0].is_note


def test_a_changed_line_waits_for_the_partner_anew_and_a_yes_can_be_taken_back(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    author = ada.member_id or ""
    catch_up, (partner,) = the_pair_of(db, six, ada)
    my_catch_ups.write_line(db, ada, catch_up.id, "One", at=NOW)
    my_catch_ups.agree(db, partner, catch_up.id, author, body="One", yes=True, at=NOW)

    my_catch_ups.write_line(db, ada, catch_up.id, "Two", at=NOW)
    assert my_catch_ups.shared_lines(db, ada, six.cohort.id, since=NOW) == ()
    with pytest.raises(Refused, match="changed meanwhile"):
        my_catch_ups.agree(db, partner, catch_up.id, author, body="One", yes=True, at=NOW)

    my_catch_ups.agree(db, partner, catch_up.id, author, body="Two", yes=True, at=NOW)
    assert my_catch_ups.shared_lines(db, ada, six.cohort.id, since=NOW) == ("Two",)
    my_catch_ups.agree(db, partner, catch_up.id, author, body="", yes=False, at=NOW)
    assert my_catch_ups.shared_lines(db, ada, six.cohort.id, since=NOW) == ()
    my_catch_ups.write_line(db, ada, catch_up.id, "", at=NOW)
    assert my_catch_ups.mine(db, partner)[0].lines == ()
    with pytest.raises(Refused, match="too long"):
        my_catch_ups.write_line(db, ada, catch_up.id, "x" * 301, at=NOW)


def test_in_a_trio_both_partners_must_be_fine_with_it(db: Session) -> None:
    three = a_group(db, 3)
    shared(db, three)
    ada, *others = three.members
    (catch_up,) = my_catch_ups.mine(db, ada)
    my_catch_ups.write_line(db, ada, catch_up.id, "Us three", at=NOW)
    for place, one in enumerate(others):
        assert len(my_catch_ups.shared_lines(db, ada, three.cohort.id, since=NOW)) == 0, place
        my_catch_ups.agree(db, one, catch_up.id, ada.member_id or "", body="Us three", yes=True, at=NOW)

    assert my_catch_ups.shared_lines(db, ada, three.cohort.id, since=NOW) == ("Us three",)


def test_a_line_whose_partner_left_without_saying_yes_stays_private(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    catch_up, (partner,) = the_pair_of(db, six, ada)
    my_catch_ups.write_line(db, ada, catch_up.id, "Ask first.", at=NOW)

    members.erase(db, partner, keep_notes=False)

    assert my_catch_ups.shared_lines(db, ada, six.cohort.id, since=NOW) == ()
    assert [line.body for line in my_catch_ups.mine(db, ada)[0].lines] == ["Ask first."]


def test_nobody_else_can_say_write_or_agree_anything(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    catch_up, (partner,) = the_pair_of(db, six, ada)
    other = next(one for one in six.members if one not in (ada, partner))
    my_catch_ups.write_line(db, ada, catch_up.id, "Ours", at=NOW)
    author = ada.member_id or ""

    for tried in (
        lambda: my_catch_ups.say(db, other, catch_up.id, Outcome.MET),
        lambda: my_catch_ups.write_line(db, other, catch_up.id, "x", at=NOW),
        lambda: my_catch_ups.agree(db, other, catch_up.id, author, body="Ours", yes=True, at=NOW),
        lambda: my_catch_ups.agree(db, ada, catch_up.id, author, body="Ours", yes=True, at=NOW),
        lambda: my_catch_ups.make_note(db, other, catch_up.id, at=NOW),
    ):
        with pytest.raises(NotAllowed):
            tried()


def test_a_way_to_reach_me_is_shown_to_the_partner_of_the_moment_alone(db: Session, six: Group) -> None:
    shared(db, six)
    ada = six.members[0]
    wishes.set_reach(db, ada, " 07700 900123, evenings ")
    _, (partner,) = the_pair_of(db, six, ada)

    assert [one.reach for one in my_catch_ups.mine(db, partner)[0].partners] == ["07700 900123, evenings"]
    others = [one for one in six.members if one not in (ada, partner)]
    assert "07700" not in str([my_catch_ups.mine(db, one) for one in others])
    assert "07700" not in str(catch_ups.rounds(db, six.facilitator, six.cohort.id))

    wishes.set_reach(db, ada, "")
    assert [one.reach for one in my_catch_ups.mine(db, partner)[0].partners] == [""]


@pytest.mark.parametrize("times", range(3))
def test_two_facilitators_who_suggest_at_the_same_moment_make_one_week(database: str, times: int) -> None:
    with write() as db:
        group = a_group(db, 6)

    def suggest() -> None:
        with write() as db:
            catch_ups.suggest(db, group.facilitator, group.cohort.id, 1, at=NOW)

    assert [one for one in race(suggest, suggest) if isinstance(one, Exception)] == []

    with read() as db:
        (week,) = catch_ups.rounds(db, group.facilitator, group.cohort.id)
        assert sorted(name for one in week.groups for name in one.people) == [
            "Ada",
            "Ben",
            "Cleo",
            "Dev",
            "Eve",
            "Finn",
        ]


def test_two_who_leave_while_a_facilitator_mends_leave_nobody_without_a_partner(database: str) -> None:
    with write() as db:
        group = a_group(db, 7)
        shared(db, group)

    def leave(member: Visitor) -> None:
        with write() as db:
            members.erase(db, member, keep_notes=False)

    def mend() -> None:
        with write() as db:
            catch_ups.mend(db, group.facilitator, group.cohort.id)

    ada, ben, *stay = group.members
    assert race(lambda: leave(ada), mend, lambda: leave(ben)) == [None] * 3

    with read() as db:
        assert all(partners(db, one) for one in stay)
        (week,) = catch_ups.rounds(db, group.facilitator, group.cohort.id)
        assert sorted(name for one in week.groups for name in one.people) == sorted(one.name for one in stay)
