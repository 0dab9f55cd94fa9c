"""What was asked for and what was measured, side by side; a missed bar ends a command with 1."""

from __future__ import annotations

from dataclasses import dataclass, field

HEAD = "| bar | asked | measured | |\n|---|---|---|---|"


@dataclass
class Bars:
    """Every bar of one call."""

    rows: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def at_most(self, what: str, measured: float, limit: float, unit: str = "") -> None:
        """Note a figure that must not be above its limit. A figure that could not be had (NaN) misses it."""
        said = (f"{number:.2f}".rstrip("0").rstrip(".") for number in (limit, measured))
        self._note(what, *(f"{number} {unit}".strip() for number in said), met=measured <= limit)

    def holds(self, what: str, *, met: bool, asked: str = "yes") -> None:
        """Note something that is so or is not."""
        self._note(what, asked, "yes" if met else "no", met=met)

    def _note(self, what: str, asked: str, measured: str, *, met: bool) -> None:
        self.rows.append(f"| {what} | {asked} | {measured} | {'met' if met else '**missed**'} |")
        if not met:
            self.missed.append(what)

    def table(self) -> str:
        """All of them, as a table."""
        return "\n".join([HEAD, *self.rows])
