"""One event, disclosed and proved, in one file: C2SP tlog-proof (https://c2sp.org/tlog-proof).

::

    c2sp.org/tlog-proof@v1
    extra <base64 of a disclosure>
    index 2718
    <base64 of one hash, 32 bytes>      sibling of the leaf first
    ...

    <a signed checkpoint, as it is>
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import merkle
from .canonical import base64_text, parse_base64
from .checkpoint import MAX_SIZE, Checkpoint, open_checkpoint
from .commitment import Disclosure
from .faults import MalformedProof, NotCanonical
from .note import Verifier

MAX_HASHES = 63

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class InclusionProof:
    """The leaf at ``index`` is in the tree of ``checkpoint_note``; nothing here is trusted yet.

    ``hashes`` are 32 bytes each, the sibling of the leaf first. ``checkpoint_note`` is kept byte
    by byte as it was signed. ``extra`` is not authenticated by the format: see ``verify_disclosure``.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint_note: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index < MAX_SIZE:
            raise MalformedProof(f"A log cannot have a leaf {self.index}.")
        if len(self.hashes) > MAX_HASHES:
            raise MalformedProof(f"A proof has {len(self.hashes)} hashes; no tree is that high.")
        if any(len(value) != merkle.HASH_BYTES for value in self.hashes):
            raise MalformedProof(f"A hash of a proof does not have {merkle.HASH_BYTES} bytes.")

    @classmethod
    def decode(cls, data: bytes) -> "InclusionProof":
        """Read a proof file; refuse what ``encode`` would not have written."""
        head, blank, note = data.partition(b"\n\n")
        if not blank or not head.isascii():
            raise MalformedProof("The bytes are not a proof followed by a checkpoint.")
        lines = head.decode("ascii").split("\n")
        if lines.pop(0) != _HEADER:
            raise MalformedProof(f"The first line is not {_HEADER!r}.")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = _parse(lines.pop(0).removeprefix("extra "))
        match = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if match is None:
            raise MalformedProof("The proof does not say the index of its event.")
        return cls(int(match[1]), tuple(map(_parse, lines)), note, extra)

    def encode(self) -> bytes:
        """Return the bytes of the proof file."""
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64_text(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(map(base64_text, self.hashes))
        return "\n".join(lines).encode("ascii") + b"\n\n" + self.checkpoint_note


def verify_leaf(proof: InclusionProof, leaf: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Return the trusted checkpoint in whose tree exactly these leaf bytes stand at the proof's index."""
    checkpoint = open_checkpoint(proof.checkpoint_note, verifiers)
    merkle.verify_inclusion(
        merkle.leaf_hash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root
    )
    return checkpoint


def verify_disclosure(proof: InclusionProof, verifiers: Sequence[Verifier]) -> tuple[Checkpoint, Disclosure]:
    """Return what the proof discloses, after proving it.

    1. The extra data is a disclosure, and each opened field is one of its digests.
    2. The digests and the hour rebuild the leaf.
    3. A trusted key signed the checkpoint.
    4. The leaf stands at the index in the tree of that checkpoint.

    Only then does the disclosure say what was logged; until here nothing of it was believed.
    """
    if proof.extra is None:
        raise MalformedProof("The proof discloses nothing: it has no extra line.")
    disclosure = Disclosure.from_extra(proof.extra)
    checkpoint = verify_leaf(proof, disclosure.leaf(), verifiers)
    return checkpoint, disclosure


def _parse(text: str) -> bytes:
    try:
        return parse_base64(text)
    except NotCanonical as fault:
        raise MalformedProof("A line of the proof is not canonical base64.") from fault
