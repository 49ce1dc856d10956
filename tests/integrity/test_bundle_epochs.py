"""Events of earlier epochs: proved through the links, also after a rollback, and never the other way."""

import pytest

from evidence_tracker.integrity.report import EVENTS, KEY

from .make_bundle import EXHIBIT, furnished, make, prove, subject
from .small_log import SmallLog
from .spoil import named, notes


def restored(epochs=1):
    """Return a ledger whose instance was restored from a backup ``epochs`` times and went on."""
    ledger = furnished()
    for epoch in range(epochs):
        ledger.open_epoch("restored from backup")
        ledger.append(EXHIBIT, "examined", finding=f"again {epoch}")
    return ledger


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_events_of_earlier_epochs_are_proved_through_the_links(verify, epochs):
    report = verify(make(restored(epochs)))

    assert (report.status, report.faults) == (0, ())
    assert f"EX-0001: {4 + epochs} events, {3 + epochs} opened, 1 withheld" in notes(report)


@pytest.mark.parametrize("name", ["checkpoint", "log.vkey", "link.tlog-proof"])
def test_an_epoch_without_one_of_its_files_proves_nothing(verify, name):
    report = verify(make(restored(2), final=lambda files: files.pop(f"proof/epochs/1/{name}")))

    assert named(report)[EVENTS] == {"file-unreadable", "proof-mismatch"}


def test_an_epoch_that_is_missing_breaks_the_way_back(verify):
    def forget(files):
        for name in [name for name in files if name.startswith("proof/epochs/2/")]:
            del files[name]

    assert "epoch-unlinked" in named(verify(make(restored(2), final=forget)))[EVENTS]


def test_another_signed_state_of_the_old_epoch_is_not_the_one_that_was_left(verify):
    ledger = restored()

    def exchange(files):
        files["proof/epochs/1/checkpoint"] = ledger.logs[1].checkpoint(5)

    report = verify(make(ledger, final=exchange))

    assert "log-mismatch" in named(report)[EVENTS]
    assert "does not begin with this checkpoint" in report.text()


def test_a_link_that_is_not_the_first_event_of_its_epoch_is_refused(verify):
    ledger = restored()
    link = ledger.links[1]
    note = {"previous_checkpoint": ledger.states[1].decode()}
    second = ledger.append(subject(91), "remark", **note)

    def exchange(files):
        files["proof/epochs/1/link.tlog-proof"] = prove(ledger, second, second.names())

    assert link.index == 0
    assert "log-mismatch" in named(verify(make(ledger, final=exchange)))[EVENTS]


def test_an_old_epoch_of_another_instance_is_refused(verify):
    ledger = restored()
    other = SmallLog("evidence.example/lviv/1", bytes(32))
    other.append(b"leaf")

    def exchange(files):
        files["proof/epochs/1/checkpoint"] = other.checkpoint()
        files["proof/epochs/1/log.vkey"] = f"{other.signer.vkey}\n".encode()

    assert "log-mismatch" in named(verify(make(ledger, final=exchange)))[EVENTS]


@pytest.mark.parametrize("origin", ["evidence.example/lviv/1", "evidence.example/kyiv/7"])
def test_a_log_that_claims_the_past_of_another_is_refused(verify, origin):
    other = SmallLog(origin, bytes(32))
    other.append(b"leaf")
    ledger = furnished()
    ledger.open_epoch("a past of our choice", state=other.checkpoint())

    def exchange(files):
        files["proof/epochs/1/log.vkey"] = f"{other.signer.vkey}\n".encode()

    report = verify(make(ledger, final=exchange))

    assert "log-mismatch" in named(report)[EVENTS]
    assert "is not one of epoch 1 of evidence.example/kyiv" in " ".join(report.text().split())


def test_the_key_of_an_older_epoch_is_told_from_a_strangers(verify):
    ledger = restored()
    report = verify(make(ledger), vkey=ledger.logs[1].signer.vkey)

    assert named(report) == {KEY: {"other-key"}}
    assert "another epoch of the same log" in report.text()


def rolled_back(lost=2):
    """Return a ledger restored from a backup older than the last checkpoint it had signed."""
    ledger = furnished()
    ledger.append(EXHIBIT, "examined", finding="lost")
    ledger.append(EXHIBIT, "examined", finding="lost too")
    ledger.open_epoch("restored from a backup", lost=lost)
    ledger.append(EXHIBIT, "examined", finding="again")
    return ledger


def test_events_that_were_lost_are_told_and_those_that_were_kept_are_proved(verify):
    report = verify(make(rolled_back()))

    assert (report.status, report.faults) == (0, ())
    text = " ".join(report.text().split())
    assert "Epoch 1 had 11 signed events when it was left, of which 9 were restored." in text
    assert "EX-0001: 5 events" in text


def test_two_rollbacks_in_a_row_are_followed(verify):
    ledger = rolled_back()
    ledger.append(EXHIBIT, "examined", finding="lost once more")
    ledger.open_epoch("and again", lost=1)

    assert verify(make(ledger)).status == 0


def test_without_the_state_that_was_kept_nothing_of_the_epoch_is_proved(verify):
    report = verify(make(rolled_back(), final=lambda files: files.pop("proof/epochs/1/kept-checkpoint")))

    assert named(report)[EVENTS] == {"proof-mismatch"}


@pytest.mark.parametrize(("size", "lost"), [(10, 2), (11, 2), (9, 0)])
def test_a_kept_state_that_the_log_does_not_speak_of_is_refused(verify, size, lost):
    ledger = rolled_back(lost)
    note = ledger.logs[1].checkpoint(size)

    report = verify(make(ledger, final=lambda files: files.update({"proof/epochs/1/kept-checkpoint": note})))

    assert "log-mismatch" in named(report)[EVENTS]
