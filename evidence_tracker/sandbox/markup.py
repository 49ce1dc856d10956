"""XML of strangers, read without anything it refers to. Child only."""

from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat


class Handler(Protocol):
    """Takes the events of one document, with names as written (prefix and all)."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take its end."""

    def text(self, text: str) -> None:
        """Take characters."""


def read(document: bytes, handler: Handler) -> None:
    """Go through ``document``; ValueError if it declares a type, with which entities would come."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.Parse(document, True)  # noqa: FBT003 - "this is all" is positional in expat


def _refuse(*_declaration: object) -> None:
    raise ValueError("it declares a document type, which is not read")


def local(name: str) -> str:
    """Return the name without its prefix."""
    return name.rpartition(":")[2]


class Leaves:
    """Collects the text of elements and the values of attributes by local name."""

    def __init__(self, passed_over: Callable[[str], bool]) -> None:
        self.found: dict[str, list[str]] = {}
        self._passed_over = passed_over
        self._path: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep the attributes."""
        self._path.append(name)
        for key, value in attributes.items():
            self._keep(key, value)

    def end(self, _name: str) -> None:
        """Step out."""
        self._path.pop()

    def text(self, text: str) -> None:
        """Keep the text under the nearest element that is not mere structure."""
        self._keep(next((name for name in reversed(self._path) if not self._passed_over(name)), ""), text)

    def _keep(self, name: str, value: str) -> None:
        if value.strip() and name and not self._passed_over(name):
            self.found.setdefault(local(name), []).append(value.strip())
