"""Acts on parties: adding, amending, changing their keys, ending the contact."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyrage
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import Permission, now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.parties.models import CLASSES, Party, PartyKind, RecipientClass
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput

READERS: Mapping[str, stated.Reader] = {
    "kind": stated.word(PartyKind),
    "recipient_class": stated.optional(stated.word(RecipientClass)),
    "name": stated.text,
    "name_latin": stated.text,
    "country": stated.optional(stated.country),
    "language": stated.optional(stated.language),
    "contact": stated.optional_text,
    "notes": stated.optional_text,
}
# Who receives what was allowed for whom hangs on these two.
SUPERVISED = ("kind", "recipient_class")


def add_party(
    session: Session,
    *,
    kind: PartyKind | str,
    name: str,
    actor: Actor,
    recipient_class: RecipientClass | str | None = None,
    name_latin: str | None = None,
    country: str | None = None,
    language: str | None = None,
    contact: str | None = None,
    notes: str | None = None,
    age_recipients: Iterable[str] = (),
    keys_checked_how: str | None = None,
    governance: Governance = Governance(Level.INTERNAL),  # noqa: B008 - frozen
) -> Party:
    """Enter a party in the directory of the organisation; returns it with its reference.

    ``name_latin`` may be left out where ``name`` is written in Latin letters.
    """
    facts = stated.read(
        {
            "kind": kind,
            "recipient_class": recipient_class,
            "name": name,
            "name_latin": name_latin or latin(stated.text(name, "name")),
            "country": country,
            "language": language,
            "contact": contact,
            "notes": notes,
        },
        READERS,
    )
    check_class(facts["kind"], facts["recipient_class"])
    keys = age_keys(age_recipients)
    return records.create(
        session,
        Party,
        compartment_id=records.profile(session).organisation_compartment_id,
        governance=governance,
        actor=actor,
        reference=records.next_reference(session, "P"),
        age_recipients=keys,
        keys_checked_how=stated.optional_text(keys_checked_how, "check of the keys"),
        keys_changed_by=actor.account_id if keys else None,
        ended_at=None,
        end_reason=None,
        **facts,
    )


def amend_party(
    session: Session,
    party: Party,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Party:
    """Change what is known of a party; its kind and recipient class only with a supervisor's right."""
    read = stated.read(changes, {**READERS, **stated.GOVERNED})
    check_class(read.get("kind", party.kind), read.get("recipient_class", party.recipient_class))
    return stated.amend_stated(
        session, party, read, actor=actor, expected_version=expected_version, supervised=SUPERVISED
    )


def replace_keys(
    session: Session,
    party: Party,
    age_recipients: Iterable[str],
    *,
    checked_how: str,
    actor: Actor,
    expected_version: int | None = None,
) -> Party:
    """Replace a party's public keys; ``checked_how`` says how the party itself confirmed them.

    A bundle encrypted to a wrong key is disclosed to whoever holds it, so this asks for the
    right to approve exceptions. An empty list takes the keys away.
    """
    return records.amend(
        session,
        party,
        {
            "age_recipients": age_keys(age_recipients),
            "keys_checked_how": stated.text(checked_how, "check of the keys"),
            "keys_changed_by": actor.account_id,
        },
        actor=actor,
        expected_version=expected_version,
        permission=Permission.SUPERVISE,
    )


def end_party(session: Session, party: Party, *, reason: str, actor: Actor) -> Party:
    """End the contact with a party: it stays on record and receives nothing more."""
    if party.ended_at is not None:
        raise InvalidInput(f"The contact with {party.reference} has already ended.")
    return records.amend(
        session,
        party,
        {"ended_at": now(session), "end_reason": stated.text(reason, "reason")},
        actor=actor,
        verb=CustodyVerb.STATE_CHANGED,
    )


def check_class(kind: PartyKind, recipient_class: RecipientClass | None) -> None:
    """Refuse a recipient class that a party of this kind cannot have."""
    if recipient_class is None or recipient_class in CLASSES[kind]:
        return
    raise InvalidInput(
        f"A {kind} cannot receive as {recipient_class}.",
        advice=f"Choose one of: {', '.join(sorted(CLASSES[kind]))}; or correct the kind.",
    )


def latin(name: str) -> str:
    """Return a name that is written in Latin letters, or ask for its Latin form."""
    if any(character.isalpha() and not _is_latin(character) for character in name):
        raise InvalidInput(
            f"{name.strip()!r} needs a form in Latin letters as well.",
            advice="State name_latin, transliterated as the party itself does it.",
        )
    return name


def _is_latin(character: str) -> bool:
    # Latin, its extensions and modifier letters lie below Greek; the later blocks are additions.
    return character < "\u0370" or "\u1e00" <= character <= "\u1eff" or "\u2c60" <= character <= "\u2c7f"


def age_keys(keys: Iterable[str]) -> list[str]:
    """Return public age keys in their one written form; refuses all else, and never repeats a private key."""
    return list(dict.fromkeys(_age_key(key) for key in stated.several(keys, "age recipients")))


def _age_key(key: str) -> str:
    stripped = stated.text(key, "age recipient")
    if "age-secret-key" in stripped.casefold():
        raise InvalidInput(
            "That is a private key; only the party itself may hold it.",
            advice="Ask the party to make a new pair and to send the line that begins with 'age1'.",
        )
    try:
        return str(pyrage.x25519.Recipient.from_str(stripped))
    except pyrage.RecipientError as error:
        raise InvalidInput(
            f"{stripped[:80]!r} is not a public age key.",
            advice="It is one line of 62 characters that begins with 'age1'; copy all of it.",
        ) from error
