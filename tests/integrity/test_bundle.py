"""Whatever was done to a bundle, the verifier says so, and says what."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.integrity.note import Signer
from evidence_tracker.integrity.proof import InclusionProof
from evidence_tracker.integrity.report import (
    CONTAINER,
    DIGESTS,
    FILES,
    KEY,
    RECEIPT,
    SEAL,
    SIGNATURES,
    Outcome,
)

from .make_bundle import (
    COMMISSION,
    COURT,
    EXHIBIT,
    SECOND,
    Ledger,
    furnished,
    make,
    relist,
    sign,
)
from .spoil import named, notes, outcome

STRANGER = Signer("evidence.example/kyiv/1", bytes(32))


@pytest.fixture(scope="module")
def honest():
    return make()


# --- The honest bundle ------------------------------------------------------------------------


def test_an_honest_bundle_with_the_right_key_is_intact(verify, honest):
    report = verify(honest)

    assert (report.status, report.faults) == (0, ())
    assert {check.outcome for check in report.checks} == {Outcome.PASSED}


def test_without_a_key_the_origin_is_not_verified(verify, honest):
    report = verify(honest, vkey=None)

    assert (report.status, report.faults) == (3, ())
    assert outcome(report, KEY) is Outcome.NOT_DONE
    assert "NOT VERIFIED" in report.text()


def test_without_a_receipt_only_that_is_not_done(verify, honest):
    report = verify(honest, receipt=False)

    assert report.status == 0
    assert outcome(report, RECEIPT) is Outcome.NOT_DONE


def test_it_counts_the_events_of_each_item(verify, honest):
    assert "EX-0001: 4 events, 3 opened, 1 withheld" in notes(verify(honest))


def test_it_tells_what_was_sealed_and_which_file_this_is(verify, honest):
    told = notes(verify(honest))

    assert "Sealed at 2026-03-02T14:48:00Z, version 1, event 9." in told
    assert f"SHA-256 of this ZIP file: {sha256(honest.zipped()).hexdigest()}" in told
    assert "Lines in data/custody.jsonl: 8" in told
    assert f"{len(honest.files)} files, {sum(map(len, honest.files.values()))} bytes." in told


def test_it_says_which_words_are_not_proved(verify, honest):
    lines = "\n".join(notes(verify(honest)))

    assert "EX-0001: not proved by the log, words of the sender: label" in lines
    assert "EX-0002: not proved by the log, words of the sender: media_type" in lines
    assert "by no event: data/index.csv, data/statement.json" in lines


@pytest.mark.parametrize(("count", "end"), [(19, "/18.csv"), (20, "and 1 more"), (40, "and 21 more")])
def test_of_many_files_without_an_event_some_are_named_and_the_rest_counted(verify, count, end):
    many = {f"data/other/{number:02d}.csv": b"" for number in range(count)}
    bundle = make(payload=lambda files: files.update(many) or files.pop("data/statement.json"))
    told = next(note for note in notes(verify(bundle)) if "by no event" in note)

    assert told.endswith(end)


def test_the_fingerprint_is_what_sha256sum_says_of_the_key_file(verify, honest):
    facts = verify(honest).facts

    assert facts["fingerprint"] == sha256(honest.files["proof/log.vkey"]).hexdigest()
    assert facts["name"] == "KYI-S-0001-v1"


def test_the_same_bundle_is_made_twice_with_the_same_bytes(honest):
    assert make().zipped() == honest.zipped()


def test_two_recipients_of_one_log_each_get_an_intact_bundle(verify):
    ledger = furnished()
    court = make(ledger)
    commission = make(ledger, COMMISSION, "KYI-S-0002-v1", SECOND)

    assert [verify(court).status, verify(commission).status] == [0, 0]


def test_nothing_withheld_is_in_the_bundle(honest):
    proofs = [data for name, data in honest.files.items() if name.endswith(".tlog-proof")]
    extras = [InclusionProof.decode(data).extra or b"" for data in (*proofs, honest.receipt)]
    everything = b"".join([*honest.files.values(), *extras])

    for secret in (b"Vasylyna", b"a neighbour", b"no sign of editing"):
        assert secret not in everything


def test_an_item_of_several_versions_shows_the_last_one(verify, honest):
    assert json.loads(honest.files["data/exhibits/EX-0001/item.json"])["record"] == {
        "title": "Courtyard, east"
    }
    assert verify(honest).status == 0


# --- Somebody without the key -----------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(make().files))
def test_a_dropped_file_is_missed(verify, honest, name):
    files = {other: data for other, data in honest.files.items() if other != name}
    report = verify(replace(honest, files=files))

    assert report.status == 1
    assert any(fault.name == "file-missing" and name in fault.where for fault in report.faults)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("data/exhibits/EX-0001/another.jpg", "file-unlisted"),
        ("data/extra.txt", "file-unlisted"),
        ("fetch.txt", "file-unexpected"),
        ("manifest-md5.txt", "file-unexpected"),
        ("proof/other", "file-unexpected"),
        ("proof/events/9.tlog-proof", "file-unlisted"),
        ("proof/epochs/1/checkpoint", "file-unlisted"),
    ],
)
def test_an_added_file_is_named(verify, honest, name, fault):
    report = verify(replace(honest, files=honest.files | {name: b"added"}))

    assert report.status == 1
    assert any(found.name == fault and found.where == name for found in report.faults)


def test_a_renamed_file_is_missed_and_found(verify, honest):
    files = dict(honest.files)
    files["data/exhibits/EX-0001/renamed.jpg"] = files.pop("data/exhibits/EX-0001/EX-0001.jpg")

    assert named(verify(replace(honest, files=files)))[FILES] == {"file-missing", "file-unlisted"}


def test_two_swapped_exhibits_are_named(verify, honest):
    one, two = "data/exhibits/EX-0001/EX-0001.jpg", "data/exhibits/EX-0002/EX-0002.jpg"
    files = honest.files | {one: honest.files[two], two: honest.files[one]}
    report = verify(replace(honest, files=files))

    wrong = {fault.where for fault in report.checks[DIGESTS - 1].faults}
    assert wrong == {one, two}
    assert outcome(report, RECEIPT) is Outcome.FAILED


@pytest.mark.parametrize("name", sorted(make().files))
def test_a_changed_byte_of_any_file_is_named(verify, honest, name):
    data = bytearray(honest.files[name])
    data[len(data) // 2] ^= 1
    report = verify(replace(honest, files=honest.files | {name: bytes(data)}))

    assert report.status == 1
    assert any(name in fault.where or name in fault.sentence for fault in report.faults)


def test_new_lists_without_the_key_do_not_fit_the_signature(verify, honest):
    files = honest.files | {"data/index.csv": b"other"}
    relist(files)
    sign(files, STRANGER)
    files["tagmanifest.note"] = honest.files["tagmanifest.note"]
    report = verify(replace(honest, files=files))

    assert named(report)[SIGNATURES] == {"log-mismatch"}
    assert named(report)[SEAL] == {"seal-of-other-files"}


def test_new_lists_signed_by_another_key_of_the_same_name_are_refused(verify, honest):
    files = honest.files | {"data/index.csv": b"other"}
    relist(files)
    sign(files, STRANGER)

    assert named(verify(replace(honest, files=files)))[SIGNATURES] == {"signature-rejected"}


def test_a_bundle_forged_from_the_ground_is_intact_but_by_another_key(verify, honest):
    forged = make(furnished(Ledger(seed=b"forger")))

    assert verify(forged, vkey=None).status == 3
    report = verify(forged, vkey=honest.vkey)
    assert (report.status, named(report)) == (1, {KEY: {"other-key"}})


def test_a_second_signature_under_the_list_is_refused(verify, honest):
    files = dict(honest.files)
    text = files["tagmanifest-sha256.txt"]
    files["tagmanifest.note"] += STRANGER.signature_line(text).encode()

    assert named(verify(replace(honest, files=files)))[SIGNATURES] == {"log-mismatch"}


# --- Receipts ---------------------------------------------------------------------------------


def test_the_receipt_of_another_bundle_is_refused(verify):
    ledger = furnished()
    court, commission = make(ledger), make(ledger, COMMISSION, "KYI-S-0002-v1", SECOND)

    assert named(verify(replace(court, receipt=commission.receipt))) == {RECEIPT: {"wrong-proof"}}


def test_the_receipt_of_another_file_of_the_same_submission_is_refused(verify):
    ledger = furnished()
    make(ledger)
    earlier = make(ledger, COURT[1:])
    report = verify(replace(make(ledger), receipt=earlier.receipt))

    assert named(report) == {RECEIPT: {"wrong-proof"}}
    assert "older than the state of the log" in " ".join(report.text().split())


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"zip_sha256": "0" * 64}, "receipt-of-other-bundle"),
        ({"size": 1}, "receipt-of-other-bundle"),
        ({"size": "1"}, "wrong-proof"),
        ({"zip_sha256": 5}, "wrong-proof"),
        ({"encrypted_sha256": "no"}, "wrong-proof"),
        ({"act": "bundle_sealed"}, "wrong-proof"),
        ({"subject": EXHIBIT}, "wrong-proof"),
    ],
)
def test_a_receipt_that_says_something_else_is_refused(verify, facts, fault):
    assert named(verify(make(written=facts))) == {RECEIPT: {fault}}


def test_a_receipt_older_than_the_bundle_is_refused(verify, honest):
    """The proof of an event that was in the log before the ZIP was written cannot be about it."""
    report = verify(replace(honest, receipt=honest.files["proof/seal.tlog-proof"]))

    assert named(report) == {RECEIPT: {"wrong-proof"}}


def test_a_receipt_from_another_log_is_refused(verify, honest):
    forged = make(furnished(Ledger(seed=b"forger")))

    assert named(verify(replace(honest, receipt=forged.receipt))) == {RECEIPT: {"signature-rejected"}}


def test_the_digest_of_the_encrypted_file_is_told(verify):
    report = verify(make(written={"encrypted_sha256": "ab" * 32}))

    assert report.status == 0
    assert f"SHA-256 of the encrypted file: {'ab' * 32}" in notes(report)


def test_a_receipt_may_be_given_from_elsewhere(tmp_path, honest):
    path = honest.write(tmp_path, receipt=False)
    elsewhere = tmp_path / "from-the-mail"
    elsewhere.write_bytes(honest.receipt)

    assert verify_bundle(path, vkey=honest.vkey, receipt=elsewhere).checks[RECEIPT - 1].outcome == "passed"


def test_a_receipt_that_is_lost_is_a_question_not_a_fault(tmp_path, honest):
    path = honest.write(tmp_path)
    report = verify_bundle(path, vkey=honest.vkey, receipt=tmp_path / "lost")

    assert (report.status, report.checks) == (2, ())


# --- Unpacked ---------------------------------------------------------------------------------


def test_an_unpacked_folder_is_verified_but_for_the_container(tmp_path, honest):
    folder = honest.unpack(tmp_path)
    folder.with_suffix(".receipt").write_bytes(honest.receipt)
    report = verify_bundle(folder, vkey=honest.vkey)

    assert (report.status, report.faults) == (0, ())
    undone = [check.number for check in report.checks if check.outcome is Outcome.NOT_DONE]
    assert undone == [CONTAINER, RECEIPT]
    assert "only the ZIP file itself can be compared" in report.text()


def test_the_folder_one_stands_in_is_a_bundle_like_others(tmp_path, honest, monkeypatch):
    monkeypatch.chdir(honest.unpack(tmp_path))
    report = verify_bundle(Path(), vkey=honest.vkey)

    assert (report.status, report.bundle) == (0, honest.name)


def test_a_file_that_the_computer_put_into_the_folder_is_named(tmp_path, honest):
    folder = honest.unpack(tmp_path)
    (folder / "data/.DS_Store").write_bytes(b"")

    assert named(verify_bundle(folder, vkey=honest.vkey))[FILES] >= {"file-unlisted"}
