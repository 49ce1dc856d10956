"""Digests with a role: what others state about the bytes, beside what we found ourselves."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, require, visible
from evidence_tracker.access.records import Governance, create, needed
from evidence_tracker.casework.exhibits.models import DigestRole, Exhibit, ExhibitDigest
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput
from evidence_tracker.vault.models import Blob

# MD5 and SHA-1 prove nothing any more; they are taken because cameras and platforms state them.
LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha384": 96, "sha512": 128, "sha3-256": 64, "sha3-512": 128}
OURS = "sha256"
_HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True)
class RoleDigest:
    """One digest of an exhibit, whose it is, and whether it agrees with our bytes (None: not compared)."""

    role: DigestRole
    algorithm: str
    value: str
    stated_by: str
    is_match: bool | None


def normal(algorithm: str, value: str) -> tuple[str, str]:
    """Return algorithm and hex value in their one spelling, or refuse what is not such a digest."""
    name = algorithm.strip().lower().replace("sha-", "sha").replace("_", "-")
    digits = re.sub(r"[\s:]", "", value).lower()
    if name not in LENGTHS:
        raise InvalidInput(
            f"{algorithm!r} is not a digest known here.", advice=f"Known are: {', '.join(LENGTHS)}."
        )
    if len(digits) != LENGTHS[name] or not _HEX.fullmatch(digits):
        raise InvalidInput(f"A {name} digest has {LENGTHS[name]} hexadecimal digits; this one has not.")
    return name, digits


def compute(chunks: Iterator[bytes], algorithm: str) -> str:
    """Return the hex digest of bytes read from the vault, to compare a stated one with."""
    digest = hashlib.new(algorithm.replace("sha3-", "sha3_"), usedforsecurity=False)
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def state_digest(
    session: Session,
    exhibit: Exhibit,
    *,
    role: DigestRole,
    algorithm: str,
    value: str,
    stated_by: str,
    actor: Actor,
    computed: str | None = None,
) -> ExhibitDigest:
    """Record a digest that a camera or somebody else states, and whether it agrees with the bytes here.

    A SHA-256 is compared at once; for another algorithm hand in what ``compute`` found
    over the vault's bytes, else the agreement stays unknown. A difference is recorded as it
    is and corrects nothing.
    """
    if role in {DigestRole.AS_RECEIVED, DigestRole.AS_STORED}:
        raise InvalidInput(f"The digest {role.value} is found by the system and never stated by a person.")
    if exhibit.sha256 is None:
        raise InvalidInput(f"{exhibit.reference} has no bytes, so it has no digest.")
    name, digits = normal(algorithm, value)
    found = exhibit.sha256 if name == OURS else computed
    return create(
        session,
        ExhibitDigest,
        compartment_id=exhibit.compartment_id,
        governance=Governance.of(exhibit),
        actor=actor,
        exhibit_id=exhibit.id,
        role=role,
        algorithm=name,
        value=digits,
        stated_by=needed(stated_by, "Who states the digest"),
        is_match=None if found is None else found == digits,
    )


def digests_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> list[RoleDigest]:
    """Return all digests of an exhibit: stated by others, as received, and of the ciphertext as stored."""
    require(session, actor, Permission.READ, exhibit.compartment_id, level=exhibit.level)
    rows = session.scalars(
        select(ExhibitDigest)
        .where(ExhibitDigest.exhibit_id == exhibit.id, visible(session, actor, ExhibitDigest))
        .order_by(ExhibitDigest.recorded_at, ExhibitDigest.id)
    )
    stated = [RoleDigest(row.role, row.algorithm, row.value, row.stated_by, row.is_match) for row in rows]
    blob = session.get(Blob, exhibit.blob_id) if exhibit.blob_id is not None else None
    if blob is None:
        return stated
    return [
        *stated,
        RoleDigest(
            DigestRole.AS_RECEIVED, OURS, blob.sha256, "this instance", is_match=blob.sha256 == exhibit.sha256
        ),
        RoleDigest(
            DigestRole.AS_STORED, OURS, blob.ciphertext_sha256, "this instance, of the encrypted bytes", None
        ),
    ]
