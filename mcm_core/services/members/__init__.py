"""The people of a cohort: the roster, their personal links, and the door."""

from mcm_core.services.members.arrivals import Arrival, Disowned, disowned, it_was_me, it_was_not_me, new_arrivals
from mcm_core.services.members.door import Knock, at_the_door, forget_devices, in_already, let_in, turn_away
from mcm_core.services.members.erasure import erase, replay, rub_out
from mcm_core.services.members.links import Joined, has_used_link, join_by_link, link_token, link_tokens, reissue
from mcm_core.services.members.phones import Phone, my_phones, remove_phone
from mcm_core.services.members.present import Present, present
from mcm_core.services.members.room import Room, knock, renew_code, room, turn_all_away
from mcm_core.services.members.roster import accept, add, remove, rename, roster, set_email

__all__ = [
    "Arrival",
    "Disowned",
    "Joined",
    "Knock",
    "Phone",
    "Present",
    "Room",
    "accept",
    "add",
    "at_the_door",
    "disowned",
    "erase",
    "forget_devices",
    "has_used_link",
    "in_already",
    "it_was_me",
    "it_was_not_me",
    "join_by_link",
    "knock",
    "let_in",
    "link_token",
    "link_tokens",
    "my_phones",
    "new_arrivals",
    "present",
    "reissue",
    "remove",
    "remove_phone",
    "rename",
    "renew_code",
    "replay",
    "room",
    "roster",
    "rub_out",
    "set_email",
    "turn_all_away",
    "turn_away",
]
