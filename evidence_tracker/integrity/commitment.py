"""Salted fields, what a leaf commits of them, and the disclosure of some of them.

An event is a set of fields. Each field has a salt of its own, so that opening one says nothing
of the others, and a withheld name or telephone number cannot be found by trying all of them::

    preimage   = canonical([base64url(salt), name, value])
    digest     = SHA-256(preimage)
    commitment = SHA-256(DOMAIN || all digests of the event, sorted)
    leaf       = canonical({"v": 1, "t": <UTC hour>, "c": hex(commitment)})

The *payload* is what is kept, encrypted, to be opened later: the preimages, one per line.
"""

import base64
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

from .canonical import JSON, canonical, parse_canonical
from .faults import MalformedLeaf, MalformedProof, NotCanonical

DOMAIN = b"evidence-tracker/commitment/v1\n"
SALT_BYTES = 32
DIGEST_BYTES = 32
# Less than canonical.MAX_DEPTH, so that what can be committed can also be disclosed inside a proof.
MAX_FIELD_DEPTH = 16

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_HOUR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00Z")
_LEAF = re.compile(rb'\{"c":"([0-9a-f]{64})","t":"([^"]{20})","v":1\}')
_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


def new_salt() -> bytes:
    """Return 32 random bytes; never use them for a second field."""
    return secrets.token_bytes(SALT_BYTES)


def preimage(salt: bytes, name: str, value: JSON) -> bytes:
    """Return the bytes whose digest stands for one field: canonical ``[salt, name, value]``."""
    if len(salt) != SALT_BYTES:
        raise MalformedLeaf(f"A salt has {len(salt)} bytes instead of {SALT_BYTES}.")
    if not _NAME.fullmatch(name):
        raise MalformedLeaf(f"{name!r} is not a field name: letters, digits, '_', '.', '-'; at most 128.")
    # The same as canonical([salt, name, value]): neither salt nor name holds anything to be escaped.
    head = f'["{_salt_text(salt)}","{name}",'.encode("ascii")
    return head + canonical(value, max_depth=MAX_FIELD_DEPTH) + b"]"


def field_digest(preimage: bytes) -> bytes:
    """Return the SHA-256 of a field's preimage."""
    return sha256(preimage).digest()


@dataclass(frozen=True)
class Field:
    """One named value of an event with the salt that hides it."""

    salt: bytes
    name: str
    value: JSON

    @classmethod
    def from_preimage(cls, data: bytes) -> "Field":
        """Read a field back from its preimage; refuse bytes that no field has."""
        field = _field_of(parse_canonical(data))
        if field is None or field.preimage() != data:
            raise MalformedLeaf("The bytes are not the preimage of a field.")
        return field

    def preimage(self) -> bytes:
        """Return the bytes that are digested and, encrypted, kept."""
        return preimage(self.salt, self.name, self.value)

    def digest(self) -> bytes:
        """Return the digest under which the leaf commits this field."""
        return field_digest(self.preimage())


def commit(digests: Iterable[bytes]) -> bytes:
    """Return the commitment to a set of field digests; their order does not matter."""
    ordered = sorted(digests)
    if any(len(digest) != DIGEST_BYTES for digest in ordered):
        raise MalformedLeaf(f"A field digest does not have {DIGEST_BYTES} bytes.")
    return _commit_sorted(ordered)


def hour(at: datetime) -> str:
    """Return the UTC hour of ``at`` as ``2026-11-23T15:00:00Z``; the leaf shows no more of the time."""
    if at.tzinfo is None:
        raise MalformedLeaf("A time without a zone cannot be put into a leaf.")
    whole = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    return whole.isoformat() + "Z"


@dataclass(frozen=True)
class Leaf:
    """What the log shows in clear: version, UTC hour, commitment (32 bytes)."""

    v: int
    t: str
    c: bytes


def leaf(hour: str, commitment: bytes) -> bytes:
    """Return the bytes that the tree hashes; equal to the canonical form of ``{v, t, c}``."""
    _require_hour(hour)
    if len(commitment) != DIGEST_BYTES:
        raise MalformedLeaf(f"A commitment has {len(commitment)} bytes instead of {DIGEST_BYTES}.")
    return f'{{"c":"{commitment.hex()}","t":"{hour}","v":1}}'.encode("ascii")


def parse_leaf(data: bytes) -> Leaf:
    """Read a leaf; refuse every byte string that ``leaf`` would not have written."""
    match = _LEAF.fullmatch(data)
    if match is None:
        raise MalformedLeaf("The bytes are not a leaf of version 1.")
    time = match[2].decode("ascii", "replace")
    _require_hour(time)
    return Leaf(1, time, bytes.fromhex(match[1].decode("ascii")))


