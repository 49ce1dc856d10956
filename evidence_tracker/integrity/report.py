"""What a verifier found: numbered checks, each with what it proves and what it does not.

The words are for a lawyer; the names of faults (``digest-differs``) are for a machine and for
``docs/spec/bundle.md``. Nothing here calls a bundle genuine: a check can only say what it compared.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from textwrap import wrap

from .canonical import JSON
from .faults import IntegrityFault

MAX_FAULTS = 100
MAX_SHOWN = 200
WIDTH = 92


class Status(IntEnum):
    """The answer as an exit status."""

    INTACT = 0
    WRONG = 1
    UNREADABLE = 2
    NO_KEY = 3


_VERDICTS = {
    Status.INTACT: "INTACT, and signed by the key you gave.",
    Status.WRONG: "SOMETHING IS WRONG: {faults}. Do not rely on this bundle; keep it and ask the sender.",
    Status.NO_KEY: "INTACT, but the origin is NOT VERIFIED: no key was given, and anybody can make a bundle"
    " that is intact. Compare the fingerprint with one that reached you in another way, or give the key with"
    " --key.",
}


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_DONE = "not_done"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its name, the file or item it concerns, and a sentence."""

    name: str
    where: str
    sentence: str

    def to_json(self) -> JSON:
        """Return the fault as an object."""
        return {"name": self.name, "where": self.where, "sentence": self.sentence}


@dataclass(frozen=True)
class CheckKind:
    """What a check is about; the same in every report.

    ``rests_on`` are the numbers of the checks without which this one proves nothing. ``optional``
    checks may be left undone without a fault: there was nothing to do them with.
    """

    number: int
    title: str
    proves: str
    does_not_prove: str
    rests_on: tuple[int, ...] = ()
    optional: bool = False


CONTAINER, FILES, DIGESTS, SIGNATURES, KEY, EVENTS, ITEMS, SEAL, RECEIPT = range(1, 10)

KINDS = (
    CheckKind(
        CONTAINER,
        "The ZIP file is built as prescribed",
        "Every byte of the ZIP's own headers is the one that the specification prescribes for these files;"
        " nothing is hidden before, between or after them.",
        "Anything about what is in the files.",
        optional=True,
    ),
    CheckKind(
        FILES,
        "The files are exactly those that are listed",
        "No file is missing from, or was added to, the lists that came with the bundle.",
        "Who wrote the lists: see 4 and 5.",
    ),
    CheckKind(
        DIGESTS,
        "Every file is the one that was listed",
        "Each file has, bit for bit, the content it had when the lists were written (SHA-256 and SHA-512).",
        "Who wrote the lists (4, 5), or that what a file says or shows is true.",
    ),
    CheckKind(
        SIGNATURES,
        "The list of files and the state of the custody log are signed",
        "Whoever holds the signing key named in this bundle signed this list of files and this state of the"
        " custody log.",
        "Who holds that key: see 5.",
    ),
    CheckKind(
        KEY,
        "The signing key is the one you were given",
        "The signatures were made with the key that you had received in another way.",
        "That this key belongs to the sender: that depends on how it reached you.",
        rests_on=(SIGNATURES,),
        optional=True,
    ),
    CheckKind(
        EVENTS,
        "Every custody event shown is in the sender's log",
        "Each event was in the custody log, with the fields shown here, when the log's state was signed.",
        "That what was entered was true; that the sender keeps no other log (holders of other bundles can"
        " compare their signed states of the log).",
        rests_on=(SIGNATURES,),
    ),
    CheckKind(
        ITEMS,
        "Every item has its chain of custody and its logged content",
        "For each item the events follow one another without a gap up to the number stated; the record fields"
        " shown are those of its last record version shown; an exhibit's bytes are those logged when it was"
        " received or made.",
        "What a withheld event says; what happened before the first event; the annotations.",
        rests_on=(DIGESTS, EVENTS),
    ),
    CheckKind(
        SEAL,
        "The bundle was sealed in the log as it is",
        "The custody log holds the sealing of exactly this list of files, with the number of events of each"
        " item, so that no chain was shortened after the sealing.",
        "That nothing relevant was left out when the submission was put together.",
        rests_on=(SIGNATURES,),
    ),
    CheckKind(
        RECEIPT,
        "The receipt belongs to this ZIP file",
        "The custody log holds the writing of exactly this ZIP file (its SHA-256 and size).",
        "When, how or by whom the file was handed to you.",
        rests_on=(SIGNATURES,),
        optional=True,
    ),
)


