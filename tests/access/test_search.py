"""Search: whoever may read a record finds it by its words, nobody else does, and nothing is forgotten."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from evidence_tracker import tables
from evidence_tracker.access import indexing
from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance, amend
from evidence_tracker.access.search import Found, find_record, search
from evidence_tracker.casework.actors.names import add_name
from evidence_tracker.casework.incidents.links import link_evidence
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput, NotFound
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.factories import allegations, exhibits, incidents, interviews, missions, persons
from tests.factories.interviews import lowered
from tests.statements import counted

LAWFUL = Governance(Level.CONFIDENTIAL, "documentation", "fictional act, article 1")
RESTRICTED = Governance(Level.RESTRICTED, "documentation", "fictional act, article 1")


def references(instance: Instance, actor: Actor, asked: str, **by: Any) -> list[str]:
    with instance.reading() as session:
        return [found.reference for found in search(session, asked, actor=actor, **by)]


def found(instance: Instance, actor: Actor, asked: str, **by: Any) -> list[Found]:
    with instance.reading() as session:
        return search(session, asked, actor=actor, **by)


@pytest.fixture
def school(instance: Instance, cast: Cast) -> str:
    with instance.transaction() as session:
        return incidents.incident(session, cast).reference


def test_a_record_is_found_by_title_text_place_and_reference(instance: Instance, cast: Cast, school: str):
    for asked in (
        "cellar",
        "CELLAR school",
        "thirty villagers",
        "вигадане",
        school,
        school.lower(),
        "KYI-N-00",
    ):
        assert references(instance, cast.amina, asked) == [school], asked


def test_what_is_saved_is_found_after_the_same_commit_and_what_is_rolled_back_is_not(
    instance: Instance, cast: Cast
):
    with pytest.raises(RuntimeError, match="stop"), instance.transaction() as session:
        incidents.incident(session, cast, title="Barn of Nova Vyhadana")
        raise RuntimeError("stop")
    assert references(instance, cast.amina, "barn") == []
    with instance.transaction() as session:
        incidents.incident(session, cast, title="Barn of Nova Vyhadana")
    assert len(references(instance, cast.amina, "barn")) == 1


def test_a_change_is_found_and_what_stood_before_is_not(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        row = incidents.incident(session, cast, title="Barn of Nova Vyhadana")
    with instance.transaction() as session:
        again = session.get_one(type(row), row.id)
        amend(session, again, {"title": "Granary of Nova Vyhadana"}, actor=cast.amina)
    assert references(instance, cast.amina, "barn") == []
    assert references(instance, cast.amina, "granary") == [row.reference]


def test_who_has_no_grant_finds_nothing(instance: Instance, cast: Cast, school: str):
    assert references(instance, cast.outsider, "cellar") == []
    assert references(instance, cast.outsider, school) == []


def test_who_lost_the_grant_or_holds_one_up_to_a_lower_level_finds_nothing(
    instance: Instance, cast: Cast, school: str
):
    with instance.transaction() as session:
        lowered(session, cast, Level.INTERNAL, cast.mission)
    assert references(instance, cast.amina, "cellar") == []
    assert references(instance, cast.chen, "cellar") == [school]


def test_what_says_where_a_record_is_at_home_is_no_word_of_it(instance: Instance, cast: Cast, school: str):
    for asked in (cast.mission.hex, cast.mission.hex[:2], f"cellar {cast.mission.hex[:4]}", "nowhere"):
        assert references(instance, cast.amina, asked) == []
    assert references(instance, cast.amina, "cellar", compartment_id=cast.mission) == [school]


def test_a_record_whose_level_was_raised_is_hidden_from_that_commit_on(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        row = incidents.incident(session, cast)
        lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    assert references(instance, cast.amina, "cellar") == [row.reference]
    with instance.transaction() as session:
        amend(session, session.get_one(type(row), row.id), {"level": Level.RESTRICTED}, actor=cast.bohdan)
    assert references(instance, cast.amina, "cellar") == []


def test_another_compartment_is_another_world(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        closed = incidents.closed_compartment(session, cast)
        incidents.incident(session, cast, compartment_id=closed.id, title="Hangar")
    assert len(references(instance, cast.amina, "hangar")) == 1
    assert references(instance, cast.chen, "hangar") == []
    assert references(instance, cast.amina, "hangar", compartment_id=cast.mission) == []


def test_what_hangs_on_a_record_leads_to_it(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        interview = interviews.told(session, cast, governance=LAWFUL)
        interviews.question(session, cast, interview, answer="Вони тримали нас у підвалі школи.")
    (hit,) = found(instance, cast.amina, "підвалі школи")

    assert (hit.kind, hit.reference, hit.part) == ("interview", interview.reference, "interview_question")
    assert [piece.text for piece in hit.passage if piece.is_found] == ["підвалі школи."]


def test_what_hangs_on_a_hidden_record_is_hidden_too(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        interview = interviews.told(session, cast, governance=LAWFUL)
        interviews.question(session, cast, interview, answer="Зелений фургон")
    with instance.transaction() as session:
        row = session.get_one(type(interview), interview.id)
        amend(session, row, {"level": Level.SEALED}, actor=cast.bohdan)
        lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    assert references(instance, cast.bohdan, "фургон") == [interview.reference]
    assert references(instance, cast.amina, "фургон") == []


def test_a_link_is_found_by_who_may_see_both_its_ends(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        incident = incidents.incident(session, cast)
        closed = incidents.closed_compartment(session, cast)
        photo = incidents.capture(session, cast, compartment=closed)
        link_evidence(
            session,
            incident,
            photo,
            shows="A turquoise gate",
            stance="supports",
            citation="whole",
            actor=cast.amina,
        )
    assert references(instance, cast.amina, "turquoise") == [incident.reference]
    assert references(instance, cast.chen, "turquoise") == []
    assert references(instance, cast.chen, "cellar") == [incident.reference]


def test_a_further_name_leads_to_its_bearer_and_is_shown(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        unit = incidents.unit(session, cast)
        add_name(session, unit, text="Ґедзь", kind="call-sign", actor=cast.amina)
    (hit,) = found(instance, cast.amina, "гедз")
    assert (hit.reference, hit.title) == (unit.reference, "999-й вигаданий полк · 999th Fictional Regiment")
    assert [piece.text for piece in hit.passage] == ["Ґедзь"]


def test_scripts_apostrophes_and_marks_do_not_matter(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        incidents.incident(
            session, cast, title="Кам’янка, ґанок; ёлка; Ὀδυσσεύς; თბილისი; Ärger; Luk'ianivka"
        )
    for asked in (
        "кам'янка",
        "КАМʼЯНКА",
        "камянка",
        "ганок",
        "ґанок",
        "елка",
        "οδυσσευς",
        "თბილისი",
        "arger",
        "lukianivka",
    ):
        assert len(references(instance, cast.amina, asked)) == 1, asked


def test_the_last_word_may_be_its_beginning_and_others_with_a_star(
    instance: Instance, cast: Cast, school: str
):
    assert references(instance, cast.amina, "thirty villag") == [school]
    assert references(instance, cast.amina, "villag thirty") == []
    assert references(instance, cast.amina, "villag* thirty") == [school]
    assert references(instance, cast.amina, '"thirty villag"') == []
    assert references(instance, cast.amina, "«thirty villagers»") == [school]
    assert references(instance, cast.amina, "“villagers thirty”") == []


@pytest.mark.parametrize(
    "asked",
    [
        "", " ", '"', '""', "*", "\0", "AND", "NOT cellar", "cellar OR zebra", "title:cellar", "NEAR(cellar)",
        "^cellar", "cellar)", '{title}: "x', "cellar AND", "-cellar zebra", "🙂", "%", "\ud800", "'; DROP TABLE search_text",
    ],
)  # fmt: skip
def test_signs_of_the_query_language_are_text(instance: Instance, cast: Cast, school: str, asked: str):
    assert references(instance, cast.amina, asked) in ([], [school])
    assert references(instance, cast.amina, "cellar") == [school]


def test_a_question_without_an_end_is_refused_with_a_sentence(instance: Instance, cast: Cast):
    with pytest.raises(InvalidInput, match="at most 16 words"):
        references(instance, cast.amina, "word " * 17)
    with pytest.raises(InvalidInput, match="at most 400 characters"):
        references(instance, cast.amina, "w" * 401)


def test_titles_come_first_then_texts_each_newest_first_and_pages_join(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        made = [
            incidents.incident(
                session, cast, title=f"Depot {n}" if n % 2 else f"Number {n}", narrative="the depot burned"
            )
            for n in range(9)
        ]
    titled = [row.reference for row in reversed(made) if "Depot" in row.title]
    others = [row.reference for row in reversed(made) if "Depot" not in row.title]
    assert references(instance, cast.amina, "depot") == titled + others
    pages, after = [], None
    while page := found(instance, cast.amina, "depot", after=after, limit=2):
        pages += [hit.reference for hit in page]
        after = page[-1].key
    assert pages == titled + others


def test_a_page_can_go_on_behind_a_record_that_was_hidden_meanwhile(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        made = [incidents.incident(session, cast, title=f"Depot {n}") for n in range(3)]
        lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    (first,) = found(instance, cast.amina, "depot", limit=1)
    with instance.transaction() as session:
        row = session.get_one(type(made[2]), made[2].id)
        amend(session, row, {"level": Level.RESTRICTED}, actor=cast.bohdan)
    rest = [hit.reference for hit in found(instance, cast.amina, "depot", after=first.key)]
    assert rest == [made[1].reference, made[0].reference]


def test_kinds_are_those_of_the_record_that_opens(instance: Instance, cast: Cast, school: str):
    with instance.transaction() as session:
        interview = interviews.told(session, cast, governance=LAWFUL)
        interviews.question(session, cast, interview, answer="the cellar")
    assert set(references(instance, cast.amina, "cellar")) == {school, interview.reference}
    assert references(instance, cast.amina, "cellar", kinds={"interview"}) == [interview.reference]
    assert references(instance, cast.amina, "cellar", kinds={"incident"}) == [school]


def test_no_passage_of_a_restricted_text_is_shown(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        interviews.told(session, cast, governance=RESTRICTED)
        interviews.told(session, cast, governance=LAWFUL)
    below, restricted = found(instance, cast.amina, "забрали брата")
    assert restricted.passage == ()
    assert [piece.text for piece in below.passage if piece.is_found] == ["забрали брата."]


def test_a_person_is_found_by_the_code_and_by_nothing_that_names_them(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        person = persons.person(session, cast.amina, cast.mission, identity=persons.OKSANA)
    assert references(instance, cast.amina, person.code) == [person.code]
    for said in ("Vyhadanenko", "Вигаданенко", "Ласточка", "555-01-23", "lastivka"):
        assert references(instance, cast.amina, said) == []


def test_an_exhibit_is_found_by_its_digest_and_the_name_of_its_file(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        exhibit = exhibits.receive(session, instance.vault, cast, name="IMG_2034.txt")
    assert references(instance, cast.amina, exhibit.sha256 or "") == [exhibit.reference]
    assert references(instance, cast.amina, "img_2034") == [exhibit.reference]


def test_a_search_takes_three_queries_whatever_it_finds(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        row = incidents.incident(session, cast)
        allegations.allegation(session, cast, incident=row, rationale="In the cellar")
        missions.mission(session, cast, title="Cellar")
        exhibits.receive(session, instance.vault, cast, title="Cellar")
        interviews.question(session, cast, interviews.told(session, cast), answer="cellar")
    with instance.reading() as session, counted(session) as seen:
        assert len({hit.kind for hit in search(session, "cellar", actor=cast.olena)}) == 5
    assert len([statement for statement in seen if not statement.startswith("BEGIN")]) <= 3


def test_a_record_from_before_the_search_is_indexed_by_the_upgrade(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        interview = interviews.told(session, cast, governance=LAWFUL)
        interviews.question(session, cast, interview, answer="the cellar")
        incidents.incident(session, cast)
    before = [hit.key for hit in found(instance, cast.olena, "cellar")]
    with instance.transaction() as session:
        assert indexing.lacking(session) == 0
        session.execute(text("DELETE FROM search_text"))
        session.execute(text("DELETE FROM search_entry"))
        assert indexing.lacking(session) == 4
    with instance.transaction() as session:
        assert indexing.index_lacking(session) == 4
        assert indexing.lacking(session) == 0
        assert indexing.index_lacking(session) == 0
    assert [hit.key for hit in found(instance, cast.olena, "cellar")] == before


def test_a_record_that_hangs_on_one_without_an_entry_waits_for_the_upgrade(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        interview = interviews.told(session, cast, governance=LAWFUL)
    with instance.transaction() as session:
        session.execute(text("DELETE FROM search_text"))
        session.execute(text("DELETE FROM search_entry"))
    with instance.transaction() as session:
        interviews.question(
            session, cast, session.get_one(type(interview), interview.id), answer="the cellar"
        )
    assert references(instance, cast.olena, "cellar") == []
    with instance.transaction() as session:
        indexing.index_lacking(session)
    assert references(instance, cast.olena, "cellar") == [interview.reference]


def test_what_is_forgotten_leaves_no_trace_in_the_index(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        row = incidents.incident(session, cast, title="Chrysoprase")
        other = incidents.incident(session, cast, title="Malachite")
    assert b"chrysoprase" in stored(instance)
    with instance.transaction() as session:
        indexing.forget(session, row.id)
    assert references(instance, cast.amina, "chrysoprase") == []
    assert references(instance, cast.amina, "malachite") == [other.reference]
    assert b"chrysoprase" not in stored(instance)


def test_what_is_overwritten_leaves_no_trace_in_the_index(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        row = incidents.incident(session, cast, title="Chrysoprase")
    with instance.transaction() as session:
        amend(session, session.get_one(type(row), row.id), {"title": "Malachite"}, actor=cast.amina)
    assert b"chrysoprase" not in stored(instance)
    assert b"malachite" in stored(instance)


def stored(instance: Instance) -> bytes:
    """Return all that the search keeps, as it lies in its tables."""
    with instance.reading() as session:
        rows: list[bytes] = []
        for name in ("search_text_data", "search_text_content", "search_text_idx", "search_entry"):
            for row in session.execute(text(f"SELECT * FROM {name}")):
                rows += [value if isinstance(value, bytes) else str(value).encode() for value in row]
        return b"\n".join(rows)


def test_every_searched_column_stands_in_its_page_and_nothing_else_does():
    said = (Path(tables.__file__).parents[1] / "docs" / "explanation" / "search.md").read_text("utf-8")
    for model in indexing.searched_models():
        searched = indexing.searched_of(model)
        line = next(line for line in said.splitlines() if line.startswith(f"| `{model.__tablename__}` |"))
        named = {word.strip("`,") for word in line.split("|")[2].split()}
        assert named == set(searched.columns), model.__tablename__
    listed = {line.split("`")[1] for line in said.splitlines() if line.startswith("| `")}
    assert listed == {model.__tablename__ for model in indexing.searched_models()}


@pytest.mark.parametrize("column", ["sealed", "contact", "how_to_reach", "received_from", "holder", "threats",
                                    "conditions", "leads", "notes", "address", "risk_note"])  # fmt: skip
def test_no_column_that_may_name_or_reach_a_person_is_searched(column: str):
    assert [
        model for model in indexing.searched_models() if column in indexing.searched_of(model).columns
    ] == []


def test_a_reference_alone_finds_its_record_whatever_its_kind(instance: Instance, cast: Cast, school: str):
    with instance.transaction() as session:
        person = persons.person(session, cast.amina, cast.mission)
    with instance.reading() as session:
        assert isinstance(find_record(session, f" {school.lower()} ", actor=cast.amina), Incident)
        assert find_record(session, person.code, actor=cast.amina).id == person.id
        with pytest.raises(NotFound) as hidden:
            find_record(session, school, actor=cast.outsider)
        with pytest.raises(NotFound) as absent:
            find_record(session, "KYI-N-9999", actor=cast.outsider)
    assert str(hidden.value).replace(school, "X") == str(absent.value).replace("KYI-N-9999", "X")


def test_an_act_that_is_refused_leaves_the_session_usable(session: Session, cast: Cast):
    assert search(session, "nothing", actor=cast.amina) == []
