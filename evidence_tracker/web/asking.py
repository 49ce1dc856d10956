"""What every field has: a name, words that ask, and a way from what was typed to what is stated.

A field never decides whether a fact is allowed: it turns what was typed into the value that the act
reads, or says in a sentence that the words are not of that kind. What was not typed is None: not stated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import Permission
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import as_json
from evidence_tracker.errors import InvalidInput

#: What was typed: field name → text; a field of several inputs uses name-part.
Typed = Mapping[str, str]
Choices = Callable[["Asking"], Sequence[tuple[str, Any]]]


@dataclass(frozen=True)
class Asking:
    """Where a field is asked: the session, who is asked, and the record that the form is about, if any."""

    session: Session
    actor: Actor
    row: Any = None
    item: Any = None


class Find(Protocol):
    """A question that finds a record by the words that name it."""

    def __call__(self, session: Session, reference: str, /, *, actor: Actor) -> Any:
        """Return the record, or raise NotFound."""
        ...


@dataclass(frozen=True, kw_only=True)
class Field:
    """A fact asked in one line. Subclasses say how it looks (``widget``), is read and is shown again.

    ``is_kept`` False: what is typed is kept nowhere before it is saved, in no draft and no address.
    ``needs``: whoever holds another permission for the form, but not this one, is not asked.
    ``is_folded`` of the first of a group folds the group away until something stands in it.
    ``template`` shows the inputs in place of the widget: it has ``one``, ``value``, ``choices``, ``filled``.
    """

    name: str
    label: LazyString | str
    help: LazyString | str = ""
    source: str = ""
    required: bool = False
    default: str | Callable[[Asking], str] = ""
    group: LazyString | str = ""
    suggestions: Choices | None = None
    widget: str = "text"
    template: str = ""
    is_folded: bool = False
    is_kept: bool = True
    needs: Permission | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of the inputs."""
        return (self.name,)

    def state(self, typed: Typed, asking: Asking) -> Any:
        """Return the value that was typed, None where nothing was; raises InvalidInput."""
        text = typed.get(self.name, "").strip()
        if not text:
            return self._nothing()
        return self.read(text, asking)

    def _nothing(self) -> Any:
        """Return what nothing means, None; refuses it where the fact is needed."""
        if self.required:
            raise InvalidInput(
                _l("%(what)s is missing.", what=self.label), advice=str(_l("Fill it in, or leave the form."))
            )
        return None

    def read(self, text: str, asking: Asking) -> Any:  # noqa: ARG002 - other fields look things up
        """Return the value of text that is not empty."""
        return stated.text(text, str(self.label))

    def show(self, value: Any) -> dict[str, str]:
        """Return the words that would state a stored value again."""
        return {self.name: "" if value is None else str(as_json(value))}

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:
        """Return value and words of what can be chosen, or is suggested."""
        return self.suggestions(asking) if self.suggestions else ()
