"""Reimbursements are logged; promises and payments for an account do not exist."""

import pytest

from evidence_tracker.casework.interviews.expenses import record_expense
from evidence_tracker.casework.interviews.queries import expenses
from evidence_tracker.errors import GateClosed, InvalidInput, NotPermitted
from tests.factories import exhibits
from tests.factories.interviews import planned

BUS = {
    "kind": "travel",
    "what": "Bus from Stara Vyhadana and back",
    "amount_minor": 18_000,
    "currency": "uah",
    "paid": "2026-03-02",
    "no_receipt_reason": "no tickets on this line",
}


def test_a_cost_that_arose_is_recorded_with_receipt_or_reason(session, cast, instance):
    interview = planned(session, cast)
    row = record_expense(session, interview, BUS, actor=cast.amina)
    assert (row.amount_minor, row.currency) == (18_000, "UAH")
    ticket = exhibits.receive(session, instance.vault, cast, b"ticket")
    with_ticket = record_expense(
        session, interview, {**BUS, "no_receipt_reason": None}, receipt=ticket, actor=cast.amina
    )
    assert with_ticket.receipt_id == ticket.id
    assert set(expenses(session, interview, actor=cast.amina)) == {row, with_ticket}
    assert expenses(session, interview, actor=cast.outsider) == []
    with pytest.raises(InvalidInput, match="a receipt, or the reason"):
        record_expense(session, interview, BUS, receipt=ticket, actor=cast.amina)


@pytest.mark.parametrize(
    "what",
    [
        "Reward for the account",
        "promised sum",
        "Fee",
        "paid for his testimony",
        "Винагорода за розповідь",
        "за свідчення",
        "обіцяні кошти",
        "вознаграждение",
        "за показания",
    ],
)
def test_a_payment_for_an_account_has_no_word_here(session, cast, what):
    with pytest.raises(GateClosed, match="nothing is paid or promised") as closed_gate:
        record_expense(session, planned(session, cast), {**BUS, "what": what}, actor=cast.amina)
    assert "nobody can lift this" in closed_gate.value.advice


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"kind": "payment"}, "not a known kind"),
        ({"kind": "promise"}, "not a known kind"),
        ({"paid": "2026-04"}, "has not come yet"),
        ({"amount_minor": 0}, "of nothing"),
        ({"amount_minor": -5}, "0 or more"),
        ({"amount_minor": 1.5}, "whole number"),
        ({"currency": "hryvnia"}, "no currency"),
        ({"no_receipt_reason": None}, "a receipt, or the reason"),
        ({"what": ""}, "what is missing"),
        ({"promised": 100}, "nothing here called promised"),
    ],
)
def test_it_refuses_what_is_no_reimbursement(session, cast, facts, fault):
    with pytest.raises(InvalidInput, match=fault):
        record_expense(session, planned(session, cast), {**BUS, **facts}, actor=cast.amina)


def test_an_expense_needs_its_facts_and_an_actor_with_the_right(session, cast):
    interview = planned(session, cast)
    with pytest.raises(InvalidInput, match="kind, what, amount minor, currency, paid"):
        record_expense(session, interview, {}, actor=cast.amina)
    with pytest.raises(NotPermitted):
        record_expense(session, interview, BUS, actor=cast.outsider)
