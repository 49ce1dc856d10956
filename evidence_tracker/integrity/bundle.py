"""Verify a bundle: nine checks, in the order of docs/spec/bundle.md, none of which needs us.

::

    1  container    archive, contents     every header byte of the ZIP
    2  files        files                 what is listed is here, what is here is listed
    3  digests      files                 each byte is the one listed
    4  signatures   log                   the list and the state of the log are signed
    5  key          log                   by the key that was given
    6  events       log, events           each event is in the log; earlier epochs are linked
    7  items        items                 chains without gaps; records and bytes as logged
    8  seal         seal                  the log holds the sealing of exactly this
    9  receipt      seal                  and the writing of exactly this ZIP file
"""

import os
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from .canonical import JSON
from .contents import Contents, Unreadable, open_contents
from .events import CUSTODY, check_events
from .faults import IntegrityFault
from .files import MANIFEST, Lists, check_digests, check_files
from .items import Items, read_items
from .log import LogState, check_key, check_signatures, earlier_epochs
from .note import Verifier
from .report import (
    DIGESTS,
    EVENTS,
    FILES,
    ITEMS,
    KEY,
    RECEIPT,
    SEAL,
    SIGNATURES,
    Findings,
    Report,
    shown,
)
from .seal import check_receipt, check_seal, read_receipt

_MAX_UNTIED = 20


def verify_bundle(path: Path, *, vkey: str | None, receipt: Path | None = None) -> Report:
    """Return the report about the bundle at ``path``, a ZIP file or the folder it was unpacked into.

    ``vkey`` is the log key as it reached the recipient by another way. ``receipt`` is the side file;
    without it, ``NAME.receipt`` beside the bundle is used. Whatever the bundle holds, the answer is a
    report; its ``status`` is the exit status.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve follows links; "." needs its name
    name = shown(path.name)
    try:
        with ExitStack() as stack:
            return _verify(path, name, vkey, receipt, stack)
    except Unreadable as fault:
        return Report(name, unreadable=str(fault))


def _verify(path: Path, name: str, vkey: str | None, receipt: Path | None, stack: ExitStack) -> Report:
    _require_key(vkey)
    side_file = read_receipt(path, receipt)
    findings = Findings()
    if side_file is not None:
        findings.note(RECEIPT, f"Receipt: {side_file[0].name}")
    contents = open_contents(path, findings, stack)
    if contents is None:
        for check in (FILES, DIGESTS, SIGNATURES, KEY, EVENTS, ITEMS, SEAL, RECEIPT):
            findings.leave(check, "the ZIP file is too damaged to be read (see 1).")
        return Report(name, findings.checks())
    lists = check_files(contents, findings)
    digests = check_digests(contents, lists, findings)
    state = check_signatures(contents, vkey, findings)
    check_key(state, vkey, findings)
    items = read_items(contents, findings)
    states = None if state is None else earlier_epochs(contents, state, findings)
    check_events(contents, states, items, findings)
    items.close(digests, findings)
    _note_untied(contents, items, findings)
    findings.finish(ITEMS)
    seal = check_seal(contents, state, digests.get(MANIFEST), items.counts(), findings)
    check_receipt(path, side_file and side_file[1], state, seal, contents, findings)
    return Report(name, findings.checks(), facts=_facts(lists, state))


def _require_key(vkey: str | None) -> None:
    try:
        if vkey is not None:
            Verifier.parse(vkey)
    except IntegrityFault as fault:
        raise Unreadable(f"The key given with --key is no log key: {fault}") from fault


def _note_untied(contents: Contents, items: Items, findings: Findings) -> None:
    """Say which payload files no custody event is about."""
    tied = {CUSTODY, *items.paths}
    others = sorted(name for name in contents.sizes if name.startswith("data/") and name not in tied)
    if others:
        more = f" and {len(others) - _MAX_UNTIED} more" if len(others) > _MAX_UNTIED else ""
        listed = ", ".join(others[:_MAX_UNTIED])
        findings.note(ITEMS, f"Covered by the signature and the seal, but by no event: {listed}{more}")


def _facts(lists: Lists, state: LogState | None) -> dict[str, JSON]:
    facts: dict[str, JSON] = {"name": lists.info.get("External-Identifier")}
    if state is not None:
        facts |= {
            "origin": state.checkpoint.origin,
            "size": state.checkpoint.size,
            "root": state.checkpoint.root.hex(),
            "key": state.vkey,
            "fingerprint": sha256(f"{state.vkey}\n".encode()).hexdigest(),
        }
    return facts
