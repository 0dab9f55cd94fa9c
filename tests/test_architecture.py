"""The order in which parts may know each other. A new arrow is a decision: change architecture and this table first."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {
    "domain": set(),
    "store": {"domain"},
    "services": {"domain", "store"},
    "live": {"domain"},
    "charts": {"domain"},
    "web": {"domain", "store", "services", "live", "charts"},
    "ui": {"domain", "store", "services", "live", "charts", "web"},
    "pages": {"domain", "store", "services", "charts", "ui"},
}
FILES = [*sorted((ROOT / "mcm_core").rglob("*.py")), *sorted((ROOT / "pages").glob("*.py"))]


def layer(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return "pages" if parts[0] == "pages" else parts[1] if len(parts) > 2 else ""


def imported(path: Path) -> set[str]:
    """Every module named in an import of this file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downwards_only(path: Path) -> None:
    here = layer(path)
    if not here:
        return
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("mcm_core.")}
    ours |= {"pages"} if any(name.split(".")[0] == "pages" for name in imported(path)) else set()

    assert ours - {here} <= MAY_IMPORT[here]


def test_the_domain_imports_the_standard_library_only() -> None:
    for path in (ROOT / "mcm_core" / "domain").glob("*.py"):
        foreign = {name.split(".")[0] for name in imported(path)} - sys.stdlib_module_names - {"mcm_core"}
        assert not foreign, path.name


def test_streamlit_is_imported_by_screens_alone() -> None:
    """What travels on its socket (streamlit.proto) is known to the guard in front of it, too."""
    widgets = {path: {name for name in imported(path) if not name.startswith("streamlit.proto.")} for path in FILES}
    users = {layer(path) for path in FILES if any(name.split(".")[0] == "streamlit" for name in widgets[path])}

    assert users <= {"ui", "pages"}


def test_one_module_touches_session_state() -> None:
    users = [p.name for p in FILES if "session_state[" in (text := p.read_text("utf-8")) or "session_state." in text]

    assert users == ["visit.py"] or set(users) <= {"visit.py", "sign_in.py"}


def test_no_page_stops_in_a_way_that_keeps_parts_of_the_page_before() -> None:
    """See tests/ui/test_runs.py. The docstring of `Enough` names it."""
    assert [p.name for p in FILES if "st.stop()" in p.read_text("utf-8")] == ["page.py"]


def test_every_page_is_in_the_sitemap_and_no_file_is_too_big() -> None:
    from mcm_core.ui.sitemap import ENTRIES

    assert {entry.file for entry in ENTRIES} == {path.name for path in (ROOT / "pages").glob("*.py")}
    for path in FILES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 250 or "migrations" in path.parts, path


@pytest.mark.parametrize(("appearance", "dark"), [("light", False), ("dark", True)])
def test_the_theme_has_the_colours_of_the_pictures(appearance: str, dark: bool) -> None:
    import tomllib

    from mcm_core.charts.palette import tokens

    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][appearance]
    names = {
        "primaryColor": "accent",
        "backgroundColor": "paper",
        "secondaryBackgroundColor": "surface",
        "textColor": "ink",
        "borderColor": "line",
    }

    assert theme == {option: tokens(dark)[name] for option, name in names.items()}
