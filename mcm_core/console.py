"""What every command does in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from mcm_core.domain.errors import McmError


@contextmanager
def telling_errors() -> Iterator[None]:
    """Print what the person at the console can act on, and end with 2."""
    try:
        yield
    except McmError as error:
        typer.echo(f"mcm: {error}", err=True)
        raise typer.Exit(2) from None
