"""What can go wrong, said so that a person knows what to do next.

::

    EvidenceTrackerError
    ├── NotPermitted            the actor has no grant for this
    │   └── SecondPersonNeeded  the same person may not do both
    ├── NotFound                no such thing, or not for this actor (never told apart)
    ├── Refused                 a rule of the house forbids it
    │   ├── InvalidInput        a value is missing, malformed or contradicts another
    │   ├── TooLarge            more bytes than this instance takes in at once
    │   ├── DuplicateReference  the reference is taken
    │   ├── ConsentMissing      nobody allowed this use
    │   └── GateClosed          an interview, physical-item or submission gate
    ├── Conflict                somebody else saved first
    ├── Locked                  the instance or the identity vault is locked
    ├── NotReady                the installation cannot start as it is
    │   └── LedgerOlderThanSigned   the database is older than the last signed checkpoint
    ├── SystemRefused           the operating system or the database did not do it
    ├── Defect                  the program met what it does not foresee
    └── IntegrityFailure        what is stored is not what was recorded
        ├── DigestMismatch      bytes differ from their recorded digest
        ├── ChainBroken         the custody log contradicts itself
        ├── RecordAltered       a row differs from its last logged version
        └── BlobMissing         recorded bytes are not in the vault

Every error carries ``advice``: one sentence that says what to do next.
A failure of integrity is shown, never repaired silently.
"""


class EvidenceTrackerError(Exception):
    """Base of all errors that are meant for a person to read.

    ``str(error)`` says what happened; ``error.advice`` says what to do next.
    """

    default_advice = "Ask the person who runs this instance."

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.advice = advice if advice is not None else self.default_advice


class NotPermitted(EvidenceTrackerError):
    """The actor has no live grant that allows this."""

    default_advice = "Ask a security officer for a grant that names the purpose."


class SecondPersonNeeded(NotPermitted):
    """The act needs somebody other than the person who did the step before."""

    default_advice = "Ask a second person with the right to do this step."


class NotFound(EvidenceTrackerError):
    """There is no such thing, or this actor may not know of it."""

    default_advice = "Check the reference; if it is right, ask for access."


class Refused(EvidenceTrackerError):
    """A rule forbids the act as it was asked for."""

    default_advice = "Correct what the message names and try again."


class InvalidInput(Refused):
    """A value is missing, malformed or contradicts another one."""


class TooLarge(Refused):
    """There are more bytes than this instance takes in at once."""

    default_advice = "Take it in on the command line."


class DuplicateReference(Refused):
    """The reference is already in use in this instance."""

    default_advice = "Choose another reference; references are never used twice."


class ConsentMissing(Refused):
    """No live consent covers this recipient, use and identity level."""

    default_advice = "Record the consent first, or leave the item out."


class GateClosed(Refused):
    """A safeguard of the interview, physical-item or submission rules is not met."""

    default_advice = "Meet the condition that the message names; it says who can lift it."


class Conflict(EvidenceTrackerError):
    """Somebody else saved a newer version first; nothing was overwritten."""

    default_advice = "Read the newer version, carry your changes over and save again."


class Locked(EvidenceTrackerError):
    """The keys needed are not unlocked."""

    default_advice = "Unlock with the passphrase or the key file."


class NotReady(EvidenceTrackerError):
    """The installation cannot start as it is."""

    default_advice = "Run 'evidence-tracker doctor' to see what is wrong."


class LedgerOlderThanSigned(NotReady):
    """The custody log is shorter than, or differs from, the last checkpoint signed here."""

    default_advice = (
        "If this database was restored from a backup, open a new epoch with "
        "'evidence-tracker custody open-epoch --reason ...'; otherwise call the security officer."
    )


class SystemRefused(EvidenceTrackerError):
    """The operating system or the database did not do what it was asked: no space, no right, a lock."""

    default_advice = "Set right what the message names and try again; what was not committed did not happen."


class Defect(EvidenceTrackerError):
    """The program met something that it does not foresee."""

    default_advice = (
        "This is a defect of the program: send this line to its maintainers. "
        "Records are as they were before the step that failed."
    )


class IntegrityFailure(EvidenceTrackerError):
    """What is stored is not what was recorded."""

    default_advice = (
        "Stop working on this instance, keep it as it is and call the security officer; "
        "nothing is repaired automatically."
    )


class DigestMismatch(IntegrityFailure):
    """Bytes differ from their recorded digest."""


class ChainBroken(IntegrityFailure):
    """The custody log contradicts itself, its tree or its checkpoints."""


class RecordAltered(IntegrityFailure):
    """A row differs from the last version in the custody log."""


class BlobMissing(IntegrityFailure):
    """Recorded bytes are not in the vault."""
