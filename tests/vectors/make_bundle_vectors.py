"""Writes tests/vectors/bundles/, the test vectors of docs/spec/bundle.md.

Run from the root of the project: ``python -m tests.vectors.make_bundle_vectors``. Each folder holds a
bundle with its receipt, the key a recipient was given, and ``expected.json``: the exit status and the
check and name of each fault. What is expected is written here by hand, not asked of the verifier;
tests/integrity/test_bundle_vectors.py compares the two. Seeds and salts are fixed.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from evidence_tracker.integrity.note import Signer
from tests.integrity.make_bundle import (
    BARE_MINIMUM,
    COURT,
    EXHIBIT,
    SECOND,
    Bundle,
    Ledger,
    bare,
    furnished,
    make,
    relist,
    sign,
)
from tests.integrity.spoil import cut, edit

FOLDER = Path(__file__).parent / "bundles"
PHOTO_1 = "data/exhibits/EX-0001/EX-0001.jpg"
PHOTO_2 = "data/exhibits/EX-0002/EX-0002.jpg"
ITEM_1 = "data/exhibits/EX-0001/item.json"
STRANGER = Signer("evidence.example/kyiv/1", bytes(32))

Files = dict[str, bytes]
Faults = Iterable[tuple[int, str]]


@dataclass(frozen=True)
class Vector:
    """A bundle, its container if that is not the honest one, and what a verifier has to say."""

    name: str
    bundle: Bundle
    status: int
    faults: Faults = ()
    container: bytes | None = None
    key: str | None = None

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of each file of the vector."""
        expected = {"status": self.status, "faults": [list(fault) for fault in sorted(self.faults)]}
        yield f"{self.bundle.name}.zip", self.container or self.bundle.zipped()
        yield f"{self.bundle.name}.receipt", self.bundle.receipt
        yield "key.txt", f"{self.key or self.bundle.vkey}\n".encode()
        yield "expected.json", json.dumps(expected, indent=1).encode() + b"\n"


HONEST = make(bare(), BARE_MINIMUM)


def outsider(name: str, faults: Faults, spoil: Callable[[Files], object]) -> Vector:
    """Return a vector that somebody without the log key made from the honest bundle."""
    files = dict(HONEST.files)
    spoil(files)
    return Vector(name, replace(HONEST, files=files), 1, faults)


def insider(name: str, faults: Faults, *, sealed: bool, spoil: Callable[[Files], object]) -> Vector:
    """Return a vector that somebody with the log key made, before (``sealed``) or after the sealing."""
    hook = {"payload" if sealed else "final": spoil}
    return Vector(name, make(bare(), BARE_MINIMUM, **hook), 1, faults)


def container(name: str, faults: Faults, change: Callable[[bytes], bytes]) -> Vector:
    """Return the honest bundle in another container; its receipt is of the honest one."""
    return Vector(name, HONEST, 1, {*faults}, change(HONEST.zipped()))


def swap(one: str, two: str) -> Callable[[Files], None]:
    def spoil(files: Files) -> None:
        files[one], files[two] = files[two], files[one]

    return spoil


def put(
    name: str, data: bytes, *, lists: bool = False, signer: Signer | None = None
) -> Callable[[Files], None]:
    def spoil(files: Files) -> None:
        note = files.get("tagmanifest.note", b"")
        files[name] = data
        if lists:
            relist(files)
            sign(files, signer or STRANGER)
        if lists and signer is None:
            files["tagmanifest.note"] = note

    return spoil


def rename(old: str, new: str) -> Callable[[Files], None]:
    def spoil(files: Files) -> None:
        files[new] = files.pop(old)

    return spoil


def replace_photo(files: Files) -> None:
    data = b"not the original"
    files[PHOTO_1] = data
    edit(files, ITEM_1, lambda item: item.update(sha256=sha256(data).hexdigest(), size=len(data)))


def with_earlier_epoch() -> Ledger:
    ledger: Ledger = bare()
    ledger.open_epoch("restored from backup")
    ledger.append(EXHIBIT, "examined", finding="no sign of editing")
    return ledger


def rolled_back() -> Ledger:
    ledger: Ledger = bare()
    ledger.append(EXHIBIT, "examined", finding="lost with the disk")
    ledger.open_epoch("restored from a backup of the day before", lost=1)
    ledger.append(EXHIBIT, "examined", finding="no sign of editing")
    return ledger


def unlinked() -> Bundle:
    ledger = with_earlier_epoch()
    earlier = ledger.logs[1].checkpoint(2)
    bundle: Bundle = make(ledger, BARE_MINIMUM, final=put("proof/epochs/1/checkpoint", earlier))
    return bundle


def vectors() -> Iterator[Vector]:
    """Yield all vectors, the honest ones first."""
    yield Vector("honest", HONEST, 0)
    yield Vector("honest-with-withheld-events", make(furnished(), COURT), 0)
    yield Vector("honest-with-an-earlier-epoch", make(with_earlier_epoch(), BARE_MINIMUM), 0)
    yield Vector("honest-after-events-were-lost", make(rolled_back(), BARE_MINIMUM), 0)
    yield from outsiders()
    yield from insiders()
    yield receipt_of_the_other()
    yield from containers()


