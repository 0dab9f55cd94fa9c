"""Facilitators who sign in at their organisation's OpenID Connect provider instead of with a password here.

Off unless the operator sets `MCM_AUTH=oidc`. The provider says who somebody is (issuer and subject); which account that
is was bound once, from a one-time link. Accounts, sign-ins and their ends are the same as ever.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mcm_core.domain.errors import Conflict, McmError, Refused
from mcm_core.domain.visitor import Visitor
from mcm_core.services import access, tickets
from mcm_core.services.access import ANYBODY, HALFWAY, open_to
from mcm_core.store import secret
from mcm_core.store.tables import FacilitatorRow

NEEDED = ("MCM_PUBLIC_URL", "MCM_OIDC_ISSUER", "MCM_OIDC_CLIENT_ID", "MCM_OIDC_CLIENT_SECRET")


class NotConfigured(McmError):
    """The operator asked for a provider and has not said all that is needed to reach it."""


def is_used() -> bool:
    """Whether facilitators sign in at a provider. Then no password opens anything, and it asks for second steps."""
    return os.environ.get("MCM_AUTH", "").strip().casefold() == "oidc"


def settings() -> dict[str, Any] | None:
    """What Streamlit's own `st.login` needs, from the environment; None where it is not used. Raises NotConfigured."""
    if not is_used():
        return None
    if missing := [name for name in NEEDED if not os.environ.get(name, "").strip()]:
        raise NotConfigured(f"MCM_AUTH=oidc also needs {', '.join(missing)}. Set them and start again.")
    public, issuer, client_id, client_secret = (os.environ[name].strip().rstrip("/") for name in NEEDED)
    return {
        "auth": {
            "redirect_uri": f"{public}/oauth2callback",
            "cookie_secret": secret.keyed("signing in at a provider"),
            "client_id": client_id,
            "client_secret": client_secret,
            "server_metadata_url": f"{issuer}/.well-known/openid-configuration",
            "client_kwargs": {"prompt": "login"},  # asked for again means shown again
        }
    }


@open_to(ANYBODY)
def welcome(db: Session, issuer: str, subject: str, *, at: datetime) -> str | None:
    """A ticket for the account that is bound to this identity; None when none is, or it is switched off."""
    wanted = select(FacilitatorRow.id).where(
        FacilitatorRow.issuer == issuer, FacilitatorRow.subject == subject, FacilitatorRow.active
    )
    found = db.scalar(wanted)
    return None if found is None else tickets.issue(db, found, at=at)


@open_to(HALFWAY)
def bind(db: Session, visitor: Visitor, issuer: str, subject: str, *, at: datetime) -> str:
    """Bind the account of somebody who came by a one-time link to who they are at the provider; returns a ticket.

    Raises Conflict when that identity is another account's, Refused when the account is bound already or has a
    password: then its owner comes back by `mcm reset-link`, as a password alone must bind nothing.
    """
    row = db.get_one(FacilitatorRow, access.halfway(db, visitor), with_for_update=True, populate_existing=True)
    if not (issuer and subject) or row.subject or row.password_hash:
        raise Refused("This account cannot be bound here. Ask whoever runs the server for a new way in.")
    row.issuer, row.subject = issuer, subject
    try:
        db.flush()
    except IntegrityError as error:
        raise Conflict("Somebody here uses that account already. Choose another one at your organisation.") from error
    return tickets.issue(db, row.id, at=at)
