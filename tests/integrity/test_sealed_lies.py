"""Somebody with the log key may sign what he likes; what he cannot do is make the log agree."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from evidence_tracker.integrity.canonical import canonical
from evidence_tracker.integrity.commitment import Disclosure
from evidence_tracker.integrity.proof import InclusionProof
from evidence_tracker.integrity.report import EVENTS, FILES, ITEMS, RECEIPT, SEAL, Outcome

from .make_bundle import (
    COMMISSION,
    COURT,
    EXHIBIT,
    INCIDENT,
    PHOTO,
    SECOND,
    Ledger,
    Shown,
    furnished,
    make,
    relist,
)
from .spoil import cut, edit, lines_of, named, notes, outcome, spoil_item


def test_lists_signed_after_the_sealing_do_not_fit_the_seal(verify):
    def change(files):
        files["data/index.csv"] = b"other"
        relist(files)

    report = verify(make(final=change))

    assert named(report) == {SEAL: {"seal-of-other-files"}}


def test_exchanged_proofs_are_named(verify):
    def exchange(files):
        one, two = "proof/events/1.tlog-proof", "proof/events/2.tlog-proof"
        files[one], files[two] = files[two], files[one]

    report = verify(make(final=exchange))

    assert named(report) == {EVENTS: {"proof-mismatch"}}
    assert [fault.where for fault in report.faults] == ["event 1 (EX-0001)", "event 2 (EX-0001)"]
    assert outcome(report, ITEMS) is Outcome.NOT_DONE


def test_a_seal_that_is_another_event_is_refused(verify):
    def exchange(files):
        files["proof/seal.tlog-proof"] = files["proof/events/1.tlog-proof"]

    assert named(verify(make(final=exchange))) == {SEAL: {"wrong-proof"}}


def test_the_seal_of_another_submission_is_refused(verify):
    ledger = furnished()
    other = make(ledger, COMMISSION, "KYI-S-0002-v1", SECOND)

    def exchange(files):
        files["proof/seal.tlog-proof"] = other.files["proof/seal.tlog-proof"]

    assert named(verify(make(ledger, final=exchange))) == {SEAL: {"wrong-proof"}}


def test_another_signed_state_of_the_log_does_not_fit_the_proofs(verify):
    ledger = furnished()

    def exchange(files):
        files["proof/checkpoint"] = ledger.log.checkpoint(5)

    assert named(verify(make(ledger, final=exchange))) == {EVENTS: {"proof-mismatch"}, SEAL: {"wrong-proof"}}


def test_a_chain_cut_at_its_end_does_not_fit_the_seal(verify):
    report = verify(make(final=cut(4, stated=3)))

    assert named(report)[SEAL] == {"seal-of-other-files", "seal-of-other-items"}


def test_a_chain_cut_at_its_end_is_shorter_than_stated(verify):
    report = verify(make(final=cut(4)))

    assert named(report)[ITEMS] >= {"chain-incomplete"}


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_chain_with_a_hole_is_broken(verify, seq):
    report = verify(make(final=cut(seq, stated=3)))

    assert "chain-broken" in named(report)[ITEMS]
    assert "EX-0001" in {fault.where[-8:-1] for fault in report.checks[ITEMS - 1].faults}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda item: item["record"].update(title="Courtyard"), "record-differs"),
        (lambda item: item["record"].update(place="Kyiv"), "record-unproved"),
        (lambda item: item["record"].update(taken_by="a neighbour"), "record-unproved"),
        (lambda item: item["custody"].update(events=5), "chain-incomplete"),
        (lambda item: item["custody"].update(events=0), "malformed-item"),
        (lambda item: item["custody"].update(subject=INCIDENT), "chain-broken"),
        (lambda item: item.update(sha256="0" * 64), "bytes-differ"),
        (lambda item: item.update(size=1), "bytes-differ"),
        (lambda item: item.update(media_type="image/png"), "record-differs"),
        (lambda item: item.update(file="none.jpg"), "file-missing"),
        (lambda item: item.update(file=7), "malformed-item"),
        (lambda item: item.update(sha256=None), "malformed-item"),
        (lambda item: item.update(size=True), "malformed-item"),
        (lambda item: item.update(size=str(item["size"])), "malformed-item"),
        (lambda item: item.update(media_type=["image/jpeg"]), "malformed-item"),
        (lambda item: item.update(file="../../index.csv"), "malformed-item"),
        (lambda item: item.update(number="EX-0002"), "malformed-item"),
        (lambda item: item.update(kind="interview"), "malformed-item"),
        (lambda item: item.update(title="unproved"), "malformed-item"),
        (lambda item: item.pop("record"), "malformed-item"),
    ],
)
def test_an_item_that_says_more_than_the_log_is_refused(verify, change, fault):
    report = verify(make(payload=spoil_item(change)))

    assert report.status == 1
    assert fault in named(report)[ITEMS]


def test_one_is_not_true(verify):
    change = spoil_item(
        lambda item: item["record"].update(people=[True, 1, None]), "data/incidents/IC-0001.json"
    )

    assert named(verify(make(payload=change))) == {ITEMS: {"record-differs"}}


def test_other_bytes_than_those_received_are_found_even_when_sealed(verify):
    def change(files):
        files["data/exhibits/EX-0001/EX-0001.jpg"] = b"another photograph"
        edit(
            files,
            "data/exhibits/EX-0001/item.json",
            lambda item: item.update(sha256=sha256(b"another photograph").hexdigest(), size=18),
        )

    report = verify(make(payload=change))

    assert named(report) == {ITEMS: {"bytes-differ"}}
    assert "logged at its receipt" in report.faults[0].sentence


def test_an_exhibit_whose_receipt_is_withheld_is_refused(verify):
    shown = (replace(COURT[0], withheld=frozenset({1})), *COURT[1:])

    assert named(verify(make(shown=shown))) == {ITEMS: {"receipt-missing"}}


def test_an_event_that_does_not_open_its_place_in_the_chain_is_refused(verify):
    shown = (replace(COURT[0], closed=COURT[0].closed | {"prev"}), *COURT[1:])

    assert "chain-broken" in named(verify(make(shown=shown)))[ITEMS]


def test_a_record_shown_from_a_version_that_is_not_the_last_shown_is_refused(verify):
    def older(files):
        edit(files, "data/exhibits/EX-0001/item.json", lambda item: item["record"].update(title="Courtyard"))

    assert named(verify(make(payload=older))) == {ITEMS: {"record-differs"}}


def test_a_newer_version_may_hide_in_a_withheld_event_and_the_report_counts_it(verify):
    """A limit that the specification names, not a fault: nobody can see into what is withheld."""
    shown = (replace(COURT[0], withheld=frozenset({4})), *COURT[1:])
    older = spoil_item(lambda item: item["record"].update(title="Courtyard"))
    report = verify(make(shown=shown, payload=older))

    assert report.status == 0
    assert "EX-0001: 4 events, 3 opened, 1 withheld" in notes(report)
    assert "What a withheld event says" in report.text()


def test_events_of_an_item_that_is_not_there_are_named(verify):
    def forget(files):
        del files["data/interviews/IN-0001.json"]

    report = verify(make(payload=forget))

    assert named(report)[ITEMS] == {"event-without-item"}
    assert named(report)[SEAL] == {"seal-of-other-items"}


def test_two_items_of_one_subject_are_refused(verify):
    shown = (*COURT, replace(COURT[3], number="IC-0002"))

    assert "item-twice" in named(verify(make(shown=shown)))[ITEMS]


def test_a_file_that_no_item_claims_is_named(verify):
    report = verify(make(payload=lambda files: files.update({"data/exhibits/EX-0001/note.txt": b"psst"})))

    assert named(report) == {ITEMS: {"file-without-item"}}


@pytest.mark.parametrize("count", [3, 5, True, "4", None])
def test_a_seal_with_another_number_of_events_is_refused(verify, count):
    counts = {item.number: 1 for item in COURT} | {"EX-0001": count}

    assert named(verify(make(seal={"items": counts}))) == {SEAL: {"seal-of-other-items"}}


def test_a_seal_of_items_that_are_not_there_is_refused(verify):
    counts = {"EX-0001": 4, "EX-0009": 1} | {item.number: 1 for item in COURT[1:]}
    report = verify(make(seal={"items": counts}))

    assert [fault.where for fault in report.faults] == ["EX-0009"]


@pytest.mark.parametrize(
    "facts",
    [
        {"act": "record_saved"}, {"manifest_sha256": "0"}, {"submission_version": None}, {"items": []},
        {"logged_at": 5}, {"subject": "me"}, {"seq": 0}, {"prev": "x"},
    ],
)  # fmt: skip
def test_a_seal_that_is_not_written_as_it_has_to_be_is_refused(verify, facts):
    assert named(verify(make(seal=facts))) == {SEAL: {"wrong-proof"}}


@pytest.mark.parametrize(("key", "value"), [("index", 0), ("index", 1), ("epoch", 0)])
def test_an_event_that_claims_an_earlier_place_is_out_of_order(verify, key, value):
    def change(files):
        lines = [line | {key: value} if line["n"] == 2 else line for line in lines_of(files)]
        files["data/custody.jsonl"] = b"".join(canonical(line) + b"\n" for line in lines)

    report = verify(make(payload=change))

    assert named(report)[ITEMS] == {"chain-broken"}
    assert named(report)[EVENTS] == {"proof-mismatch"}
    assert "stands earlier in the log" in " ".join(report.text().split())


def invent(proof, **facts):
    """Return a proof file like ``proof``, of an event that was never logged."""
    old = InclusionProof.decode(proof)
    honest = Disclosure.from_extra(old.extra or b"")
    fields = [replace(field, value=facts.get(field.name, field.value)) for field in honest.opened]
    lie = Disclosure.opening(honest.t, fields, [field.name for field in fields])
    return replace(old, extra=lie.to_extra()).encode()


def test_an_event_that_was_never_logged_is_not_proved(verify):
    """The sender signs whatever he likes; the tree does not hold the leaf."""

    def change(files):
        name = "proof/events/3.tlog-proof"
        files[name] = invent(files[name])
        extra = json.loads(InclusionProof.decode(files[name]).extra or b"")
        lines = [line | {"extra": extra} if line["n"] == 3 else line for line in lines_of(files)]
        files["data/custody.jsonl"] = b"".join(canonical(line) + b"\n" for line in lines)
        relist(files)

    report = verify(make(final=change))

    assert named(report)[EVENTS] == {"proof-rejected"}
    assert {fault.where for fault in report.checks[EVENTS - 1].faults} == {"event 3 (EX-0001)"}


def test_a_sealing_that_was_never_logged_is_not_proved(verify):
    def change(files):
        files["data/index.csv"] = b"other"
        relist(files)
        digest = sha256(files["manifest-sha256.txt"]).hexdigest()
        seal = files["proof/seal.tlog-proof"]
        files["proof/seal.tlog-proof"] = invent(seal, manifest_sha256=digest)

    assert named(verify(make(final=change))) == {SEAL: {"proof-rejected"}}


def test_a_writing_that_was_never_logged_is_not_proved(verify):
    honest = make()
    lie = invent(honest.receipt, logged_at="2026-01-01T00:00:00Z")

    assert named(verify(replace(honest, receipt=lie))) == {RECEIPT: {"proof-rejected"}}


@pytest.mark.parametrize("change", [{"size": len(PHOTO) + 1}, {"sha256": "0" * 64}])
def test_a_receipt_in_the_log_of_other_bytes_is_told(verify, change):
    ledger = Ledger()
    facts = {"sha256": sha256(PHOTO).hexdigest(), "size": len(PHOTO), "media_type": "image/jpeg"}
    ledger.append(EXHIBIT, "exhibit_received", **facts | change)
    shown = (Shown(EXHIBIT, "EX-0001", "exhibit", data=PHOTO),)

    assert named(verify(make(ledger, shown))) == {ITEMS: {"bytes-differ"}}


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("bagit.txt", lambda data: data.replace(b"1.0", b"0.97"), "bag-declaration-differs"),
        (
            "bag-info.txt",
            lambda data: data.replace(b"External-Identifier", b"Identifier"),
            "bag-info-differs",
        ),
        ("bag-info.txt", lambda data: data + b"Bagging-Date: 2026-03-03\n", "bag-info-differs"),
        ("bag-info.txt", lambda data: data[:-2] + b"9\n", "bag-info-differs"),
        ("bag-info.txt", lambda data: data.replace(b": ", b":"), "manifest-fault"),
    ],
)
def test_a_bag_that_misdescribes_itself_is_named_even_when_signed(verify, name, change, fault):
    report = verify(make(final=lambda files: files.update({name: change(files[name])})))

    assert named(report) == {FILES: {fault}}
    assert {found.where for found in report.faults} == {name}
