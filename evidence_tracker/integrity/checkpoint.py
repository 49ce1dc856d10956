"""The signed size and root of one tree: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint).

::

    example.org/kyiv/1
    4096
    <base64 of the root, 32 bytes>
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .canonical import base64_text, parse_base64
from .faults import MalformedCheckpoint, MalformedNote, NotCanonical, SignatureRejected
from .merkle import EMPTY_ROOT, HASH_BYTES
from .note import Signer, Verifier, open_note, require_name

MAX_SIZE = 2**63 - 1
MIN_LINES = 3

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LINE = re.compile(r"[^\x00-\x1f]+")


@dataclass(frozen=True)
class Checkpoint:
    """The state of the log ``origin`` when it had ``size`` leaves; ``root`` is 32 bytes.

    ``extensions`` are further lines. This log writes none, and a verifier ignores what they say.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            require_name(self.origin)
        except MalformedNote as fault:
            raise MalformedCheckpoint(f"{self.origin!r} cannot be the origin of a log.") from fault
        if not 0 <= self.size <= MAX_SIZE:
            raise MalformedCheckpoint(f"A log cannot have {self.size} leaves.")
        if len(self.root) != HASH_BYTES:
            raise MalformedCheckpoint(f"A root has {len(self.root)} bytes instead of {HASH_BYTES}.")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise MalformedCheckpoint("The root of the empty tree is wrong.")
        if not all(_LINE.fullmatch(line) for line in self.extensions):
            raise MalformedCheckpoint("An extension line is empty or holds control characters.")

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the text of a checkpoint note; refuse every other spelling of it."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < MIN_LINES or not text.endswith("\n"):
            raise MalformedCheckpoint("A checkpoint has at least three lines: origin, size and root.")
        origin, size, root, *extensions = lines
        if not _SIZE.fullmatch(size):
            raise MalformedCheckpoint("The tree size is not a decimal number without leading zeros.")
        try:
            digest = parse_base64(root)
        except NotCanonical as fault:
            raise MalformedCheckpoint("The root is not canonical base64.") from fault
        return cls(origin, int(size), digest, tuple(extensions))

    def body(self) -> str:
        """Return the text that is signed."""
        lines = (self.origin, str(self.size), base64_text(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def sign_checkpoint(signer: Signer, checkpoint: Checkpoint) -> bytes:
    """Return the checkpoint as a note signed by the log's own key.

    Whether the log may sign it (it must never sign two that contradict each other) is for the
    caller to know.
    """
    if signer.name != checkpoint.origin:
        raise MalformedCheckpoint(f"The key of {signer.name} cannot sign for the log {checkpoint.origin}.")
    return signer.sign(checkpoint.body())


def open_checkpoint(note: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Return the checkpoint in ``note`` if a trusted key with the name of its origin signed it."""
    opened = open_note(note, verifiers)
    checkpoint = Checkpoint.parse(opened.text)
    if checkpoint.origin not in opened.verified:
        raise SignatureRejected(f"The key that signed does not speak for the log {checkpoint.origin}.")
    return checkpoint
