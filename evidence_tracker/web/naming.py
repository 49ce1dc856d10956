"""Ids in the custody log as people know them: a colleague's name, a record's reference, a digest, a moment."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Enum, select
from sqlalchemy.orm import Session

from evidence_tracker.access.indexing import SearchEntry
from evidence_tracker.access.models import Account, Compartment
from evidence_tracker.access.policy import visible, visible_compartments
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.formats import plain_json
from evidence_tracker.web.words import said


@dataclass(frozen=True)
class Names:
    """What is known of the ids in some events, as far as the one who asks may know it."""

    known: Mapping[str, str]

    def shown(self, value: Any, column: Any = None) -> Any:
        """Return a value of an event or a saved version as a reader sees it."""
        if isinstance(value, str) and is_id(value):
            return self.known.get(value) or gettext("another record")
        if column is not None and isinstance(column.type, Enum) and isinstance(value, str):
            return said(value)
        if isinstance(value, list | Mapping) and not _is_simple(value):
            return self._folded(value)
        return plain_json(value)

    def _folded(self, value: Any) -> Markup:
        """Return what is for a close reader: folded, as it stands in the log, with the ids named."""
        text = json.dumps(self._named(value), ensure_ascii=False, indent=1)
        words = gettext("%(count)s entries", count=len(value))
        return Markup("<details><summary>{}</summary><pre>{}</pre></details>").format(words, text)

    def _named(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: self._named(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._named(item) for item in value]
        return self.known.get(value, value) if isinstance(value, str) else value


def names_in(session: Session, values: Iterable[Any], *, actor: Actor) -> Names:
    """Return the names of all ids in some values: three queries, however many there are."""
    ids = {UUID(text) for value in values for text in _texts(value) if is_id(text)}
    if not ids:
        return Names({})
    known = {
        str(row.id): str(row.display_name)
        for row in session.execute(select(Account.id, Account.display_name).where(Account.id.in_(ids)))
    }
    entries = select(SearchEntry.record_id, SearchEntry.reference).where(
        SearchEntry.record_id.in_(ids),
        SearchEntry.reference.is_not(None),
        visible(session, actor, SearchEntry),
    )
    known |= {str(row.record_id): str(row.reference) for row in session.execute(entries)}
    places = select(Compartment.id, Compartment.reference).where(
        Compartment.id.in_(ids), visible_compartments(session, actor)
    )
    known |= {str(row.id): str(row.reference) for row in session.execute(places)}
    return Names(known)


def is_id(text: str) -> bool:
    """Say whether a text is the id of something."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_simple(value: Any) -> bool:
    """Say whether a list or object reads well in one line: a moment, a place, a few words."""
    if isinstance(value, Mapping):
        return set(value) >= {"value", "precision"} or {"name", "latitude"} <= set(value)
    return all(
        isinstance(item, str | int) and not (isinstance(item, str) and is_id(item)) for item in value
    ) or (bool(value) and all(isinstance(item, Mapping) and _is_simple(item) for item in value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
