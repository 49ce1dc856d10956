"""Checks 4 and 5: the signed state of the custody log, its key, and the epochs before it."""

import re
from dataclasses import dataclass

from .checkpoint import Checkpoint, open_checkpoint
from .contents import Contents, read_whole
from .faults import IntegrityFault, MalformedNote
from .files import MAX_SMALL, NOTE, TAG_MANIFEST, list_limit
from .items import is_count
from .note import Verifier, open_note
from .proof import InclusionProof, verify_disclosure
from .report import EVENTS, KEY, SIGNATURES, Findings

_ORIGIN = re.compile(r"([^/]+/.+)/([1-9][0-9]{0,8})")
_EPOCH_FILE = re.compile(r"proof/epochs/([1-9][0-9]{0,8})/.*")


class LogMismatch(IntegrityFault):
    """Two signed things that have to belong together do not."""


@dataclass(frozen=True)
class LogState:
    """One epoch of the log: its number, the key as text, and its signed checkpoint.

    ``instance`` is the origin without the epoch; ``note`` the checkpoint byte by byte.
    """

    instance: str
    epoch: int
    vkey: str
    verifier: Verifier
    note: bytes
    checkpoint: Checkpoint


def check_signatures(contents: Contents, given: str | None, findings: Findings) -> LogState | None:
    """Open the checkpoint and the signed list with the bundle's key (check 4).

    When the bundle's key cannot be read, the key given is used, so that more faults can be named.
    """
    vkey = _vkey(contents, findings) or given
    if vkey is None:
        return None
    state = _checkpoint(contents, vkey, findings)
    _check_list(contents, Verifier.parse(vkey), findings)
    findings.finish(SIGNATURES)
    return state


def check_key(state: LogState | None, given: str | None, findings: Findings) -> None:
    """Compare the bundle's key with the one given (check 5)."""
    if given is None:
        findings.leave(KEY, "no key was given. This bundle is signed by a key that names itself:")
        findings.note(KEY, state.vkey if state else "(its key cannot be read)")
    elif state is None:
        findings.leave(KEY, "the bundle has no signed state of the log (see 4).")
    else:
        if given != state.vkey:
            findings.fault(KEY, "other-key", "proof/log.vkey", _other_key(state.vkey, given))
        findings.finish(KEY)


def earlier_epochs(contents: Contents, current: LogState, findings: Findings) -> dict[int, LogState]:
    """Return all proved states by epoch, walking back from the current one (part of check 6)."""
    states = {current.epoch: current}
    present = {int(match[1]) for match in map(_EPOCH_FILE.fullmatch, contents.sizes) if match}
    later = current
    for epoch in sorted(present, reverse=True):
        folder = f"proof/epochs/{epoch}"
        if epoch != later.epoch - 1:
            sentence = f"Nothing links epoch {epoch} to epoch {later.epoch}."
            findings.fault(EVENTS, "epoch-unlinked", folder, sentence)
            break
        try:
            later = _earlier(contents, folder, epoch, later, findings)
        except IntegrityFault as fault:
            findings.caught(EVENTS, folder, fault)
            break
        states[epoch] = later
    return states


def _earlier(contents: Contents, folder: str, epoch: int, later: LogState, findings: Findings) -> LogState:
    state = _open_state(
        read_whole(contents, f"{folder}/checkpoint", MAX_SMALL),
        _one_line(read_whole(contents, f"{folder}/log.vkey", MAX_SMALL)),
    )
    if (state.instance, state.epoch) != (later.instance, epoch):
        raise LogMismatch(f"The checkpoint is not one of epoch {epoch} of {later.instance}.")
    link = InclusionProof.decode(read_whole(contents, f"{folder}/link.tlog-proof", MAX_SMALL))
    if link.checkpoint_note != later.note or link.index != 0:
        raise LogMismatch(
            f"The link is not the first event of epoch {later.epoch}, or of another state of it."
        )
    _, disclosure = verify_disclosure(link, [later.verifier])
    opened = disclosure.opened_values()
    if opened.get("previous_checkpoint") != state.note.decode("utf-8"):
        raise LogMismatch(f"Epoch {later.epoch} does not begin with this checkpoint of epoch {epoch}.")
    if f"{folder}/kept-checkpoint" not in contents.sizes:
        return state
    return _kept(contents, folder, state, opened.get("restored_size"), findings)


def _kept(contents: Contents, folder: str, state: LogState, restored: object, findings: Findings) -> LogState:
    """Return the older state of an epoch that was left with fewer events than had been signed."""
    kept = _open_state(read_whole(contents, f"{folder}/kept-checkpoint", MAX_SMALL), state.vkey)
    signed = state.checkpoint.size
    if kept.epoch != state.epoch or not is_count(restored) or restored >= signed:
        raise LogMismatch("The log does not say that events of this epoch were lost.")
    if kept.checkpoint.size > restored:
        raise LogMismatch(f"The state that was kept is larger than the {restored} events that were restored.")
    findings.note(
        EVENTS,
        f"Epoch {state.epoch} had {signed} signed events when it was left, of which {restored} were restored."
        f" Its events are proved against its signed state of {kept.checkpoint.size} events; that this is an"
        " older state of the same log is not proved by this bundle.",
    )
    return kept


def _open_state(note: bytes, vkey: str) -> LogState:
    verifier = Verifier.parse(vkey)
    checkpoint = open_checkpoint(note, [verifier])
    match = _ORIGIN.fullmatch(checkpoint.origin)
    if match is None:
        raise LogMismatch("The origin of the log is not written as domain/instance/epoch.")
    return LogState(match[1], int(match[2]), vkey, verifier, note, checkpoint)


def _vkey(contents: Contents, findings: Findings) -> str | None:
    name = "proof/log.vkey"
    try:
        vkey = _one_line(read_whole(contents, name, MAX_SMALL))
        Verifier.parse(vkey)
    except IntegrityFault as fault:
        findings.caught(SIGNATURES, name, fault)
        return None
    return vkey


def _one_line(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedNote("The key is not a text.") from error
    if not text.endswith("\n") or text.count("\n") != 1:
        raise MalformedNote("The key is not one line.")
    return text[:-1]


def _checkpoint(contents: Contents, vkey: str, findings: Findings) -> LogState | None:
    name = "proof/checkpoint"
    try:
        return _open_state(read_whole(contents, name, MAX_SMALL), vkey)
    except IntegrityFault as fault:
        findings.caught(SIGNATURES, name, fault)
        return None


def _check_list(contents: Contents, verifier: Verifier, findings: Findings) -> None:
    try:
        note = read_whole(contents, NOTE, list_limit(contents))
        text = open_note(note, [verifier]).text.encode("utf-8")
        if note[len(text) + 1 :].count(b"\n") != 1:
            raise LogMismatch("The list of files has to have exactly one signature.")
        if text != read_whole(contents, TAG_MANIFEST, list_limit(contents)):
            raise LogMismatch(f"What was signed is not what {TAG_MANIFEST} says.")
    except IntegrityFault as fault:
        findings.caught(SIGNATURES, NOTE, fault)


def _other_key(bundle: str, given: str) -> str:
    here, there = bundle.partition("+")[0], given.partition("+")[0]
    if here != there and here.rpartition("/")[0] == there.rpartition("/")[0]:
        return (
            f"The bundle is signed for {here}; the key you gave is for {there}, another epoch of the same"
            " log. Ask the sender, by another way, for the key of this epoch."
        )
    return f"The bundle is signed by another key ({bundle}) than the one you gave ({given})."
