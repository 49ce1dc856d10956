"""What a verifier can find wrong, told apart so that a report can name it.

::

    IntegrityFault
    ├── MalformedNote         not a signed note, or a key that is not a note key
    ├── MalformedCheckpoint   a signed note, but no checkpoint
    ├── MalformedProof        not a proof file, or its opened fields contradict themselves
    ├── MalformedLeaf         not a leaf, or a field that no leaf may commit
    ├── NotCanonical          a second spelling of something that has only one
    ├── ProofRejected         well formed, and does not prove what it should
    └── SignatureRejected     no trusted key signed this, or a trusted key's signature is false

``str(fault)`` says what is wrong; ``fault.advice`` says what to do next.
"""

from typing import ClassVar


class IntegrityFault(Exception):
    """Base of everything the proof modules refuse."""

    default_advice: ClassVar[str] = "Keep the file as it is and ask the sender for another copy."

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.advice = advice if advice is not None else self.default_advice


class MalformedNote(IntegrityFault):
    """The bytes are not a signed note, or the text is not a note key."""


class MalformedCheckpoint(IntegrityFault):
    """The text of a note is not a checkpoint."""


class MalformedProof(IntegrityFault):
    """The bytes are not a proof, or what it discloses contradicts itself."""


class MalformedLeaf(IntegrityFault):
    """The bytes are not a leaf of the custody log, or a field cannot be committed by one."""


class NotCanonical(IntegrityFault):
    """The value has no canonical form, or the bytes are not the canonical form of their value."""

    default_advice = "Do not re-save or re-format the file; ask the sender for the original bytes."


class ProofRejected(IntegrityFault):
    """The proof is well formed but does not lead to the root that was given."""

    default_advice = "Treat the event as unproved and tell the sender which one it is."


class SignatureRejected(IntegrityFault):
    """No trusted key signed the note, or a signature in the name of a trusted key is false."""

    default_advice = (
        "Compare the key with the one that reached you by another way; if it is right, the text was altered."
    )
