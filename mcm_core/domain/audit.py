"""The log of who did what: never what somebody answered or wrote, never a name, only ids that were made at random.

Source: security-and-reliability.md, check T36 (OWASP ASVS 16).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Actor(StrEnum):
    """Whose hand it was. `NOBODY` is somebody who was not let in, `SERVER` what runs by itself or at the console."""

    FACILITATOR = "facilitator"
    MEMBER = "member"
    SERVER = "server"
    NOBODY = "nobody"


class Deed(StrEnum):
    """Everything that is written down. The value is stored; `WORDS` says it to people."""

    ACCOUNT_MADE = "account made"
    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "sign-in failed"
    SIGNED_OUT = "signed out"
    SIGNED_OUT_ELSEWHERE = "signed out elsewhere"
    PASSWORD_CHANGED = "password changed"
    SECOND_STEP_SET_UP = "second step set up"
    CODES_RENEWED = "recovery codes renewed"
    WAY_BACK_MADE = "way back made"
    WAY_BACK_USED = "way back used"
    SWITCHED_OFF = "account switched off"
    SWITCHED_ON = "account switched on"
    INVITED = "facilitator invited"
    INVITATION_CANCELLED = "invitation cancelled"
    BECAME_FACILITATOR = "facilitation begun"
    HANDED_OVER = "cohort handed over"
    ROLE_TAKEN = "facilitation ended"
    ROLE_LEFT = "facilitation left"
    GUEST_INVITED = "guest invited"
    GUEST_CAME = "guest came"
    GUEST_REVOKED = "guest's link taken back"
    OPENING_WRITTEN = "public page written"
    OPENING_PUBLISHED = "public page published"
    OPENING_TAKEN_DOWN = "public page taken down"
    LATE_TAKEN = "late applications taken"
    LATE_ENDED = "late applications ended"
    INTEREST_FORGOTTEN = "interest forgotten"
    APPLICATION_BEGUN = "application begun"
    APPLICATION_SENT = "application sent"
    APPLICATION_LINK_ASKED = "application link asked for"
    APPLICATION_TAKEN_BACK = "application taken back"
    APPLICATION_DECIDED = "application decided"
    WAITING_CARRIED = "waiting list carried over"
    APPLICANTS_FORGOTTEN = "applicants forgotten"
    DATES_FIXED = "dates fixed"
    SESSIONS_PLACED = "sessions placed"  # before 23 November 2026; now each that moves is noted
    GROUP_CONFIRMED = "group confirmed"
    COHORT_MADE = "cohort made"
    COHORT_RENAMED = "cohort renamed"
    SESSION_MOVED = "session moved"
    SESSION_CANCELLED = "session cancelled"
    THRESHOLD_SET = "threshold set"
    NEWCOMERS_READ = "newcomers read"
    NEWCOMERS_STOPPED = "newcomers stopped"
    KEEPING_SET = "keeping set"
    MEMBERS_ADDED = "members added"
    MEMBER_RENAMED = "member renamed"
    EMAIL_SET = "address set"
    MESSAGES_SENT = "messages sent"
    MEMBER_REMOVED = "member removed"
    LINK_SHOWN = "link shown"
    LINK_RENEWED = "link renewed"
    LINKS_PRINTED = "links printed"
    JOINED = "joined"
    AT_THE_DOOR = "at the door"
    LET_IN = "let in"
    TURNED_AWAY = "turned away"
    ALL_TURNED_AWAY = "all turned away"
    CODE_RENEWED = "room code renewed"
    PHONES_REMOVED = "phones removed"
    PHONE_REMOVED = "phone removed"
    PHONE_DISOWNED = "phone disowned"
    ROUND_OPENED = "round opened"
    ROUND_CLOSED = "round closed"
    ROUND_REVEALED = "round revealed"
    DOTS_OPENED = "dots opened"
    DOTS_REVEALED = "dots revealed"
    COMMENTS_SHARED = "comments shared"
    COMMENTS_DELETED = "comments deleted"
    SAID_BACK = "said back"
    LINE_TAKEN_BACK = "line taken back"
    SIGNPOSTING_SET = "signposting set"
    AGREEMENT_CHANGED = "agreement changed"
    DECISION_KEPT = "decision written down"
    NOTE_PAUSED = "note paused"
    NOTE_SHOWN = "note shown again"
    RECORDING_AGREED = "recording agreed"
    RECORDING_ENDED = "recording ended"
    REPORT_TAKEN = "report taken"
    COPY_TAKEN = "copy taken"
    CONSENT_GIVEN = "consent given"
    CONSENT_TAKEN_BACK = "consent taken back"
    DOCUMENT_FILLED = "document filled in"
    DOCUMENT_SENT = "document sent"
    DOCUMENT_READ = "document read"
    DOCUMENT_ASKED = "document to be talked through"
    DOCUMENT_SPOKEN = "document talked through"
    SKILLS_SHARED = "help counted"
    ERASED = "erased"
    WARNED = "warned of deletion"
    DELETED = "kept no longer"
    BACKUP_MADE = "backup made"
    RESTORED = "backup restored"
    COHORT_PACKED = "cohort packed"
    COHORT_BROUGHT = "cohort brought here"


#: What a member does with what is theirs. Logged, shown to that member, and not to the facilitators. (That somebody
#: erased themselves is shown, without a name: otherwise a facilitator would look as if they had removed them.)
OWN_BUSINESS = frozenset(
    {Deed.COPY_TAKEN, Deed.CONSENT_GIVEN, Deed.CONSENT_TAKEN_BACK, Deed.PHONE_REMOVED, Deed.SIGNED_OUT}
)

WORDS: dict[Deed, str] = {
    Deed.ACCOUNT_MADE: "{about} made their account",
    Deed.SIGNED_IN: "{about} signed in",
    Deed.SIGN_IN_FAILED: "A password was wrong, for the account of {about}",
    Deed.SIGNED_OUT: "{about} signed out",
    Deed.SIGNED_OUT_ELSEWHERE: "{who} signed out everywhere else",
    Deed.PASSWORD_CHANGED: "{who} changed their password",
    Deed.SECOND_STEP_SET_UP: "{who} set up the second step of signing in",
    Deed.CODES_RENEWED: "{who} made new recovery codes",
    Deed.WAY_BACK_MADE: "The server gave out a new way in for {about}",
    Deed.WAY_BACK_USED: "{about} used a new way in",
    Deed.SWITCHED_OFF: "The account of {about} was switched off",
    Deed.SWITCHED_ON: "The account of {about} was switched on",
    Deed.INVITED: "{who} made a link for another facilitator",
    Deed.INVITATION_CANCELLED: "{who} took back a link for another facilitator",
    Deed.BECAME_FACILITATOR: "{who} began to facilitate",
    Deed.HANDED_OVER: "{who} made {about} the owner",
    Deed.ROLE_TAKEN: "{who} ended the part of {about} as a facilitator",
    Deed.ROLE_LEFT: "{who} no longer facilitates here",
    Deed.GUEST_INVITED: "{who} made a link for a guest",
    Deed.GUEST_CAME: "A guest came in with their link",
    Deed.GUEST_REVOKED: "{who} took the link of a guest back",
    Deed.OPENING_WRITTEN: "{who} changed the public page",
    Deed.OPENING_PUBLISHED: "{who} published the public page",
    Deed.OPENING_TAKEN_DOWN: "{who} took the public page down",
    Deed.LATE_TAKEN: "{who} made a link for late applications",
    Deed.LATE_ENDED: "{who} ended the link for late applications",
    Deed.INTEREST_FORGOTTEN: "{who} deleted somebody from the list of those who are interested",
    Deed.APPLICATION_BEGUN: "{who} began an application",
    Deed.APPLICATION_SENT: "{who} sent an application",
    Deed.APPLICATION_LINK_ASKED: "{who} asked for a new link to an application",
    Deed.APPLICATION_TAKEN_BACK: "{who} took an application back",
    Deed.APPLICATION_DECIDED: "{who} decided an application",
    Deed.WAITING_CARRIED: "{who} carried the waiting list over to the next cohort",
    Deed.APPLICANTS_FORGOTTEN: "What people wrote who applied and did not join was deleted, as announced",
    Deed.DATES_FIXED: "{who} fixed the six dates",
    Deed.SESSIONS_PLACED: "{who} gave the six sessions their dates",
    Deed.GROUP_CONFIRMED: "{who} confirmed the group",
    Deed.COHORT_MADE: "{who} made the cohort",
    Deed.COHORT_RENAMED: "{who} changed the cohort’s name",
    Deed.SESSION_MOVED: "{who} moved a session",
    Deed.SESSION_CANCELLED: "{who} said that a session will not take place",
    Deed.THRESHOLD_SET: "{who} changed the smallest group for a picture",
    Deed.NEWCOMERS_READ: "{who} let newcomers read what the group wrote before they came",
    Deed.NEWCOMERS_STOPPED: "{who} closed what the group wrote before newcomers came",
    Deed.KEEPING_SET: "{who} changed how long everything is kept",
    Deed.MEMBERS_ADDED: "{who} added members",
    Deed.MEMBER_RENAMED: "{who} changed the name of {about}",
    Deed.EMAIL_SET: "{who} changed the e-mail address of {about}",
    Deed.MESSAGES_SENT: "{who} sent messages",
    Deed.MEMBER_REMOVED: "{who} removed a member",
    Deed.LINK_SHOWN: "{who} looked at the link of {about}",
    Deed.LINK_RENEWED: "{who} made a new link for {about}",
    Deed.LINKS_PRINTED: "{who} looked at everybody’s links",
    Deed.JOINED: "{about} came in with their link",
    Deed.AT_THE_DOOR: "Another phone came with the link of {about}, and waits",
    Deed.LET_IN: "{who} let in a phone of {about}",
    Deed.TURNED_AWAY: "{who} turned a phone away",
    Deed.ALL_TURNED_AWAY: "{who} turned everybody away who had come with the room’s code",
    Deed.CODE_RENEWED: "{who} made a new code for the room",
    Deed.PHONES_REMOVED: "{who} signed out the phones of {about}",
    Deed.PHONE_REMOVED: "{who} removed one of their phones",
    Deed.PHONE_DISOWNED: "{who} said that a phone which came in as them was not theirs",
    Deed.ROUND_OPENED: "{who} opened a round",
    Deed.ROUND_CLOSED: "{who} closed a round",
    Deed.ROUND_REVEALED: "{who} revealed a round",
    Deed.DOTS_OPENED: "{who} asked for dots on the topics",
    Deed.DOTS_REVEALED: "{who} revealed the dots on the topics",
    Deed.COMMENTS_SHARED: "{who} shared comments of an anonymous round",
    Deed.SAID_BACK: "{who} wrote under News and views what was changed, or why it could not be",
    Deed.LINE_TAKEN_BACK: "{who} took a line under News and views away",
    Deed.COMMENTS_DELETED: "{who} deleted the comments of an anonymous round",
    Deed.SIGNPOSTING_SET: "{who} changed where people can turn for help",
    Deed.AGREEMENT_CHANGED: "{who} changed the group’s agreement",
    Deed.DECISION_KEPT: "{who} wrote down what was decided",
    Deed.NOTE_PAUSED: "{who} paused a note",
    Deed.NOTE_SHOWN: "{who} showed a paused note again",
    Deed.RECORDING_AGREED: "{who} noted that everybody agreed to a recording",
    Deed.RECORDING_ENDED: "{who} noted that the recording had ended",
    Deed.REPORT_TAKEN: "{who} opened the report",
    Deed.COPY_TAKEN: "{who} took a copy of what is stored about them",
    Deed.CONSENT_GIVEN: "{who} said yes to a use of their data",
    Deed.CONSENT_TAKEN_BACK: "{who} said no to a use of their data",
    Deed.DOCUMENT_FILLED: "{who} changed the participation document",
    Deed.DOCUMENT_SENT: "{who} sent the participation document",
    Deed.DOCUMENT_READ: "{about} read the participation document",
    Deed.DOCUMENT_ASKED: "{about} asked to be talked through the participation document",
    Deed.DOCUMENT_SPOKEN: "{who} talked {about} through the participation document",
    Deed.SKILLS_SHARED: "{who} told the group how many would like help with tools",
    Deed.ERASED: "A member erased what was theirs",
    Deed.WARNED: "The warning came up that everything will be deleted",
    Deed.DELETED: "What was linked to people was deleted, as announced",
    Deed.BACKUP_MADE: "{who} made a backup",
    Deed.RESTORED: "{who} went back to a backup",
    Deed.COHORT_PACKED: "{who} made a copy of the cohort to take to another computer",
    Deed.COHORT_BROUGHT: "{who} took the cohort over from another computer",
}


@dataclass(frozen=True)
class Line:
    """One entry in words, for people who may read it."""

    at: datetime
    sentence: str


def sentence(deed: Deed, actor: Actor, *, who: str | None, about: str | None) -> str:
    """One entry in words. `who` and `about` are names where there still are any, and may be read."""
    nameless = {
        Actor.FACILITATOR: "A facilitator",
        Actor.MEMBER: "Somebody who has left",
        Actor.SERVER: "The server",
        Actor.NOBODY: "Somebody",
    }
    return WORDS[deed].format(who=who or nameless[actor], about=about or "somebody who is not on the list") + "."
