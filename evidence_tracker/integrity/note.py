"""Text signed by keys that have names: C2SP signed-note with Ed25519 (https://c2sp.org/signed-note).

::

    any text, ending in a newline

    — example.org/kyiv/1 <base64 of key id (4 bytes) and signature (64 bytes)>

A *vkey* is how a verifier is handed over: ``name+<key id in hex>+<base64 of 0x01 and the public key>``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .canonical import base64_text, parse_base64
from .faults import MalformedNote, NotCanonical, SignatureRejected

MAX_SIGNATURES = 100
KEY_BYTES = 32

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_DASH = "— "
# Public keys of small order (both signs): with one of these, one signature fits many texts, so that
# its owner could later say that it had signed another one. The last two are second spellings.
_WEAK_KEYS = frozenset(
    bytes.fromhex(key)
    for key in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Signer:
    """A named Ed25519 key that signs notes; ``seed`` is its 32 secret bytes."""

    def __init__(self, name: str, seed: bytes) -> None:
        require_name(name)
        if len(seed) != KEY_BYTES:
            raise MalformedNote(f"The seed of a signing key has {len(seed)} bytes instead of {KEY_BYTES}.")
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._key.public_key().public_bytes_raw()
        self._id = _key_id(name, self._public)

    def __repr__(self) -> str:
        return f"Signer({self.name}+{self._id.hex()})"

    @property
    def vkey(self) -> str:
        """The text by which others verify: name, key id, public key."""
        return f"{self.name}+{self._id.hex()}+{base64_text(_ED25519 + self._public)}"

    def sign(self, text: str) -> bytes:
        """Return ``text`` as a note with this key's signature."""
        return sign_note(text, [self])

    def signature_line(self, text: bytes) -> str:
        """Return this key's signature line over ``text``."""
        return f"{_DASH}{self.name} {base64_text(self._id + self._key.sign(text))}\n"


class Verifier:
    """A named public key, trusted because it came by a way outside the note."""

    def __init__(self, name: str, public: bytes) -> None:
        require_name(name)
        if len(public) != KEY_BYTES:
            raise MalformedNote(f"A public key has {len(public)} bytes instead of {KEY_BYTES}.")
        if public[:-1] + bytes([public[-1] & 0x7F]) in _WEAK_KEYS:
            raise MalformedNote("The public key is a weak one, under which one signature fits many texts.")
        self.name = name
        self.key_id = _key_id(name, public)
        self._key = Ed25519PublicKey.from_public_bytes(public)

    def __repr__(self) -> str:
        return f"Verifier({self.name}+{self.key_id.hex()})"

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Read a vkey; refuse an unknown algorithm and a key id that does not fit the key."""
        name, _, rest = vkey.partition("+")  # base64 may hold a plus of its own, a name may not
        key_id, _, text = rest.partition("+")
        try:
            key = parse_base64(text)
        except NotCanonical as fault:
            raise MalformedNote("The key is not written as name+id+base64.") from fault
        if key[:1] != _ED25519:
            raise MalformedNote("The key is not an Ed25519 key (algorithm 1).")
        verifier = cls(name, key[1:])
        if verifier.key_id.hex() != key_id:
            raise MalformedNote("The key id does not belong to this name and key.")
        return verifier

    def verify(self, text: bytes, signature: bytes) -> None:
        """Raise ``SignatureRejected`` unless this key signed exactly ``text``."""
        try:
            self._key.verify(signature, text)
        except InvalidSignature as error:
            raise SignatureRejected(f"The signature in the name of {self.name} is false.") from error


@dataclass(frozen=True)
class Note:
    """A note that at least one trusted key signed.

    ``text`` ends in a newline. ``verified`` are the names of the trusted keys that signed it;
    ``unverified`` are ``name+id`` of signatures by unknown keys, which say nothing.
    """

    text: str
    verified: tuple[str, ...]
    unverified: tuple[str, ...]


def sign_note(text: str, signers: Sequence[Signer]) -> bytes:
    """Return ``text`` as a note signed by all ``signers`` (more than one while keys are changed)."""
    if not text.endswith("\n"):
        raise MalformedNote("The text of a note has to end in a newline.")
    if not 1 <= len(signers) <= MAX_SIGNATURES:
        raise MalformedNote(f"A note carries 1 to {MAX_SIGNATURES} signatures, not {len(signers)}.")
    _require_printable(text)
    data = _utf8(text)
    lines = "".join(signer.signature_line(data) for signer in signers)
    return data + b"\n" + lines.encode("utf-8")


def open_note(note: bytes, verifiers: Sequence[Verifier]) -> Note:
    """Return the text of ``note`` if a trusted key signed it; believe nothing of it otherwise.

    Signatures by unknown keys are listed, not judged. A false signature in the name of a trusted
    key spoils the whole note (``SignatureRejected``), and so does the lack of any true one.
    """
    text, lines = _split_note(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    if len(known) != len(verifiers):
        raise MalformedNote("Two of the trusted keys have the same name and id.")
    data, verified, unverified = text.encode("utf-8"), [], []
    for line in lines:
        name, key_id, signature = _parse_signature(line)
        verifier = known.get((name, key_id))
        if verifier is None:
            unverified.append(f"{name}+{key_id.hex()}")
        else:
            verifier.verify(data, signature)
            verified.append(name)
    if not verified:
        raise SignatureRejected("None of the trusted keys signed this note.")
    return Note(text, _once(verified), _once(unverified))


def require_name(name: str) -> None:
    """Refuse a key name that is empty or holds a space, a plus or a control character."""
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise MalformedNote(f"{name!r} cannot be the name of a key: no spaces, no plus, not empty.")
    _utf8(name)


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode("utf-8") + b"\n" + _ED25519 + public).digest()[:_KEY_ID_BYTES]


def _split_note(note: bytes) -> tuple[str, list[str]]:
    """Return the text and the signature lines, without the blank line between them."""
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedNote("The note is not UTF-8.") from error
    _require_printable(whole)
    text, blank, signatures = whole.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise MalformedNote("The note has no blank line followed by signature lines.")
    if signatures.count("\n") > MAX_SIGNATURES:
        raise MalformedNote(f"The note has more than {MAX_SIGNATURES} signatures.")
    return text + "\n", signatures[:-1].split("\n")


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    """Return key name, key id and signature of one signature line."""
    name, _, text = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise MalformedNote("A signature line is not '— name base64'.")
    require_name(name)
    try:
        data = parse_base64(text)
    except NotCanonical as fault:
        raise MalformedNote(f"The signature of {name} is not canonical base64.") from fault
    if len(data) <= _KEY_ID_BYTES:
        raise MalformedNote(f"The signature of {name} is too short.")
    return name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:]


def _require_printable(text: str) -> None:
    if _CONTROL.search(text):
        raise MalformedNote("A note may not hold control characters other than newlines.")


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedNote("The text holds half of a surrogate pair, which no UTF-8 can carry.") from error


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
