"""The addresses that are ours; everything else is Streamlit's."""

from __future__ import annotations

from starlette.routing import Route

from mcm_core.web import (
    applying,
    calendars,
    confirming,
    files,
    help_page,
    joining,
    news,
    opening,
    own_plan,
    privacy,
    revealed,
    signing_in,
    turnout,
    voting,
)
from mcm_core.web.careful import careful

#: What is asked for many times in a vote (ahead.py).
often: list[Route] = [*voting.routes, *turnout.routes]
routes: list[Route] = [
    Route("/j/{token}", careful(joining.show_link), methods=["GET"]),
    Route("/j/{token}", careful(joining.use_link), methods=["POST"]),
    Route("/g/{token}", careful(joining.show_guest_link), methods=["GET"]),
    Route("/g/{token}", careful(joining.use_guest_link), methods=["POST"]),
    Route("/join", careful(joining.show_door), methods=["GET"]),
    Route("/join", careful(joining.knock), methods=["POST"]),
    Route("/join/{code}", careful(joining.show_door), methods=["GET"]),
    Route("/join/{code}", careful(joining.knock), methods=["POST"]),
    Route("/welcome/{token}", careful(signing_in.show_invitation), methods=["GET"]),
    Route("/welcome/{token}", careful(signing_in.use_invitation), methods=["POST"]),
    Route("/reset/{token}", careful(signing_in.show_reset), methods=["GET"]),
    Route("/reset/{token}", careful(signing_in.use_reset), methods=["POST"]),
    Route("/auth/complete", careful(signing_in.complete), methods=["POST"]),
    Route("/auth/confirm", careful(confirming.confirm_here), methods=["POST"]),
    Route("/auth/leave", careful(signing_in.leave), methods=["POST"]),
    *opening.routes,
    *applying.routes,
    *often,
    *revealed.routes,
    *files.routes,
    *help_page.routes,
    *news.routes,
    *privacy.routes,
    *own_plan.routes,
    *calendars.routes,
]
