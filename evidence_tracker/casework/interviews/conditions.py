"""What a gate of interviews says: each condition that is missing, with who can meet or lift it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from evidence_tracker.errors import GateClosed


class Condition(StrEnum):
    """What is looked at before a step of an interview."""

    INTERVIEWEE = "interviewee"
    INSTRUCTION = "instruction"
    PRIOR_ACCOUNT = "prior-account"
    EXCEPTION = "exception"
    CLINICIAN = "clinician"
    PLATFORM = "platform"
    INTRODUCTION = "introduction"
    STORAGE = "storage"
    SCREENING = "screening"
    ACCOUNT = "account"
    READ_BACK = "read-back"
    DRAFT = "draft"
    HELP = "help"


@dataclass(frozen=True)
class Unmet:
    """One condition that is missing, and a sentence on who can meet or lift it.

    ``about`` says which of the conditions of a step it is, None where it is asked of one link or request.
    """

    what: str
    lifted_by: str
    about: Condition | None = None


def refuse(subject: str, doing: str, unmet: Sequence[Unmet]) -> None:
    """Raise ``GateClosed`` with everything that is missing; passes where nothing is."""
    if unmet:
        raise GateClosed(
            f"{subject}: {doing} is not possible: {'; '.join(item.what for item in unmet)}.",
            advice=" ".join(dict.fromkeys(item.lifted_by for item in unmet)),
        )
