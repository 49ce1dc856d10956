"""Codes that mean nothing: a person's own, and the pseudonym each recipient gets.

The prefix is the same for everyone, since a role in a code leaks and changes.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.casework.persons.models import Person
from evidence_tracker.errors import InvalidInput

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "PN-"
PSEUDONYM_PREFIX = "W-"
LENGTH = 6
LONGEST = 51  # five bits a character of a SHA-256
_KEY_BYTES = 32
_DOMAIN = b"evidence-tracker/pseudonym/v1\0"
# As Crockford reads what a hand wrote: O is zero; I and L are one.
_MISREAD = str.maketrans("OIL", "011")


def new_code(session: Session) -> str:
    """Return a random code that nobody has, ``PN-7KQ2MX`` (30 random bits)."""
    while True:
        code = PREFIX + "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH))
        if session.scalar(select(Person.id).where(Person.code == code)) is None:
            return code


def read_code(stated: str) -> str:
    """Return a code as it is stored, from what a person typed; refuses what cannot be one."""
    body = stated.strip().upper().removeprefix(PREFIX).translate(_MISREAD)
    if len(body) != LENGTH or not set(body) <= set(CROCKFORD):
        raise InvalidInput(
            f"{stated!r} is not the code of a person.",
            advice="Codes look like PN-7KQ2MX: six letters or digits.",
        )
    return PREFIX + body


def pseudonym(recipient_key: bytes, person_id: UUID, *, length: int = LENGTH) -> str:
    """Return what one recipient knows a person by, ``W-5H0ZK9``.

    HMAC-SHA-256 of the person's id under the recipient's own 32-byte key, its first
    ``length`` groups of five bits in Crockford base32: the same person has unrelated
    pseudonyms with two recipients, and nobody without the key can go back.
    """
    if len(recipient_key) < _KEY_BYTES:
        raise InvalidInput(f"The key for pseudonyms of a recipient needs {_KEY_BYTES} bytes.")
    digest = hmac.digest(recipient_key, _DOMAIN + person_id.bytes, hashlib.sha256)
    number = int.from_bytes(digest, "big")
    return PSEUDONYM_PREFIX + "".join(
        CROCKFORD[number >> (256 - 5 * (position + 1)) & 31] for position in range(length)
    )


def pseudonyms(recipient_key: bytes, person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the pseudonyms of everyone in a bundle, no two the same.

    Six characters collide once in about a thousand million pairs. Those who do are
    lengthened, together, one character at a time until they differ; nobody else's changes.
    Hand in everyone this recipient was ever told of, or an older bundle may use the short
    form of one of them.
    """
    found = {person_id: pseudonym(recipient_key, person_id) for person_id in set(person_ids)}
    for length in range(LENGTH + 1, LONGEST + 1):
        bearers: dict[str, list[UUID]] = {}
        for person_id, name in found.items():
            bearers.setdefault(name, []).append(person_id)
        alike = [person_id for group in bearers.values() if len(group) > 1 for person_id in group]
        if not alike:
            break
        found |= {person_id: pseudonym(recipient_key, person_id, length=length) for person_id in alike}
    return found
