"""Checks 8 and 9: the event that sealed the bundle, and the receipt of the ZIP file."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from .archive import READ_SIZE
from .canonical import JSON
from .contents import Contents, Unreadable, read_whole
from .faults import IntegrityFault
from .files import MANIFEST, MAX_SMALL, FileDigests
from .items import is_count, is_digest, is_subject, same
from .log import LogState
from .proof import InclusionProof, verify_disclosure
from .report import RECEIPT, SEAL, Findings

SEAL_FILE = "proof/seal.tlog-proof"

_Values = dict[str, JSON]


class WrongProof(IntegrityFault):
    """The proof is of another state of the log, or of another event than it should be."""


@dataclass(frozen=True)
class Seal:
    """The proved sealing: the submission's subject, the index of the event, what it opened."""

    subject: str
    index: int
    values: _Values


def check_seal(
    contents: Contents,
    state: LogState | None,
    manifest: FileDigests | None,
    counts: dict[str, JSON],
    findings: Findings,
) -> Seal | None:
    """Compare the sealing in the log with this bundle (check 8)."""
    if state is None:
        findings.leave(SEAL, "there is no signed state of the log to prove the sealing against (see 4).")
        return None
    try:
        proof = InclusionProof.decode(read_whole(contents, SEAL_FILE, MAX_SMALL))
        if proof.checkpoint_note != state.note:
            raise WrongProof("The proof is not against the signed state of the log in this bundle.")
        values = _proved(proof, state, "bundle_sealed")
        _require(values, "the sealing", _SEAL_FIELDS)
    except IntegrityFault as fault:
        findings.caught(SEAL, SEAL_FILE, fault)
        return None
    if manifest is None or values["manifest_sha256"] != manifest.sha256:
        sentence = f"The log holds the sealing of another {MANIFEST}."
        findings.fault(SEAL, "seal-of-other-files", SEAL_FILE, sentence)
    _compare_items(values["items"], counts, findings)
    findings.note(
        SEAL, f"Sealed at {values['logged_at']}, version {values['submission_version']}, event {proof.index}."
    )
    findings.finish(SEAL)
    return Seal(str(values["subject"]), proof.index, values)


def check_receipt(
    path: Path,
    receipt: bytes | None,
    state: LogState | None,
    seal: Seal | None,
    contents: Contents | None,
    findings: Findings,
) -> None:
    """Compare the writing in the log with the ZIP file at ``path`` (check 9)."""
    if receipt is None:
        findings.leave(RECEIPT, "there is no receipt beside the bundle, and none was given.")
        return
    if state is None:
        findings.leave(RECEIPT, "there is no signed state of the log (see 4).")
        return
    try:
        values = _written(receipt, state, seal)
    except IntegrityFault as fault:
        findings.caught(RECEIPT, "the receipt", fault)
        return
    if contents is not None and not contents.is_archive:
        findings.leave(RECEIPT, "the receipt is about the ZIP file; this is an unpacked folder.")
        return
    size, digest = _digest(path)
    if values["zip_sha256"] != digest or not same(values["size"], size):
        sentence = "The log holds the writing of another ZIP file (its SHA-256 or size differs)."
        findings.fault(RECEIPT, "receipt-of-other-bundle", "the receipt", sentence)
    findings.note(RECEIPT, f"SHA-256 of this ZIP file: {digest}")
    if values["encrypted_sha256"]:
        findings.note(RECEIPT, f"SHA-256 of the encrypted file: {values['encrypted_sha256']}")
    findings.finish(RECEIPT)


def read_receipt(bundle: Path, given: Path | None) -> tuple[Path, bytes] | None:
    """Return the receipt given, or the one beside the bundle; raise ``Unreadable`` for one that is lost."""
    try:
        path = given or _beside(bundle)
        if path is None:
            return None
        with path.open("rb") as source:
            return path, source.read(MAX_SMALL)
    except (OSError, ValueError) as error:
        name = "beside the bundle" if given is None else given.name
        raise Unreadable(f"The receipt {name} cannot be read.") from error


def _beside(bundle: Path) -> Path | None:
    """Return the receipt that lies beside a bundle, if one does."""
    names = (f"{bundle.name.removesuffix('.zip')}.receipt", f"{bundle.name}.receipt")
    return next((path for path in map(bundle.with_name, names) if path.is_file()), None)


def _written(receipt: bytes, state: LogState, seal: Seal | None) -> _Values:
    """Return what the receipt proves, if it is later than the bundle and of the same submission."""
    proof = InclusionProof.decode(receipt)
    values = _proved(proof, state, "bundle_written")
    _require(values, "the writing", _WRITTEN_FIELDS)
    if proof.index < state.checkpoint.size:
        raise WrongProof("The receipt is older than the state of the log in this bundle.")
    if seal is not None and values.get("subject", seal.subject) != seal.subject:
        raise WrongProof("The receipt is of another submission.")
    return values


def _proved(proof: InclusionProof, state: LogState, act: str) -> _Values:
    _, disclosure = verify_disclosure(proof, [state.verifier])  # whose name is the origin of the log
    values = disclosure.opened_values()
    if values.get("act") != act:
        raise WrongProof(f"The event proved is not a {act} event.")
    return values


_SEAL_FIELDS: dict[str, Callable[[object], bool]] = {
    "subject": is_subject,
    "seq": lambda value: is_count(value) and value >= 1,
    "prev": lambda value: value == "" or is_digest(value),
    "logged_at": lambda value: isinstance(value, str),
    "manifest_sha256": is_digest,
    "submission_version": lambda value: isinstance(value, str | int) and not isinstance(value, bool),
    "items": lambda value: isinstance(value, dict),
}
_WRITTEN_FIELDS: dict[str, Callable[[object], bool]] = {
    "zip_sha256": is_digest,
    "encrypted_sha256": lambda value: value == "" or is_digest(value),
    "size": is_count,
}


def _require(values: _Values, what: str, fields: dict[str, Callable[[object], bool]]) -> None:
    for name, is_good in fields.items():
        if name not in values or not is_good(values[name]):
            raise WrongProof(
                f"The event does not open {name} of {what}, or it is not written as it has to be."
            )


def _compare_items(sealed: JSON, counts: dict[str, JSON], findings: Findings) -> None:
    stated = sealed if isinstance(sealed, dict) else {}
    for number in sorted(stated.keys() | counts.keys()):
        if not same(stated.get(number), counts.get(number)):
            sentence = (
                f"Sealed with {stated.get(number, 'no')} events; here it says {counts.get(number, 'none')}."
            )
            findings.fault(SEAL, "seal-of-other-items", number, sentence)


def _digest(path: Path) -> tuple[int, str]:
    digest, size = sha256(), 0
    try:
        with path.open("rb") as source:
            while chunk := source.read(READ_SIZE):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise Unreadable(f"The bundle cannot be read: {error.strerror}.") from error
    return size, digest.hexdigest()