def receipt_of_the_other() -> Vector:
    """Return the bundle of one recipient with the receipt of another, both of one log."""
    ledger = bare()
    ours = make(ledger, BARE_MINIMUM)
    theirs = make(ledger, BARE_MINIMUM[1:], "KYI-S-0002-v1", SECOND)
    swapped = replace(ours, receipt=theirs.receipt)
    return Vector("receipt-of-another-bundle", swapped, 1, {(9, "wrong-proof")})


def outsiders() -> Iterator[Vector]:
    broken = {(9, "receipt-of-other-bundle")}
    lost = broken | {(2, "file-missing"), (2, "bag-info-differs"), (7, "file-missing")}
    yield outsider("missing-original", lost, lambda files: files.pop(PHOTO_1))
    added = broken | {(2, "file-unlisted"), (2, "bag-info-differs")}
    yield outsider("added-file", added, put("data/extra.txt", b"psst"))
    differs = broken | {(3, "digest-differs"), (7, "bytes-differ")}
    yield outsider("swapped-exhibits", differs, swap(PHOTO_1, PHOTO_2))
    yield outsider("changed-bit-of-an-exhibit", differs, put(PHOTO_1, b"originaL"))
    moved = broken | {
        (2, "file-missing"),
        (2, "file-unlisted"),
        (7, "file-missing"),
        (7, "file-without-item"),
    }
    yield outsider("renamed-exhibit", moved, rename(PHOTO_1, "data/exhibits/EX-0001/renamed.jpg"))
    unsealed = broken | {(8, "seal-of-other-files")}
    new = put("data/index.csv", b"number,title\nEX-0001,x\n", lists=True)
    yield outsider("lists-rewritten-without-the-key", unsealed | {(4, "log-mismatch")}, new)
    stranger = put("data/index.csv", b"number,title\nEX-0001,x\n", lists=True, signer=STRANGER)
    yield outsider("lists-signed-by-another-key", unsealed | {(4, "signature-rejected")}, stranger)
    forged = make(bare(Ledger({}, seed=b"forger")), BARE_MINIMUM)
    yield Vector("forged-from-the-ground", forged, 1, {(5, "other-key")}, key=HONEST.vkey)


def insiders() -> Iterator[Vector]:
    proofs = swap("proof/events/1.tlog-proof", "proof/events/2.tlog-proof")
    yield insider("proofs-exchanged", {(6, "proof-mismatch")}, sealed=False, spoil=proofs)
    unsealed = (8, "seal-of-other-files")
    late = put("data/index.csv", b"", lists=True, signer=bare().signer)
    yield insider("files-changed-after-the-sealing", {unsealed}, sealed=False, spoil=late)
    yield Vector(
        "chain-cut-at-its-end", make(furnished(), COURT, final=cut(4, stated=3)), 1,
        {unsealed, (8, "seal-of-other-items"), (7, "record-differs")},
    )  # fmt: skip
    yield Vector(
        "chain-with-a-hole", make(furnished(), COURT, final=cut(3, stated=3)), 1,
        {unsealed, (8, "seal-of-other-items"), (7, "chain-broken")},
    )  # fmt: skip
    place = "data/interviews/IN-0001.json"
    altered = {(7, "record-differs")}
    yield insider(
        "record-altered", altered, sealed=True,
        spoil=lambda files: edit(files, place, lambda item: item["record"].update(place="Lviv")),
    )  # fmt: skip
    yield insider(
        "record-field-added", {(7, "record-unproved")}, sealed=True,
        spoil=lambda files: edit(files, place, lambda item: item["record"].update(name="Somebody")),
    )  # fmt: skip
    yield insider("bytes-other-than-those-received", {(7, "bytes-differ")}, sealed=True, spoil=replace_photo)
    yield Vector("epoch-unlinked", unlinked(), 1, {(6, "log-mismatch"), (6, "proof-mismatch")})
    other = HONEST.files["proof/events/1.tlog-proof"]
    seal = put("proof/seal.tlog-proof", other)
    yield insider("seal-of-another-event", {(8, "wrong-proof")}, sealed=False, spoil=seal)


def containers() -> Iterator[Vector]:
    receipt = (9, "receipt-of-other-bundle")
    header = {(1, "header-differs"), receipt}
    yield container("zip-time-changed", header, lambda data: data[:10] + b"\x01" + data[11:])
    yield container("zip-mode-changed", header, lambda data: data.replace(b"\xa4\x81", b"\xff\x81", 1))
    climbs = {
        (1, "unsafe-name"),
        (2, "file-missing"),
        (2, "file-unexpected"),
        (2, "file-unlisted"),
        (2, "bag-info-differs"),
        receipt,
    }
    yield container("zip-name-that-climbs-out", climbs, climb)
    yield container("zip-bytes-after-the-end", {(1, "archive-broken")}, lambda data: data + b"\x00")
    yield container("zip-with-a-comment", {(1, "archive-broken")}, lambda data: data[:-2] + b"\x01\x00!")
    yield container("zip-cut-short", {(1, "archive-broken")}, lambda data: data[: len(data) // 2])


def climb(data: bytes) -> bytes:
    """Rename a file in both of its headers, not in the manifests that lie between them."""
    old, new = b"data/statement.json", b"../../../etc/passwd"
    head, _, tail = data.rpartition(old)
    return (head + new + tail).replace(old, new, 1)


def main() -> None:
    """Write all vectors anew."""
    for vector in vectors():
        folder = FOLDER / vector.name
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in vector.files():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
