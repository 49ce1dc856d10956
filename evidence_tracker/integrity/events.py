"""Check 6: every line of ``custody.jsonl`` is an event of the log, proved against its signed state."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .canonical import canonical, parse_canonical
from .commitment import Disclosure
from .contents import Contents, read_whole
from .faults import IntegrityFault
from .files import MAX_SMALL
from .items import Items, is_count
from .log import LogState
from .proof import InclusionProof, verify_disclosure
from .report import EVENTS, Findings

CUSTODY = "data/custody.jsonl"

_KEYS = {"n", "item", "epoch", "index", "extra"}
_PROOF = re.compile(r"proof/events/.*")


class MalformedEvent(IntegrityFault):
    """A line of ``custody.jsonl`` is not written as it has to be."""


class ProofMismatch(IntegrityFault):
    """A proof file belongs to another event, or to another state of the log."""


@dataclass(frozen=True)
class Event:
    """One line: its number, its item's number, epoch and index of its leaf, what it discloses."""

    n: int
    item: str
    epoch: int
    index: int
    disclosure: Disclosure


def check_events(
    contents: Contents, states: Mapping[int, LogState] | None, items: Items, findings: Findings
) -> None:
    """Prove each event, and hand it to the chain of its item.

    Without a signed state of the log nothing is proved, but the chains are still followed.
    """
    count = 0
    try:
        for count, line in enumerate(_lines(contents), start=1):
            _check_line(contents, line, count, states, items, findings)
    except IntegrityFault as fault:
        findings.caught(EVENTS, CUSTODY, fault)
    expected = {f"proof/events/{n}.tlog-proof" for n in range(1, count + 1)}
    for name in sorted(contents.sizes):
        if _PROOF.fullmatch(name) and name not in expected:
            findings.fault(EVENTS, "proof-without-event", name, f"{CUSTODY} has no such line.")
    findings.note(EVENTS, f"Lines in {CUSTODY}: {count}")
    if states is None:
        findings.leave(EVENTS, "there is no signed state of the log to prove events against (see 4).")
    else:
        findings.finish(EVENTS)


def _check_line(
    contents: Contents,
    line: bytes,
    n: int,
    states: Mapping[int, LogState] | None,
    items: Items,
    findings: Findings,
) -> None:
    where = f"event {n}"
    try:
        event = parse_event(line, n)
    except IntegrityFault as fault:
        findings.caught(EVENTS, where, fault)
        return
    items.add(event.item, event.disclosure, (event.epoch, event.index), f"{where} ({event.item})", findings)
    try:
        _prove(contents, event, states)
    except IntegrityFault as fault:
        findings.caught(EVENTS, f"{where} ({event.item})", fault)


def parse_event(line: bytes, n: int) -> Event:
    """Return the event that a line of ``custody.jsonl``, without its newline, describes."""
    value = parse_canonical(line)
    if not isinstance(value, dict) or value.keys() != _KEYS:
        raise MalformedEvent("The line does not have exactly the keys n, item, epoch, index and extra.")
    number, item, epoch, index = value["n"], value["item"], value["epoch"], value["index"]
    if not isinstance(item, str) or not (is_count(number) and is_count(epoch) and is_count(index)):
        raise MalformedEvent("A number of the line is no whole number, or its item is no text.")
    if number != n:
        raise MalformedEvent(f"The line is number {n}, but says that it is {number}.")
    return Event(n, item, epoch, index, Disclosure.from_extra(canonical(value["extra"])))


def _prove(contents: Contents, event: Event, states: Mapping[int, LogState] | None) -> None:
    proof = InclusionProof.decode(read_whole(contents, f"proof/events/{event.n}.tlog-proof", MAX_SMALL))
    if proof.extra != event.disclosure.to_extra() or proof.index != event.index:
        raise ProofMismatch("Its proof discloses another event, or another place in the log.")
    if states is None:
        return
    state = states.get(event.epoch)
    if state is None:
        raise ProofMismatch(f"The bundle has no proved state of epoch {event.epoch} of the log.")
    if proof.checkpoint_note != state.note:
        raise ProofMismatch("Its proof is not against the signed state of the log in this bundle.")
    verify_disclosure(proof, [state.verifier])


def _lines(contents: Contents) -> Iterator[bytes]:
    """Yield the lines of ``custody.jsonl`` without their newlines."""
    if CUSTODY not in contents.sizes:
        raise MalformedEvent("The file is missing.")
    parts: list[bytes] = []
    for chunk in contents.chunks(CUSTODY):
        first, *others = chunk.split(b"\n")
        parts.append(first)
        if sum(map(len, parts)) > MAX_SMALL:
            raise MalformedEvent("A line is longer than that of any honest event.")
        if others:
            yield b"".join(parts)
            yield from others[:-1]
            parts = [others[-1]]
    if any(parts):
        raise MalformedEvent("The last line does not end with a newline: the file is cut short.")
