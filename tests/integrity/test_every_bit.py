"""No bit of a bundle can be changed without a fault.

Every bit of each header, note, proof, manifest, event and checkpoint is flipped before the one check
that is responsible for it, with all others out of the way; a bit of one byte in 61 of the whole ZIP (of
every byte in the long tier) is flipped before the whole verifier.
"""

import io
import json
import random
from hashlib import sha256, sha512

import pytest

from evidence_tracker.integrity.archive import examine_archive, read_archive
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.integrity.canonical import JSON
from evidence_tracker.integrity.events import _prove as prove
from evidence_tracker.integrity.events import check_events, parse_event
from evidence_tracker.integrity.faults import IntegrityFault
from evidence_tracker.integrity.files import FileDigests, check_digests, check_files
from evidence_tracker.integrity.items import read_items
from evidence_tracker.integrity.log import check_signatures, earlier_epochs
from evidence_tracker.integrity.report import KINDS, Findings
from evidence_tracker.integrity.seal import check_receipt, check_seal

from .make_bundle import BARE_MINIMUM, bare, make, sign


class InMemory:
    """The files of a bundle as a dictionary."""

    is_archive = True

    def __init__(self, files):
        self.files = files
        self.sizes = {name: len(data) for name, data in files.items()}

    def chunks(self, name):
        yield self.files[name]


@pytest.fixture(scope="module")
def bundle():
    return make(bare(), BARE_MINIMUM)


@pytest.fixture(scope="module")
def state(bundle):
    return check_signatures(InMemory(bundle.files), None, Findings())


def flips(data):
    """Yield ``data`` with each of its bits flipped in turn."""
    for position in range(len(data) * 8):
        spoilt = bytearray(data)
        spoilt[position >> 3] ^= 1 << (position & 7)
        yield position, bytes(spoilt)


def assert_every_flip_is_found(files, name, check):
    """Run ``check(contents, findings)`` with each bit of one file flipped; each time it has to object."""
    contents = InMemory(files)
    findings = Findings()
    check(contents, findings)
    assert not any(findings.has_faults(kind.number) for kind in KINDS), "the honest file is not accepted"
    for position, spoilt in flips(files[name]):
        contents.files = files | {name: spoilt}
        findings = Findings()
        check(contents, findings)
        assert any(findings.has_faults(kind.number) for kind in KINDS), f"bit {position} of {name}"


@pytest.mark.parametrize(
    "name", ["proof/checkpoint", "proof/log.vkey", "tagmanifest-sha256.txt", "tagmanifest.note"]
)
def test_every_bit_of_what_is_signed(bundle, name):
    assert_every_flip_is_found(
        bundle.files, name, lambda contents, findings: check_signatures(contents, None, findings)
    )


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "manifest-sha512.txt", "tagmanifest-sha256.txt"])
def test_every_bit_of_the_lists(bundle, name):
    def check(contents, findings):
        check_digests(contents, check_files(contents, findings), findings)

    files = bundle.files | {"VERIFY.md": b""}
    sign(files, bare().signer)
    assert_every_flip_is_found(files, name, check)


def is_proved(contents, line, n, state):
    """Return the item of an event whose proof holds, else None."""
    try:
        event = parse_event(line, n)
        prove(contents, event, {1: state})
    except IntegrityFault:
        return None
    return event.item


def test_every_bit_of_each_event(bundle, state):
    for n, line in enumerate(bundle.files["data/custody.jsonl"].splitlines(), start=1):
        contents, item = InMemory(bundle.files), parse_event(line, n).item
        assert is_proved(contents, line, n, state) == item
        for position, spoilt in flips(line):
            # The number of the item is ours, not the log's; its chain binds it (test_sealed_lies).
            assert is_proved(contents, spoilt, n, state) != item, f"bit {position} of line {n}"


def test_every_bit_of_each_proof(bundle, state):
    for n, line in enumerate(bundle.files["data/custody.jsonl"].splitlines(), start=1):
        name = f"proof/events/{n}.tlog-proof"
        for position, spoilt in flips(bundle.files[name]):
            assert is_proved(InMemory({name: spoilt}), line, n, state) is None, f"bit {position} of {name}"


def test_every_bit_of_the_seal(bundle, state):
    manifest = digest_of(bundle.files["manifest-sha256.txt"])
    counts: dict[str, JSON] = {item.number: 1 for item in BARE_MINIMUM}
    assert_every_flip_is_found(
        {"proof/seal.tlog-proof": bundle.files["proof/seal.tlog-proof"]},
        "proof/seal.tlog-proof",
        lambda contents, findings: check_seal(contents, state, manifest, counts, findings),
    )


def test_every_bit_of_the_receipt(bundle, state, tmp_path):
    path = bundle.write(tmp_path)

    def check(contents, findings):
        check_receipt(path, contents.files["receipt"], state, None, None, findings)

    assert_every_flip_is_found({"receipt": bundle.receipt}, "receipt", check)


@pytest.mark.parametrize("name", ["checkpoint", "log.vkey", "link.tlog-proof"])
def test_every_bit_of_the_link_to_an_earlier_epoch(name):
    ledger = bare()
    ledger.open_epoch("moved")
    files = make(ledger, BARE_MINIMUM).files
    current = check_signatures(InMemory(files), None, Findings())
    assert current is not None
    old = {path: data for path, data in files.items() if path.startswith("proof/epochs/")}
    assert_every_flip_is_found(
        old,
        f"proof/epochs/1/{name}",
        lambda contents, findings: earlier_epochs(contents, current, findings),
    )


def test_every_bit_of_an_item(bundle, state):
    """Only white space may change without contradicting the log; the lists see that."""
    path = "data/exhibits/EX-0001/item.json"
    digests = {
        name: digest_of(data) for name, data in bundle.files.items() if name.startswith("data/exhibits/")
    }
    counts = {item.number: 1 for item in BARE_MINIMUM}
    for position, spoilt in flips(bundle.files[path]):
        contents, findings = InMemory(bundle.files | {path: spoilt}), Findings()
        items = read_items(contents, findings)
        check_events(contents, {1: state}, items, findings)
        items.close(digests, findings)
        if not any(findings.has_faults(kind.number) for kind in KINDS) and items.counts() == counts:
            assert json.loads(spoilt) == json.loads(bundle.files[path]), f"bit {position} of {path}"


def test_every_bit_of_the_container(bundle):
    data = bundle.zipped()
    own = {position for name, start, size in spans(data) for position in range(start, start + size) if name}
    for position in range(len(data)):
        if position in own:
            continue
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[position] ^= 1 << bit
            assert examine_archive(io.BytesIO(bytes(spoilt))).faults, f"bit {bit} of byte {position}"


@pytest.mark.parametrize("step", [61, pytest.param(1, marks=pytest.mark.long)])
def test_bits_of_the_whole_file_before_the_whole_verifier(bundle, tmp_path, step):
    path = bundle.write(tmp_path)
    data, chance = bytearray(path.read_bytes()), random.Random(1)  # noqa: S311 - which bit does not matter
    for position in range(0, len(data), step):
        bit = 1 << chance.randrange(8)
        data[position] ^= bit
        path.write_bytes(data)
        data[position] ^= bit
        report = verify_bundle(path, vkey=bundle.vkey)
        assert report.status == 1, f"bit {bit} of byte {position}"
        assert report.faults


def digest_of(data):
    return FileDigests(len(data), sha256(data).hexdigest(), sha512(data).hexdigest())


def spans(data):
    """Yield name, place and size of the bytes of each file in a ZIP."""
    for member in read_archive(io.BytesIO(data)).members.values():
        yield member.name, member.data_at, member.size