@dataclass(frozen=True)
class Disclosure:
    """All field digests of one event, and those of its fields that are opened.

    It proves nothing by itself: trust ``opened`` only when ``leaf()`` is in a signed tree
    (``proof.verify_disclosure``).
    """

    t: str
    digests: tuple[bytes, ...]
    opened: tuple[Field, ...]

    def __post_init__(self) -> None:
        if list(self.digests) != sorted(set(self.digests)):
            raise MalformedProof("The field digests are not sorted, or one is there twice.")
        names = [field.name for field in self.opened]
        if names != sorted(set(names)):
            raise MalformedProof("The opened fields are not sorted by name, or one name is there twice.")
        known = set(self.digests)
        for field in self.opened:
            if field.digest() not in known:
                raise MalformedProof(f"The opened field {field.name!r} is not one of those committed.")

    @classmethod
    def opening(cls, t: str, fields: Sequence[Field], names: Iterable[str]) -> "Disclosure":
        """Disclose an event: ``names`` of its ``fields`` in clear, the others by digest only."""
        wanted = set(names)
        missing = wanted - {field.name for field in fields}
        if missing:
            raise MalformedProof(f"The event has no field {min(missing)!r} to open.")
        opened = sorted((field for field in fields if field.name in wanted), key=_name_of)
        return cls(t, tuple(sorted(field.digest() for field in fields)), tuple(opened))

    @classmethod
    def from_extra(cls, data: bytes) -> "Disclosure":
        """Read the ``extra`` of a proof; refuse what ``to_extra`` would not have written."""
        match parse_canonical(data):
            case {"v": 1, "t": str() as time, "digests": list() as digests, "opened": list() as opened}:
                disclosure = cls(time, tuple(map(_digest_of, digests)), tuple(map(_opened_of, opened)))
            case _:
                raise MalformedProof("The extra data is not a disclosure of version 1.")
        if disclosure.to_extra() != data:
            raise MalformedProof("The extra data holds more than a disclosure of version 1.")
        disclosure.leaf()  # refuses an hour that is none, and a set of no digests
        return disclosure

    def to_extra(self) -> bytes:
        """Return the canonical bytes that travel in the ``extra`` line of a proof."""
        digests: list[JSON] = [digest.hex() for digest in self.digests]
        opened: list[JSON] = [[_salt_text(field.salt), field.name, field.value] for field in self.opened]
        return canonical({"v": 1, "t": self.t, "digests": digests, "opened": opened})

    def leaf(self) -> bytes:
        """Rebuild the leaf from the digests alone."""
        return leaf(self.t, commit(self.digests))

    def opened_values(self) -> dict[str, JSON]:
        """Return name → value of the opened fields."""
        return {field.name: field.value for field in self.opened}


def pack(fields: Iterable[Field]) -> bytes:
    """Return the payload: the preimages sorted by field name, one per line.

    Canonical JSON never holds a raw newline, so the lines can be split without parsing.
    """
    ordered = sorted(fields, key=_name_of)
    _require_ascending_names(ordered)
    return b"\n".join(field.preimage() for field in ordered)


def unpack(packed: bytes) -> tuple[Field, ...]:
    """Read the fields of a payload; refuse what ``pack`` would not have written."""
    fields = tuple(Field.from_preimage(line) for line in packed.split(b"\n"))
    _require_ascending_names(fields)
    return fields


def payload_commitment(packed: bytes) -> bytes:
    """Return the commitment to a payload without parsing it (an audit does this a million times)."""
    return _commit_sorted(sorted([sha256(line).digest() for line in packed.split(b"\n")]))


def _commit_sorted(digests: Sequence[bytes]) -> bytes:
    if not digests:
        raise MalformedLeaf("An event without fields commits to nothing.")
    if len(set(digests)) != len(digests):
        raise MalformedLeaf("Two fields of one event have the same digest.")
    return sha256(DOMAIN + b"".join(digests)).digest()


def _name_of(field: Field) -> str:
    return field.name


def _require_ascending_names(fields: Sequence[Field]) -> None:
    if not fields:
        raise MalformedLeaf("An event without fields commits to nothing.")
    names = [field.name for field in fields]
    if len(set(names)) != len(names):
        raise MalformedLeaf("Two fields of one event have the same name.")
    if names != sorted(names):
        raise MalformedLeaf("The fields of a payload are not sorted by name.")


@lru_cache(maxsize=1024)  # a log has few hours and many leaves
def _require_hour(text: str) -> None:
    if not _HOUR.fullmatch(text):
        raise MalformedLeaf("The time of a leaf is not a whole UTC hour like 2026-11-23T15:00:00Z.")
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedLeaf("The time of a leaf is not in the calendar.") from error


def _salt_text(salt: bytes) -> str:
    return base64.urlsafe_b64encode(salt).rstrip(b"=").decode("ascii")


def _parse_salt(text: str) -> bytes:
    try:
        salt = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except ValueError as error:
        raise NotCanonical("A salt is not base64url.") from error
    if len(salt) != SALT_BYTES or _salt_text(salt) != text:
        raise NotCanonical(f"A salt is not {SALT_BYTES} bytes in base64url without padding.")
    return salt


def _field_of(parts: JSON) -> Field | None:
    match parts:
        case [str() as salt, str() as name, value]:
            return Field(_parse_salt(salt), name, value)
        case _:
            return None


def _digest_of(text: JSON) -> bytes:
    if not isinstance(text, str) or not _HEX_DIGEST.fullmatch(text):
        raise MalformedProof("A field digest is not 64 lower-case hexadecimal digits.")
    return bytes.fromhex(text)


def _opened_of(parts: JSON) -> Field:
    field = _field_of(parts)
    if field is None:
        raise MalformedProof("An opened field is not [salt, name, value].")
    return field
