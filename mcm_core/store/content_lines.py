"""Reading a content file so that every mistake can be pointed at: file, line, reason.

The YAML is composed into its tree of nodes and never constructed, so no tag can run or build anything. Every scalar
stays the text that stands in the file ("No" is a word here, not false); `content_format` turns it into numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from mcm_core.domain.errors import McmError

FILL = "Write words there or take it out. Words that hold a comma or a colon need quotes."


class BrokenContent(McmError):
    """A content file cannot be used. `line` counts from 1, or is None where the mistake has no line."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}" if line else f"{file}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Document:
    """One file: its `data` as dicts, lists and strings, and `lines` by the path that leads to each entry."""

    file: str
    data: object
    lines: dict[tuple[str, ...], int] = field(repr=False)

    def line(self, path: Iterable[object]) -> int:
        """The line of the deepest entry that `path` names; parts that are not in the file are skipped."""
        found: tuple[str, ...] = ()
        for part in path:
            found = (*found, str(part)) if (*found, str(part)) in self.lines else found
        return self.lines[found]

    def broken(self, path: Iterable[object], reason: str) -> BrokenContent:
        """The error to raise for a mistake at `path`."""
        return BrokenContent(self.file, self.line(path), reason)


def read(path: Path) -> Document:
    """The document in the file at `path`; raises BrokenContent where it is not readable text or not YAML."""
    try:
        root = _compose(path.name, _text(path))
        tree = _Tree(path.name)
        return Document(path.name, tree.data(root, ()), tree.lines)
    except RecursionError as error:
        raise BrokenContent(path.name, None, "There are too many brackets inside each other.") from error


def _compose(file: str, text: str) -> yaml.Node:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenContent(file, mark.line + 1 if mark else None, _unreadable(error.problem)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise BrokenContent(file, line, "There is an invisible character here. Take it out.") from error
    if root is None:
        raise BrokenContent(file, 1, "The file is empty.")
    return root


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BrokenContent(path.name, None, f"The file cannot be read ({error.strerror}).") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BrokenContent(path.name, line, "This is not UTF-8 text. Save the file with encoding UTF-8.") from error


def _unreadable(problem: str | None) -> str:
    detail = f" ({problem})" if problem else ""
    return f"The layout breaks off here{detail}. Look at indents, colons, quotes and brackets in this line and above."


class _Tree:
    """Turns nodes into plain data and notes the line of each entry on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[tuple[str, ...], int] = {}
        self._seen: set[int] = set()

    def data(self, node: yaml.Node, path: tuple[str, ...]) -> object:
        """The node as dicts, lists and strings."""
        line = self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            raise BrokenContent(self.file, line, "“*” repeats another entry. Write the words out instead.")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return {key: self.data(value, (*path, key)) for key, value in self._entries(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.data(item, (*path, str(index))) for index, item in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:null":
            raise BrokenContent(self.file, line, f"{_named(path)} is empty. {FILL}")
        return str(node.value)

    def _entries(self, node: yaml.MappingNode, path: tuple[str, ...]) -> Iterable[tuple[str, yaml.Node]]:
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise BrokenContent(self.file, line, "A name in front of a colon is plain words.")
            if (*path, key.value) in self.lines:
                first = self.lines[*path, key.value]
                raise BrokenContent(self.file, line, f"“{key.value}” stands here twice; it is in line {first} already.")
            self.lines[*path, key.value] = line
            yield key.value, value


def _named(path: tuple[str, ...]) -> str:
    return f"“{path[-1]}”" if path and not path[-1].isdigit() else "This entry"
