"""Every table of the product. Rows never leave a service; they become domain values there.

Ids are random, so that an address tells nothing. Whatever belongs to a cohort carries `cohort_id`.
"""

from mcm_core.store.tables.base import Base, new_id
from mcm_core.store.tables.care import PauseRow, SignpostingRow
from mcm_core.store.tables.cohorts import CohortRow, CohortSessionRow, FacilitationRow, GuestRow, MemberRow
from mcm_core.store.tables.doors import ArrivalRow, AttemptRow, FacilitatorRow, InvitationRow, SignInRow, TicketRow
from mcm_core.store.tables.modes import AnsweredRow, BagRow, CommentsRow
from mcm_core.store.tables.notes import KeptTextRow, NoteRow
from mcm_core.store.tables.rights import AuditHeadRow, AuditRow, ConsentRow
from mcm_core.store.tables.rounds import FocusRow, InstrumentRow, ReadingRow, ReleaseRow, RoundRow
from mcm_core.store.tables.second_steps import RecoveryCodeRow, SecondStepRow

__all__ = [
    "AnsweredRow",
    "ArrivalRow",
    "AttemptRow",
    "AuditHeadRow",
    "AuditRow",
    "BagRow",
    "Base",
    "CohortRow",
    "CohortSessionRow",
    "CommentsRow",
    "ConsentRow",
    "FacilitationRow",
    "FacilitatorRow",
    "FocusRow",
    "GuestRow",
    "InstrumentRow",
    "InvitationRow",
    "KeptTextRow",
    "MemberRow",
    "NoteRow",
    "PauseRow",
    "ReadingRow",
    "RecoveryCodeRow",
    "ReleaseRow",
    "RoundRow",
    "SecondStepRow",
    "SignInRow",
    "SignpostingRow",
    "TicketRow",
    "new_id",
]
