"""Orders of lists: each row once, nothing in addresses, the same work whatever the number of records."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.orders import BY_TITLE, Order, Start
from evidence_tracker.access.records import Governance, page
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.exhibits.queries import Sieve, list_exhibits
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.incidents.queries import list_incidents
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.factories import incidents
from tests.factories.exhibits import exhibit_of, receive, thing

ORDERS = [
    Order(by, is_rising=is_rising)
    for by in ("recorded_at", BY_TITLE, "received_at", "size_bytes")
    for is_rising in (False, True)
]


@pytest.fixture
def exhibits(instance: Instance, cast: Cast, clock: FrozenClock) -> list[str]:
    """Return the titles of some exhibits, in the order of their recording; two of them are things without bytes."""
    titles = ["крапля", "Zoo", "Ганок", "apple", "Ґанок", "Ängste", "apple"]
    with instance.transaction() as session:
        for number, title in enumerate(titles):
            receive(session, instance.vault, cast, b"x" * (7 * number % 5 + 1) + bytes([number]), title=title)
            clock.at += timedelta(seconds=number % 3)
        for title in ("Brick", "beam"):
            row = exhibit_of(session, thing(session, instance.vault, cast))
            amend_exhibit(session, row, {"title": title}, actor=cast.amina)
    return titles


def through(session: Session, order: Order, actor: Actor, limit: int) -> list[Exhibit]:
    """Return all exhibits, read page after page."""
    found: list[Exhibit] = []
    start = Start(order)
    while rows := list_exhibits(session, actor=actor, after=start, limit=limit):
        found += rows
        start = Start(order, rows[-1].id)
    return found


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_every_record_comes_once_and_in_the_order_asked_whatever_the_size_of_pages(
    instance: Instance, cast: Cast, exhibits: list[str], order: Order
):
    with instance.reading() as session:
        whole = list_exhibits(session, actor=cast.amina, after=Start(order), limit=100)
        assert len({row.id for row in whole}) == len(whole) >= len(exhibits) + 2
        for limit in (1, 2, 3):
            assert through(session, order, cast.amina, limit) == list(whole), limit
        if order.by != BY_TITLE:
            values = [getattr(row, order.by) for row in whole]
            stated = [value for value in values if value is not None]
            assert stated == sorted(stated, reverse=not order.is_rising)


def test_titles_are_ordered_as_people_look_for_them_in_any_alphabet(
    instance: Instance, cast: Cast, exhibits: list[str]
):
    with instance.reading() as session:
        rows = list_exhibits(
            session,
            actor=cast.amina,
            sieve=Sieve(),
            after=Start(Order(BY_TITLE, is_rising=True)),
            limit=100,
        )
    titles = [row.title for row in rows if row.title in {*exhibits, "Brick", "beam"}]
    assert titles[:6] == ["Ängste", "apple", "apple", "beam", "Brick", "Zoo"]
    assert {*titles[6:8]} == {"Ганок", "Ґанок"}
    assert titles[8:] == ["крапля"]


def test_what_says_nothing_is_less_than_all_that_is_said(instance: Instance, cast: Cast, exhibits: list[str]):
    with instance.reading() as session:
        largest = through(session, Order("size_bytes"), cast.amina, 2)
        smallest = through(session, Order("size_bytes", is_rising=True), cast.amina, 2)
    assert [row.size_bytes for row in largest[-2:]] == [None, None]
    assert smallest == largest[::-1]


def test_a_title_that_was_changed_stands_where_it_belongs_now(
    instance: Instance, cast: Cast, exhibits: list[str]
):
    order = Order(BY_TITLE, is_rising=True)
    with instance.transaction() as session:
        last = through(session, order, cast.amina, 50)[-1]
        amend_exhibit(session, last, {"title": "Aa, the very first"}, actor=cast.amina)
    with instance.reading() as session:
        assert through(session, order, cast.amina, 50)[0].id == last.id


def test_the_same_holds_of_every_room_whose_titles_are_searched(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        for title in ("School", "market", "Abattoir"):
            incidents.incident(session, cast, title=title)
    with instance.reading() as session:
        rows: Sequence[Any] = list_incidents(
            session, actor=cast.amina, after=Start(Order(BY_TITLE, is_rising=True))
        )
    assert [row.title for row in rows] == ["Abattoir", "market", "School"]


def test_nothing_is_listed_for_who_may_not_see_it_in_any_order(
    instance: Instance, cast: Cast, exhibits: list[str]
):
    with instance.reading() as session:
        for order in ORDERS:
            assert through(session, order, cast.outsider, 5) == []


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_a_page_begins_after_no_record_that_one_may_not_see(instance: Instance, cast: Cast, order: Order):
    with instance.transaction() as session:
        hidden = receive(
            session, instance.vault, cast, b"hidden", governance=Governance(Level.SEALED, None, None)
        ).id
        incidents.closed_compartment(session, cast)
    with instance.reading() as session:
        for row_id in (hidden, uuid4()):
            with pytest.raises(InvalidInput, match="not here"):
                list_exhibits(session, actor=cast.outsider, after=Start(order, row_id))


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_no_order_sorts_all_there_is_or_goes_through_what_comes_before(
    instance: Instance, cast: Cast, exhibits: list[str], order: Order
):
    with instance.reading() as session:
        middle = through(session, order, cast.amina, 50)[4]
        for start in (Start(order), Start(order, middle.id)):
            plans = _plans(session, lambda start=start: list_exhibits(session, actor=cast.amina, after=start))
            assert plans
            for plan in plans:
                assert "USE TEMP B-TREE" not in plan, plan
                assert "SCAN exhibit\n" not in plan, plan
            if start.after is not None:
                # The stretch of the index begins at the row before: it is searched, and not gone through.
                column = "title" if order.by == BY_TITLE else order.by
                seeks = (f"{column}>?", f"{column}<?", f"{column}=?")
                assert any(seek in plan for plan in plans for seek in seeks), plans


def _plans(session: Session, ask: Any) -> list[str]:
    """Return how the database would answer each question for a page of exhibits."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "ORDER BY" in statement:
            asked.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return [
        "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
        + "\n"
        for statement, parameters in asked
    ]


def test_without_an_order_a_page_is_what_it_was(instance: Instance, cast: Cast, exhibits: list[str]):
    with instance.reading() as session:
        newest = through(session, Order(), cast.amina, 3)
        first = list_exhibits(session, actor=cast.amina, limit=4)
        key = (first[-1].recorded_at, first[-1].id)
        assert [*first, *list_exhibits(session, actor=cast.amina, after=key)] == newest


def test_an_order_that_is_no_column_is_a_fault_of_the_program(session: Session, cast: Cast):
    with pytest.raises(AttributeError):
        page(session, select(Incident), Incident, actor=cast.amina, after=Start(Order("no_such_column")))
