import io

from evidence_tracker.access.accounts import find_account
from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.derivatives import derive
from evidence_tracker.casework.exhibits.models import DerivativeKind, ExhibitKind, PersonRole, SourceKind
from evidence_tracker.casework.exhibits.people import end_link, link_person
from evidence_tracker.casework.exhibits.queries import MediaFamily, Sieve, kin_of, list_exhibits
from evidence_tracker.values.moment import Moment
from tests.factories.exhibits import png, receive, thing
from tests.factories.persons import person


def kept(session, actor, **sieve):
    return {row.title for row in list_exhibits(session, actor=actor, sieve=Sieve(**sieve))}


def on(text):
    return Moment.parse(text).bounds()[0]


def test_a_list_is_sifted_by_what_is_stated(session, instance, cast):
    receive(session, instance.vault, cast, b"one", title="from a partner", source_kind=SourceKind.PARTNER)
    receive(session, instance.vault, cast, b"two", title="our own", source_kind=SourceKind.OWN)
    receive(session, instance.vault, cast, b"three", title="disturbing", is_graphic=True)

    assert kept(session, cast.amina, source_kind=SourceKind.PARTNER) == {"from a partner"}
    assert kept(session, cast.amina, is_graphic=True) == {"disturbing"}
    assert kept(session, cast.amina, is_graphic=False) == {"from a partner", "our own"}
    assert kept(session, cast.amina, is_graphic=False, source_kind=SourceKind.OWN) == {"our own"}


def test_an_imprecise_date_is_kept_as_long_as_it_can_lie_in_the_span(session, instance, cast):
    receive(session, instance.vault, cast, b"1", title="March", collected=Moment.parse("2022-03"))
    receive(session, instance.vault, cast, b"2", title="12 April", collected=Moment.parse("2022-04-12"))
    receive(session, instance.vault, cast, b"3", title="nobody knows")

    assert kept(session, cast.amina, collected_since=on("2022-03-30")) == {"March", "12 April"}
    assert kept(session, cast.amina, collected_until=on("2022-03-02")) == {"March"}
    # A day without a zone ends where it ends last on earth: twelve hours after midnight in UTC.
    span = {"collected_since": on("2022-04-03"), "collected_until": on("2022-04-10")}
    assert kept(session, cast.amina, **span) == set()
    span["collected_until"] = on("2022-04-13")
    assert kept(session, cast.amina, **span) == {"12 April"}


def test_a_list_is_sifted_by_the_day_of_receipt(session, instance, cast, clock):
    receive(session, instance.vault, cast, b"1", title="early")
    clock.at = on("2026-03-09")
    receive(session, instance.vault, cast, b"2", title="late")

    assert kept(session, cast.amina, received_since=on("2026-03-05")) == {"late"}
    assert kept(session, cast.amina, received_until=on("2026-03-05")) == {"early"}


def test_a_list_is_sifted_by_the_kind_of_bytes(session, instance, cast):
    receive(session, instance.vault, cast, png(1), title="picture")
    receive(session, instance.vault, cast, b"in words\n", title="words")
    receive(session, instance.vault, cast, b"%PDF-1.4\n%%EOF\n", title="pages", name="a.pdf")
    receive(session, instance.vault, cast, b"PK\x05\x06" + bytes(18), title="something")
    thing(session, instance.vault, cast)

    for family, titles in {
        MediaFamily.IMAGE: {"picture", "Photo"},
        MediaFamily.TEXT: {"words"},
        MediaFamily.PDF: {"pages"},
        MediaFamily.OTHER: {"something"},
        MediaFamily.NO_BYTES: {"Physical"},
        MediaFamily.VIDEO: set(),
    }.items():
        assert kept(session, cast.amina, media=family) == titles


def test_a_source_counts_while_its_link_stands_and_may_be_seen(session, instance, cast):
    with_source = receive(session, instance.vault, cast, b"1", title="with")
    receive(session, instance.vault, cast, b"2", title="without")
    depicted = receive(session, instance.vault, cast, b"3", title="depicted")
    somebody = person(session, cast.amina, cast.mission)
    link = link_person(session, with_source, somebody, role=PersonRole.SOURCE, actor=cast.amina)
    link_person(session, depicted, somebody, role=PersonRole.DEPICTED, actor=cast.amina)
    grant(
        session,
        session.get_one(Compartment, cast.mission),
        account=find_account(session, "outsider"),
        role=Role.READER,
        level=Level.CONFIDENTIAL,
        purpose="tests",
        actor=cast.olena,
    )

    assert kept(session, cast.amina, has_source=True) == {"with"}
    assert kept(session, cast.amina, has_source=False) == {"without", "depicted"}
    assert kept(session, cast.outsider, has_source=True) == set()

    end_link(session, link, reason="mistaken", actor=cast.amina)
    assert kept(session, cast.amina, has_source=True) == set()


def test_what_has_no_legal_basis_is_found(session, instance, cast):
    based = Governance(Level.CONFIDENTIAL, "documentation", "statute of the centre")
    receive(session, instance.vault, cast, b"1", title="based", governance=based)
    receive(session, instance.vault, cast, b"2", title="bare")

    assert kept(session, cast.amina, has_basis=False) == {"bare"}
    assert kept(session, cast.amina, has_basis=True) == {"based"}


def test_a_condition_of_a_room_above_narrows_the_list(session, instance, cast):
    first = receive(session, instance.vault, cast, b"1", title="first")
    receive(session, instance.vault, cast, b"2", title="second")

    found = list_exhibits(session, actor=cast.amina, also=type(first).title == "first")

    assert list(found) == [first]


def test_what_may_not_be_seen_passes_no_sieve(session, instance, cast):
    receive(session, instance.vault, cast, title="hidden", kind=ExhibitKind.DOCUMENT)

    assert kept(session, cast.outsider) == set()
    assert kept(session, cast.outsider, kind=ExhibitKind.DOCUMENT) == set()


def test_the_kin_of_an_exhibit_are_told_apart(session, instance, cast):
    original = receive(session, instance.vault, cast, b"the original", title="original")
    twin = receive(session, instance.vault, cast, b"the original", title="twin")
    receive(session, instance.vault, cast, b"a stranger", title="stranger")
    copy = derive(
        session,
        instance.vault,
        original,
        instance.vault.deposit(io.BytesIO(b"a transcript")),
        kind=DerivativeKind.TRANSCRIPT,
        how="typed",
        tool="by hand",
        actor=cast.amina,
    )

    of_original = kin_of(session, original, actor=cast.amina)
    of_copy = kin_of(session, copy, actor=cast.amina)

    assert of_original.original is None
    assert of_original.derivatives == (copy,)
    assert of_original.same_bytes == (twin,)
    assert of_copy.original is original
    assert of_copy.derivatives == of_copy.same_bytes == ()
    assert kin_of(session, original, actor=cast.outsider).same_bytes == ()


def test_a_copy_of_the_same_bytes_is_derivative_and_twin(session, instance, cast):
    original = receive(session, instance.vault, cast, b"the same", title="original")
    copy = derive(
        session,
        instance.vault,
        original,
        instance.vault.deposit(io.BytesIO(b"the same")),
        kind=DerivativeKind.COPY,
        how="copied",
        tool="cp",
        actor=cast.amina,
    )

    kin = kin_of(session, original, actor=cast.amina)

    assert kin.derivatives == kin.same_bytes == (copy,)
