"""The commands about copies: backups, going back to one, and one cohort for another computer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from mcm_core.console import telling_errors

To = Annotated[Path | None, typer.Option("--to", help="Another folder. Copies there are yours to look after.")]
copies = typer.Typer()


@copies.command()
def backup(to: To = None) -> None:
    """Copy the whole database, also while it is in use, verify the copy, and say where it is."""
    from mcm_core.services import backups

    with telling_errors():
        made = backups.make(at=datetime.now(UTC), to=to)
    typer.echo(f"{made}, {_size(made)}, verified.")
    typer.echo("It holds no secret: keep the server's secret and erasures.log as well, each in another place.")


@copies.command()
def restore(file: Path) -> None:
    """Go back to a backup. Stop the server first; the database that it replaces is kept as another backup."""
    from mcm_core.services import restoring
    from mcm_core.store import secret

    with telling_errors():
        secret.secret()
        done = restoring.restore(file, at=datetime.now(UTC))
    typer.echo(f"The database is as it was on {done.made_at:%d %B %Y at %H:%M} UTC.")
    if done.safety:
        typer.echo(f"What it was until now is kept in {done.safety}")
    if done.erased:
        typer.echo(f"Erased once more, because they had asked for it since: {done.erased}")
    if done.signed_out:
        typer.echo("There was nothing to compare with, so everybody has to sign in or use their link again.")
        typer.echo("Passwords, phones and links are those of that day: take away again what you took away since.")


@copies.command("export-cohort", context_settings={"ignore_unknown_options": True})  # an older id may begin with a dash
def export_cohort(cohort: Annotated[str, typer.Argument(help="Its id")] = "", to: To = None) -> None:
    """Put one cohort into a file for another computer; without an id, list the cohorts."""
    from mcm_core.services import moving
    from mcm_core.store import backups
    from mcm_core.store.engine import read
    from mcm_core.store.migrate import migrate

    with telling_errors():
        migrate(before=backups.before_upgrade)
        if not cohort:
            with read() as db:
                found = moving.packable(db)
            for id_, name in found:
                typer.echo(f"{id_}  {name}")
            return
        made = moving.pack(cohort, at=datetime.now(UTC), to=to or Path())
    typer.echo(f"{made}, {_size(made)}, verified. It holds what people wrote and answered: carry it with care.")


@copies.command("import-cohort")
def import_cohort(file: Path) -> None:
    """Take a cohort over from a file that `mcm export-cohort` made on another computer."""
    from mcm_core import start
    from mcm_core.services import moving

    with telling_errors():
        start.prepare()
        done = moving.unpack(file, at=datetime.now(UTC))
    typer.echo(f"“{done.name}” is here. Its members join again by new links: print the cards anew.")
    for username in done.new_accounts:
        typer.echo(f"Its facilitator {username} has no way in yet. Give one: mcm reset-link {username}")
    if done.erased:
        typer.echo(f"Erased once more, because they had asked for it: {done.erased}")


@copies.command()
def doctor() -> None:
    """Look at everything that a quiet session depends on. Ends with 1 when something is broken."""
    from mcm_core.doctor import examine

    found = examine(at=datetime.now(UTC))
    for line in found:
        typer.echo(f"{line.state:<6}  {line.about}: {line.says}" + (f" {line.do}" if line.do else ""))
    if any(line.state == "broken" for line in found):
        raise typer.Exit(1)


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"