@dataclass(frozen=True)
class Check:
    """One numbered check with its outcome.

    ``faults`` are at most ``MAX_FAULTS``; ``more`` counts those beyond. ``notes`` are sentences
    that hold no fault: counts, and why a check was not done.
    """

    number: int
    title: str
    proves: str
    does_not_prove: str
    outcome: Outcome
    faults: tuple[Fault, ...] = ()
    more: int = 0
    notes: tuple[str, ...] = ()

    def to_json(self) -> JSON:
        """Return the check as an object."""
        return {
            "number": self.number,
            "title": self.title,
            "proves": self.proves,
            "does_not_prove": self.does_not_prove,
            "outcome": self.outcome.value,
            "faults": [fault.to_json() for fault in self.faults],
            "more_faults": self.more,
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Report:
    """The answer about one bundle.

    ``unreadable`` is a sentence when there was nothing to check (status 2); ``facts`` are values read
    from the bundle, among them ``key`` and ``fingerprint``.
    """

    bundle: str
    checks: tuple[Check, ...] = ()
    unreadable: str | None = None
    facts: dict[str, JSON] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """0 intact and from the key given; 1 something is wrong; 2 not readable; 3 intact, no key given."""
        if self.unreadable is not None:
            return Status.UNREADABLE
        undone = {check.number for check in self.checks if check.outcome is Outcome.NOT_DONE}
        failed = any(check.outcome is Outcome.FAILED for check in self.checks)
        required = {kind.number for kind in KINDS if not kind.optional}
        if failed or undone & required or len(self.checks) != len(KINDS):
            return Status.WRONG
        return Status.NO_KEY if KEY in undone else Status.INTACT

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults of all checks, in order."""
        return tuple(fault for check in self.checks for fault in check.faults)

    def to_json(self) -> dict[str, JSON]:
        """Return the report as an object for machines."""
        return {
            "bundle": self.bundle,
            "status": self.status.value,
            "verdict": self.verdict(),
            "unreadable": self.unreadable,
            "facts": dict(self.facts),
            "checks": [check.to_json() for check in self.checks],
        }

    def verdict(self) -> str:
        """Return the answer in one or two sentences."""
        if self.unreadable is not None:
            return shown(self.unreadable)
        return _VERDICTS[self.status].format(faults=self._count_faults())

    def _count_faults(self) -> str:
        count = sum(len(check.faults) + check.more for check in self.checks)
        if count == 0:
            return "a check could not be done"
        return "1 fault is named above" if count == 1 else f"{count} faults are named above"

    def text(self) -> str:
        """Return the report for a person."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"Bundle: {self.bundle}"
        for label, name in (("Log", "origin"), ("Events in the log", "size"), ("Fingerprint", "fingerprint")):
            if name in self.facts:
                yield f"{label}: {shown(str(self.facts[name]))}"
        yield ""
        for check in self.checks:
            yield from _check_lines(check)
        yield from _paragraph(self.verdict(), "")


class Findings:
    """Collects what the checks find; a check that nobody finished counts as not done."""

    def __init__(self) -> None:
        self._faults: dict[int, list[Fault]] = {kind.number: [] for kind in KINDS}
        self._notes: dict[int, list[str]] = {kind.number: [] for kind in KINDS}
        self._more: dict[int, int] = {kind.number: 0 for kind in KINDS}
        self._finished: set[int] = set()

    def fault(self, check: int, name: str, where: str, sentence: str) -> None:
        """Add a fault; beyond ``MAX_FAULTS`` they are only counted."""
        if len(self._faults[check]) < MAX_FAULTS:
            self._faults[check].append(Fault(name, shown(where), shown(sentence)))
        else:
            self._more[check] += 1

    def caught(self, check: int, where: str, error: IntegrityFault) -> None:
        """Add a refusal of one of the proof modules, named by its class."""
        self.fault(check, fault_name(error), where, str(error))

    def note(self, check: int, sentence: str) -> None:
        """Add a sentence that is no fault."""
        self._notes[check].append(shown(sentence))

    def finish(self, check: int) -> None:
        """Say that the check was carried through to its end."""
        self._finished.add(check)

    def leave(self, check: int, why: str) -> None:
        """Say why the check is not done."""
        self._finished.discard(check)
        self.note(check, f"Not done: {why}")

    def has_faults(self, check: int) -> bool:
        """Return whether the check found something wrong."""
        return bool(self._faults[check])

    def checks(self) -> tuple[Check, ...]:
        """Return all checks in order, each judged after those it rests on."""
        outcomes: dict[int, Outcome] = {}
        for kind in KINDS:
            outcomes[kind.number] = self._outcome(kind, outcomes)
        return tuple(self._check(kind, outcomes[kind.number]) for kind in KINDS)

    def _outcome(self, kind: CheckKind, earlier: dict[int, Outcome]) -> Outcome:
        if self._faults[kind.number]:
            return Outcome.FAILED
        if kind.number not in self._finished:
            return Outcome.NOT_DONE
        broken = [number for number in kind.rests_on if earlier[number] is not Outcome.PASSED]
        if broken:
            numbers = " and ".join(map(str, broken))
            self.note(kind.number, f"Found nothing wrong, but proves nothing, because it rests on {numbers}.")
            return Outcome.NOT_DONE
        return Outcome.PASSED

    def _check(self, kind: CheckKind, outcome: Outcome) -> Check:
        number = kind.number
        return Check(
            number, kind.title, kind.proves, kind.does_not_prove, outcome,
            tuple(self._faults[number]), self._more[number], tuple(self._notes[number]),
        )  # fmt: skip


def shown(text: str) -> str:
    """Return ``text`` so that it cannot steer a terminal: one line, printable, of limited length."""
    cut = text if len(text) <= MAX_SHOWN * 3 else text[: MAX_SHOWN * 3] + "..."
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in cut)


def fault_name(error: IntegrityFault) -> str:
    """Return ``proof-rejected`` for ``ProofRejected``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()


_MARKS = {Outcome.PASSED: "passed", Outcome.FAILED: "FAILED", Outcome.NOT_DONE: "not done"}


def _check_lines(check: Check) -> Iterator[str]:
    yield f"{check.number}. [{_MARKS[check.outcome]}] {check.title}"
    for fault in check.faults:
        yield from _paragraph(f"FAULT {fault.name}: {fault.where}: {fault.sentence}", "   ")
    if check.more:
        yield f"   and {check.more} more faults"
    for note in check.notes:
        yield from _paragraph(note, "   ")
    if check.outcome is Outcome.PASSED:
        yield from _paragraph(f"Proves: {check.proves}", "   ")
    yield from _paragraph(f"Does not prove: {check.does_not_prove}", "   ")
    yield ""


def _paragraph(text: str, indent: str) -> list[str]:
    return wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
