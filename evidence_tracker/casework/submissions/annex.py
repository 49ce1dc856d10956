"""The identity annex: who is behind the pseudonyms, in a bundle and under a consent of its own.

Identities are opened only while the annex is made, each opening is logged, and nothing of
them is kept in the plan or in the log.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access.records import get
from evidence_tracker.casework.persons.identities import reveal
from evidence_tracker.casework.persons.models import IdentityName, Person
from evidence_tracker.custody.events import Actor
from evidence_tracker.keys.roots import PrivateKey

REASON = "identity annex of a submission"
STATEMENT = "data/statement.json"
#: What says who somebody is. Relatives are other people, who allowed nothing by this.
NAMED_BY = tuple(name for name in IdentityName if name not in {IdentityName.RELATIVES, IdentityName.OTHER})


def files(
    session: Session,
    document: Mapping[str, Any],
    private: PrivateKey,
    frame: Mapping[str, str],
    *,
    actor: Actor,
) -> dict[str, bytes]:
    """Return the files of an annex; needs a writing session, since each opening is an event."""
    persons = [_identity(session, item, private, actor=actor) for item in document["items"]]
    return {
        "data/identities.json": _readable(persons),
        STATEMENT: statement(document, frame),
        "data/custody.jsonl": b"",
    }


def statement(document: Mapping[str, Any], frame: Mapping[str, str]) -> bytes:
    """Return the words around the identities."""
    said = {
        "from": frame["organisation"],
        "to": document["recipient_name"],
        "use": document["use"],
        "title": document["title"],
        "statement": document["statement"],
        "sealed_on": frame["sealed_on"],
        "handling": "This file names persons who may be in danger. Keep it apart from the evidence it belongs to.",
    }
    return _readable(said)


def _identity(
    session: Session, item: Mapping[str, Any], private: PrivateKey, *, actor: Actor
) -> dict[str, Any]:
    person = get(session, Person, UUID(item["subject"]), actor=actor)
    opened = reveal(session, person, private, reason=REASON, actor=actor, only=NAMED_BY)
    return {
        "number": item["number"],
        "pseudonym": item["annotations"]["pseudonym"],
        "identity": {str(name): values for name, values in opened.items()},
    }


def _readable(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
