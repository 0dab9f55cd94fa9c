"""Entries of a list that would read the same are told apart in words."""

from __future__ import annotations

from mcm_core.domain.told_apart import told_apart

JOHNS = {"a": "John Smith", "b": "Ada", "c": "john  Smith"}


def test_who_is_alone_with_a_name_keeps_it_as_it_is() -> None:
    assert told_apart({"a": "Ada", "b": "Ben"}, {"a": "North", "b": "South"}) == {"a": "Ada", "b": "Ben"}


def test_the_first_hint_that_helps_is_added_and_no_other() -> None:
    organisations, emails = (
        {"a": "North", "b": "East", "c": "North"},
        {"a": "one@x.org", "b": "b@x.org", "c": "two@x.org"},
    )

    assert told_apart(JOHNS, organisations, emails) == {
        "a": "John Smith, one@x.org",
        "b": "Ada",
        "c": "john  Smith, two@x.org",
    }  # fmt: skip


def test_of_three_the_two_that_are_still_alike_get_one_more() -> None:
    three = dict.fromkeys("abc", "John")

    said = told_apart(three, {"a": "North", "b": "North", "c": "South"}, {"a": "5 January", "b": "6 January"})

    assert said == {"a": "John, North, 5 January", "b": "John, North, 6 January", "c": "John, South"}


def test_a_hint_that_makes_a_new_likeness_is_not_the_last_word() -> None:
    said = told_apart({"a": "John", "b": "John", "c": "John, North"}, {"a": "North", "b": "South"})

    assert len(set(said.values())) == 3


def test_where_nothing_helps_they_are_counted() -> None:
    assert told_apart(dict.fromkeys("ab", "John"), {"a": "North", "b": "North"}) == {"a": "John (1)", "b": "John (2)"}
    assert len(set(told_apart({"a": "J", "b": "J", "c": "J (1)"}).values())) == 3
