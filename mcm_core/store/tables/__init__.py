"""Every table of the product. Rows never leave a service; they become domain values there.

Ids are random, so that an address tells nothing. Whatever belongs to a cohort carries `cohort_id`.
"""

from mcm_core.store.tables.base import Base, new_id
from mcm_core.store.tables.care import PauseRow, SignpostingRow
from mcm_core.store.tables.catch_ups import (
    CatchUpRow,
    KeptApartRow,
    LineAgreedRow,
    PairingRow,
    PlaceRow,
    ReachRow,
    WeekOffRow,
)
from mcm_core.store.tables.closing import (
    AgreedRow,
    AgreementRow,
    AspirationRow,
    DecisionRow,
    EvaluationPictureRow,
    EvaluationRow,
    LateReadingRow,
    LoweredRow,
)
from mcm_core.store.tables.cohorts import CohortRow, CohortSessionRow, FacilitationRow, GuestRow, MemberRow
from mcm_core.store.tables.doors import ArrivalRow, AttemptRow, FacilitatorRow, InvitationRow, SignInRow, TicketRow
from mcm_core.store.tables.entries import EntryRow, WellbeingRow
from mcm_core.store.tables.messages import CalendarRow, MessageRow
from mcm_core.store.tables.modes import AnsweredRow, BagRow, CommentsRow
from mcm_core.store.tables.news import NewsLineRow
from mcm_core.store.tables.notes import KeptTextRow, NoteRow
from mcm_core.store.tables.openings import ApplicationRow, FitRow, InterestRow, OpeningRow
from mcm_core.store.tables.ready import DocumentCopyRow, DocumentRow, SharedPlanRow, SkillsRow, SkillsSharedRow
from mcm_core.store.tables.rights import AuditHeadRow, AuditRow, ConsentRow
from mcm_core.store.tables.rounds import FocusRow, InstrumentRow, ReadingRow, ReleaseRow, RoundRow
from mcm_core.store.tables.run_sheets import AttendanceRow, BlockRow, PractisedRow, RunSheetRow
from mcm_core.store.tables.second_steps import RecoveryCodeRow, SecondStepRow
from mcm_core.store.tables.topics import DotRow, DotVoteRow, OfferRow, TopicRow

__all__ = [
    "AgreedRow",
    "AgreementRow",
    "AnsweredRow",
    "ApplicationRow",
    "ArrivalRow",
    "AspirationRow",
    "AttemptRow",
    "AttendanceRow",
    "AuditHeadRow",
    "AuditRow",
    "BagRow",
    "Base",
    "BlockRow",
    "CalendarRow",
    "CatchUpRow",
    "CohortRow",
    "CohortSessionRow",
    "CommentsRow",
    "ConsentRow",
    "DecisionRow",
    "DocumentCopyRow",
    "DocumentRow",
    "DotRow",
    "DotVoteRow",
    "EntryRow",
    "EvaluationPictureRow",
    "EvaluationRow",
    "FacilitationRow",
    "FacilitatorRow",
    "FitRow",
    "FocusRow",
    "GuestRow",
    "InstrumentRow",
    "InterestRow",
    "InvitationRow",
    "KeptApartRow",
    "KeptTextRow",
    "LateReadingRow",
    "LineAgreedRow",
    "LoweredRow",
    "MemberRow",
    "MessageRow",
    "NewsLineRow",
    "NoteRow",
    "OfferRow",
    "OpeningRow",
    "PairingRow",
    "PauseRow",
    "PlaceRow",
    "PractisedRow",
    "ReachRow",
    "ReadingRow",
    "RecoveryCodeRow",
    "ReleaseRow",
    "RoundRow",
    "RunSheetRow",
    "SecondStepRow",
    "SharedPlanRow",
    "SignInRow",
    "SignpostingRow",
    "SkillsRow",
    "SkillsSharedRow",
    "TicketRow",
    "TopicRow",
    "WeekOffRow",
    "WellbeingRow",
    "new_id",
]
