"""Drafts: a half-typed sentence of a survivor is in no custody event and, once discarded, nowhere."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import select

from evidence_tracker.access.models import Draft
from evidence_tracker.casework.interviews import statements
from evidence_tracker.casework.interviews.drafting import discard_draft, keep_draft, read_draft
from evidence_tracker.casework.interviews.queries import find_interview
from evidence_tracker.custody.history import events_of
from evidence_tracker.custody.models import CustodyEventRow
from evidence_tracker.errors import GateClosed, NotPermitted
from tests.factories import consent, persons
from tests.factories.interviews import ACCOUNT, begun, closed, introduced

WORDS = "Він схопив мене за волосся і"
MORE = "Потім я"
PAGE, RESERVED = 4096, 80


@pytest.fixture
def reference(instance, cast):
    with instance.transaction() as session:
        return introduced(session, cast).reference


@pytest.fixture
def on_interview(instance, cast, reference):
    """Run an act of the drafts in a transaction of its own, as a door does."""

    def run(act, *more):
        with instance.transaction() as session:
            interview = find_interview(session, reference, actor=cast.amina)
            return act(session, interview, *more, actor=cast.amina)

    return run


def decrypted(instance):
    """Return every page of the database file, free ones too, as SQLCipher 4 decrypts it."""
    connection = instance.engine.raw_connection()  # a checkpoint cannot run inside a transaction
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    raw = instance.settings.database_path.read_bytes()
    key = instance.keyring.root.derive("database")
    plain = []
    for start in range(0, len(raw), PAGE):
        page = raw[start : start + PAGE]
        body = page[16:-RESERVED] if start == 0 else page[:-RESERVED]
        iv = page[-RESERVED:][:16]
        opened = Cipher(algorithms.AES256(key), modes.CBC(iv)).decryptor()
        plain.append(opened.update(body) + opened.finalize())
    return b"".join(plain)


def logged(instance):
    """Return everything any custody event says, opened, as one text."""
    with instance.reading() as session:
        subjects = session.scalars(select(CustodyEventRow.subject).distinct()).all()
        return "\n".join(
            repr(event.values) for one in subjects for event in events_of(session, instance.keyring, one)
        )


def sealed(instance):
    with instance.reading() as session:
        return session.scalars(select(Draft.sealed)).all()


def test_a_draft_is_in_no_custody_event_and_once_discarded_nowhere(instance, cast, on_interview, reference):
    events_before = logged(instance)
    on_interview(keep_draft, {"text": WORDS})
    [kept] = sealed(instance)
    whole = decrypted(instance)
    assert reference.encode() in whole, "the pages really are decrypted"
    assert kept in whole, "and the draft is among them"
    assert WORDS.encode() not in whole, "but not its words: drafts have an encryption of their own"
    assert logged(instance) == events_before, "keeping a draft is no custody event"

    on_interview(discard_draft)

    assert on_interview(read_draft) is None
    whole = decrypted(instance)
    assert kept not in whole, "not even in pages that are free"
    assert WORDS.encode() not in whole
    assert WORDS not in logged(instance)


def test_a_draft_is_overwritten_and_the_earlier_words_are_gone(instance, on_interview):
    on_interview(keep_draft, {"text": WORDS})
    [earlier] = sealed(instance)
    on_interview(keep_draft, {"text": MORE})
    assert on_interview(read_draft) == {"text": MORE}
    assert len(sealed(instance)) == 1
    assert earlier not in decrypted(instance)


def test_saving_the_account_discards_the_draft_and_only_the_account_is_logged(instance, cast, on_interview):
    on_interview(keep_draft, {"text": WORDS})
    on_interview(statements.record_account, ACCOUNT)
    assert on_interview(read_draft) is None
    said = logged(instance)
    assert ACCOUNT in said
    assert WORDS not in said


def test_a_draft_is_seen_by_its_author_alone(instance, cast, on_interview, reference):
    on_interview(keep_draft, {"text": WORDS})
    with instance.transaction() as session:
        interview = find_interview(session, reference, actor=cast.bohdan)
        assert read_draft(session, interview, actor=cast.bohdan) is None
        discard_draft(session, interview, actor=cast.bohdan)
        with pytest.raises(NotPermitted):
            read_draft(session, interview, actor=cast.outsider)
        with pytest.raises(NotPermitted):
            keep_draft(session, interview, {"text": "x"}, actor=cast.outsider)
    assert on_interview(read_draft) == {"text": WORDS}


def test_without_consent_nothing_is_kept_not_even_a_draft(session, cast):
    with pytest.raises(GateClosed, match="not explained yet"):
        keep_draft(session, begun(session, cast), {"text": WORDS}, actor=cast.amina)
    witness = persons.person(session, cast.amina, cast.mission)
    interview = introduced(session, cast, witness)
    consent.take_back(session, cast.amina, witness)
    with pytest.raises(GateClosed, match="withdrawn"):
        keep_draft(session, interview, {"text": WORDS}, actor=cast.amina)


def test_a_draft_can_be_thrown_away_when_consent_is_gone(session, cast, clock):
    witness = persons.person(session, cast.amina, cast.mission)
    interview = introduced(session, cast, witness)
    keep_draft(session, interview, {"text": WORDS}, actor=cast.amina)
    clock.at += timedelta(hours=1)
    consent.take_back(session, cast.amina, witness)
    discard_draft(session, interview, actor=cast.amina)
    assert read_draft(session, interview, actor=cast.amina) is None


def test_a_closed_interview_takes_no_draft(session, cast):
    with pytest.raises(GateClosed, match="is closed"):
        keep_draft(session, closed(session, cast), {"text": WORDS}, actor=cast.amina)
