"""The command `mcm`: serving, and looking after what it serves."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from mcm_core.cli_copies import copies
from mcm_core.console import telling_errors
from mcm_core.store.engine import ROOT

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
app.add_typer(copies)
PORT = 8501


@app.command()
def serve(host: str = "0.0.0.0", port: int = PORT) -> None:
    """Migrate the database and serve the app until it is stopped."""
    from mcm_core import start
    from mcm_core.store import replacing

    with telling_errors(), replacing.serving():
        start.prepare()
        link = start.set_up_link()
    _say_where(host, port, link, start.unnamed())
    _serve(host, port)


@app.command()
def demo(host: str = "0.0.0.0", port: int = PORT + 1) -> None:
    """Serve a second, separate database: a finished cohort, one that gathers its people, one in session three."""
    from mcm_core import demo as story
    from mcm_core.store import replacing

    os.environ["MCM_LOCAL"] = str(story.FOLDER)
    os.environ["MCM_SECOND_FACTOR"] = "off"
    for name in ("MCM_DATABASE_URL", "MCM_AUTH"):
        os.environ.pop(name, None)
    with telling_errors(), replacing.serving():
        lines = story.ensure()
    typer.echo("\n  The demo. Its facilitator signs in with the password alone: MCM_SECOND_FACTOR=off is set here.")
    typer.echo("  Use a browser, or a private window, of its own for each of these people:\n")
    for label, words in lines:
        typer.echo(f"  {label}: {f'http://localhost:{port}{words}' if words.startswith('/') else words}")
    _say_where(host, port)
    _serve(host, port)


@app.command()
def retention(now: Annotated[bool, typer.Option("--now", help="Do it, instead of only saying it.")] = False) -> None:
    """Say whom to warn and what to delete, because a cohort's time is over; with --now, do it."""
    from mcm_core import start
    from mcm_core.services import retention as keeping
    from mcm_core.store.engine import read

    at = datetime.now(UTC)
    with telling_errors():
        start.prepare()
        if now:
            found = keeping.keep_house(at=at)
        else:
            with read() as db:
                found = keeping.due(db, at=at)
    for one in found:
        what = "delete what is linked to people" if one.is_over else "warn people"
        typer.echo(f"cohort {one.cohort_id}, kept until {one.until}: {'did ' if now else ''}{what}")
    if not found:
        typer.echo("Nothing is due.")


@app.command()
def audit(
    verify: Annotated[bool, typer.Option("--verify", help="Look for changed or missing entries.")] = False,
    since: Annotated[str | None, typer.Option(help="An end that you wrote down earlier, as 120:ab12…")] = None,
    last: Annotated[int, typer.Option(min=0, help="Print so many of the newest entries, too.")] = 0,
) -> None:
    """Verify the log of who did what, and print how it ends. It holds no names and nothing that anybody answered.

    What is printed names people who are still on a list: keep it to yourself.
    """
    from mcm_core.services import audit as log
    from mcm_core.store import migrate
    from mcm_core.store.engine import read

    if not (verify or since or last):
        raise typer.BadParameter("say --verify")
    with telling_errors():
        migrate.expect()
        with read() as db:
            found = log.verified(db, since=since)
            lines = log.newest(db, last)
    for line in lines:
        typer.echo(f"{line.at:%d %B %Y, %H:%M} UTC: {line.sentence}")
    if found.wrong:
        typer.echo(f"mcm: {found.wrong} (Or this server has another secret than when it was written.)", err=True)
        raise typer.Exit(1)
    typer.echo(f"{found.count} entries, none changed. To find later whether the end was cut off, write this down:")
    typer.echo(f"  mcm audit --since {found.count}:{found.hash}")


@app.command("reset-link")
def reset_link(username: str, port: int = PORT) -> None:
    """Print a one-time link, good for a day: a new password and a new second step for this facilitator."""
    from mcm_core.services import resets

    with telling_errors(), _account() as db:
        token = resets.link(db, username, at=datetime.now(UTC))
    here = os.environ.get("MCM_PUBLIC_URL", "").strip().rstrip("/") or f"http://localhost:{port}"
    typer.echo("\n  Open this once, within a day. It sets a new password and a new second step")
    typer.echo("  and signs every browser out:")
    typer.echo(f"  {here}/reset/{token}\n")


@app.command()
def disable(username: str) -> None:
    """Sign a facilitator out everywhere and keep the account out. Nothing of theirs is deleted."""
    _switch(username, on=False)
    typer.echo(f"{username} is signed out everywhere and cannot sign in. Undo it with: mcm enable {username}")


@app.command()
def enable(username: str) -> None:
    """Let a facilitator whose account was disabled sign in again."""
    _switch(username, on=True)
    typer.echo(f"{username} can sign in again.")


def _switch(username: str, *, on: bool) -> None:
    from mcm_core.services import facilitators

    with telling_errors(), _account() as db:
        facilitators.switch(db, username, on=on, at=datetime.now(UTC))


@contextmanager
def _account() -> Iterator[Session]:
    """A transaction on the database that is served, whether or not the server runs just now."""
    from mcm_core.store import backups, migrate, secret
    from mcm_core.store.engine import write

    secret.secret()
    migrate.migrate(before=backups.before_upgrade)
    with write() as db:
        yield db


def _say_where(host: str, port: int, link: str | None = None, missing: str = "") -> None:
    from mcm_core.web.addresses import lan_address

    here = f"http://localhost:{port}"
    typer.echo(f"\n  On this computer:           {here}")
    if host not in {"127.0.0.1", "localhost"} and (lan := lan_address()):
        typer.echo(f"  For phones on this network: http://{lan}:{port}")
    if link:
        typer.echo("\n  Nobody can sign in yet. Open this once, within a day, to become the first facilitator:")
        typer.echo(f"  {here}{link}")
    if missing:
        typer.echo(f"\n  {missing}")
    typer.echo("\n  Stop with Ctrl-C.\n")
    sys.stdout.flush()


def _serve(host: str, port: int) -> None:
    import uvicorn

    from mcm_core.web import limits

    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    uvicorn.run(
        "app:app",
        host=host,
        port=port,
        ws="websockets-sansio",  # as Streamlit starts it itself
        ws_per_message_deflate=False,
        ws_ping_interval=45,  # seconds; what keeps a quiet page's connection from being cut is paid for by every page
        ws_max_size=limits.from_environment().frame,
        forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1"),  # whose word on https counts
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=2,  # event streams never end by themselves
    )


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
