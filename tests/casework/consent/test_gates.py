"""The gates: each rule as a scene, and all of them against the same thing done by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_tracker.casework.consent.gates import (
    Decision,
    Reason,
    Recipient,
    fold,
    has_expired,
    level_to_renew,
)
from evidence_tracker.casework.consent.models import ConsentKind, IdentityLevel, Use
from tests.casework.consent.by_the_words import level_by_hand
from tests.casework.consent.said import (
    CELLS,
    HERE,
    ITEMS,
    LETTER,
    NOW,
    OTP,
    PHOTO,
    PROSECUTOR,
    RECIPIENTS,
    START,
    THERE,
    USES,
    Word,
    ask,
)

FULL, CODE, PSEUDONYM, ANONYMOUS, NONE = IdentityLevel
COURT, PUBLIC = Use.COURT, Use.PUBLIC_REPORT
GIVEN, REFUSED, WITHDRAWN, LIMITED, RENEWED = ConsentKind
AT_HERE = Recipient(PROSECUTOR, HERE)
AT_THERE = Recipient(PROSECUTOR, THERE)
AT_CLASS = Recipient(PROSECUTOR)


def said(*words: dict[str, Any]) -> list[Word]:
    """Return events in the order they were said."""
    return [Word(number=number, **word) for number, word in enumerate(words, start=1)]


def yes(recipient_class=PROSECUTOR, use=COURT, level=FULL, **more):
    return {"kind": GIVEN, "recipient_class": recipient_class, "use": use, "identity_level": level, **more}


def to_here(**more):
    return yes(**{"party_id": HERE, **more})


def no(kind=WITHDRAWN, **more):
    return {"kind": kind, **more}


def at_most(level, **more):
    return {**yes(level=level, **more), "kind": LIMITED}


# -- one rule after the other


@pytest.mark.parametrize("recipient", RECIPIENTS)
@pytest.mark.parametrize("use", Use)
def test_nothing_is_allowed_to_whoever_was_never_asked(recipient, use):
    assert ask([], recipient, use) == Decision(False, NONE, Reason.NEVER_ASKED)


def test_a_permission_allows_its_own_cell_and_no_other():
    words = said(yes())
    allowed = [cell for cell in CELLS if ask(words, *cell).allowed]
    assert allowed == [
        (recipient, COURT, item)
        for recipient in RECIPIENTS
        if recipient.recipient_class is PROSECUTOR
        for item in ITEMS
    ]
    assert ask(words, Recipient(OTP)).reason is Reason.NOT_COVERED


def test_a_permission_for_a_named_party_says_nothing_of_its_class():
    words = said(to_here())
    assert ask(words, AT_HERE).allowed
    assert not ask(words, AT_THERE).allowed
    assert not ask(words, AT_CLASS).allowed


def test_a_permission_for_items_covers_only_those_items():
    words = said(yes(items=[str(LETTER)]))
    assert ask(words, AT_HERE, item=LETTER).allowed
    assert not ask(words, AT_HERE, item=PHOTO).allowed
    assert not ask(words, AT_HERE, item=None).allowed


def test_the_decision_names_the_level_and_the_events_it_rests_on():
    words = said(yes(level=ANONYMOUS), yes(use=PUBLIC), yes(level=CODE, conditions="not before the trial"))
    assert ask(words, AT_HERE) == Decision(
        True, CODE, Reason.ALLOWED, (words[2].id,), ("not before the trial",)
    )


def test_a_refusal_alone_is_told_from_never_having_been_asked():
    decision = ask(said(no(REFUSED)), AT_HERE)
    assert (decision.allowed, decision.reason) == (False, Reason.REFUSED)
    assert ask(said(no(REFUSED), no(use=COURT)), AT_HERE).reason is Reason.WITHDRAWN
    assert ask(said(no(use=COURT), no(REFUSED)), AT_HERE).reason is Reason.REFUSED


def test_a_later_broad_withdrawal_overrides_every_narrower_permission():
    words = said(to_here(items=[str(LETTER)]), yes(), no())
    assert not any(ask(words, *cell).allowed for cell in CELLS)
    assert ask(words, AT_HERE, item=LETTER).reason is Reason.WITHDRAWN


def test_a_narrow_permission_after_a_broad_refusal_revives_only_its_cell():
    words = said(yes(), yes(use=PUBLIC), no(), to_here(level=PSEUDONYM))
    revived = [cell for cell in CELLS if ask(words, *cell).allowed]
    assert revived == [(AT_HERE, COURT, item) for item in ITEMS]
    assert ask(words, AT_HERE).identity_level is PSEUDONYM


@pytest.mark.parametrize("order", [0, 1])
def test_a_named_refusal_holds_against_the_class_whichever_came_first(order):
    refusal = no(REFUSED, recipient_class=PROSECUTOR, party_id=HERE)
    words = said(*([refusal, yes()] if order else [yes(), refusal]))
    assert ask(words, AT_HERE).reason is Reason.REFUSED
    assert ask(words, AT_THERE).allowed


def test_a_named_permission_lifts_a_named_refusal():
    words = said(no(REFUSED, recipient_class=PROSECUTOR, party_id=HERE), to_here())
    assert ask(words, AT_HERE).allowed


def test_a_refused_item_stays_refused_under_a_permission_for_everything():
    words = said(no(REFUSED, items=[str(PHOTO)]), yes())
    assert ask(words, AT_HERE, item=LETTER).allowed
    assert not ask(words, AT_HERE, item=PHOTO).allowed
    again = [*words, *said(*[yes()] * 2, yes(items=[str(PHOTO)]))[2:]]
    assert ask([replace(word, number=at) for at, word in enumerate(again)], AT_HERE, item=PHOTO).allowed


def test_a_refused_use_is_lifted_only_by_naming_the_use():
    refusal = no(REFUSED, use=PUBLIC)
    assert ask(said(refusal, yes(use=PUBLIC)), AT_HERE, PUBLIC).allowed
    assert not ask(said(yes(use=PUBLIC), refusal), AT_HERE, PUBLIC).allowed
    assert ask(said(yes(), refusal), AT_HERE, COURT).allowed


def test_a_limit_lowers_the_level_and_never_raises_it():
    assert ask(said(yes(), at_most(PSEUDONYM)), AT_HERE).identity_level is PSEUDONYM
    assert ask(said(yes(), at_most(PSEUDONYM)), AT_HERE).reason is Reason.LIMITED
    same = ask(said(yes(level=PSEUDONYM), at_most(FULL)), AT_HERE)
    assert (same.identity_level, same.reason) == (PSEUDONYM, Reason.ALLOWED)


def test_a_limit_alone_allows_nothing():
    assert ask(said(at_most(ANONYMOUS)), AT_HERE).reason is Reason.NOT_COVERED


def test_a_broad_limit_reaches_named_permissions_and_a_named_limit_stays_for_the_named():
    assert ask(said(to_here(), at_most(CODE)), AT_HERE).identity_level is CODE
    words = said(at_most(CODE, party_id=HERE), yes())
    assert ask(words, AT_HERE).identity_level is CODE
    assert ask(words, AT_THERE).identity_level is FULL


def test_a_new_permission_as_narrow_as_the_limit_lifts_it():
    assert ask(said(yes(), at_most(CODE), yes()), AT_HERE).identity_level is FULL
    assert ask(said(yes(), at_most(CODE), to_here()), AT_THERE).identity_level is CODE
    words = said(yes(), at_most(CODE), yes())
    assert ask(words, AT_HERE).events == (words[2].id,)


def test_a_limit_to_nothing_closes():
    decision = ask(said(yes(), at_most(NONE)), AT_HERE)
    assert (decision.allowed, decision.identity_level, decision.reason) == (False, NONE, Reason.LIMITED)


def test_the_narrowest_permission_decides_even_when_it_is_older_and_lower():
    words = said(to_here(level=PSEUDONYM), yes(level=FULL))
    assert ask(words, AT_HERE).identity_level is PSEUDONYM
    assert ask(words, AT_THERE).identity_level is FULL


def test_where_no_permission_is_the_narrowest_the_lowest_level_counts():
    words = said(to_here(level=FULL), yes(level=ANONYMOUS, items=[str(LETTER)]))
    decision = ask(words, AT_HERE, item=LETTER)
    assert decision.identity_level is ANONYMOUS
    assert decision.events == (words[0].id, words[1].id)
    assert ask(words, AT_HERE, item=PHOTO).identity_level is FULL


def test_a_day_ends_when_it_has_ended_everywhere_on_earth():
    last = date(2026, 5, 31)
    baker_island = timezone(timedelta(hours=-12))
    assert not has_expired(last, datetime(2026, 5, 31, 23, 59, 59, 999999, tzinfo=baker_island))
    assert has_expired(last, datetime(2026, 6, 1, tzinfo=baker_island))
    assert not has_expired(None, datetime.max.replace(tzinfo=baker_island))
    assert not has_expired(date.max, NOW)


def test_an_expired_permission_closes_and_uncovers_nothing_broader():
    ends = date(2026, 4, 1)
    before, after = (
        datetime(2026, 4, 2, 11, 59, tzinfo=NOW.tzinfo),
        datetime(2026, 4, 2, 12, 0, tzinfo=NOW.tzinfo),
    )
    words = said(yes(), to_here(level=PSEUDONYM, expires_on=ends))
    assert ask(words, AT_HERE, at=before).identity_level is PSEUDONYM
    assert ask(words, AT_HERE, at=after) == Decision(False, NONE, Reason.EXPIRED, (words[1].id,))
    assert ask(words, AT_THERE, at=after).allowed


def test_a_renewal_lasts_where_what_it_renews_has_ended():
    words = said(yes(expires_on=date(2026, 4, 1)), {**yes(expires_on=date(2027, 4, 1)), "kind": RENEWED})
    assert ask(words, AT_HERE).events == (words[1].id,)


def test_expiry_is_left_aside_only_to_see_what_could_be_renewed():
    words = said(yes(level=CODE, expires_on=date(2026, 4, 1)), at_most(PSEUDONYM))
    assert not ask(words, AT_HERE).allowed
    assert level_to_renew(words, recipient=AT_HERE, use=COURT, item_id=None, at=NOW) is PSEUDONYM
    withdrawn = [*words, Word(3, WITHDRAWN)]
    assert level_to_renew(withdrawn, recipient=AT_HERE, use=COURT, item_id=None, at=NOW) is None


def test_a_permission_dated_in_the_future_is_not_live_before():
    begins = NOW + timedelta(days=10)
    words = said(yes(obtained_earliest_at=begins, obtained_latest_at=begins))
    assert ask(words, AT_HERE).reason is Reason.NOT_YET
    assert ask(words, AT_HERE, at=begins).allowed
    assert ask(said(yes()), AT_HERE, at=START).reason is Reason.NOT_YET
    assert ask(said(yes()), AT_HERE, at=said(yes())[0].recorded_at).allowed


def test_a_withdrawal_dated_in_the_future_holds_at_once():
    later = NOW + timedelta(days=10)
    words = said(yes(), no(obtained_earliest_at=later, obtained_latest_at=later))
    assert not ask(words, AT_HERE).allowed
    assert not ask(words, AT_HERE, at=START + timedelta(minutes=1)).allowed


def test_an_old_paper_recorded_late_does_not_lift_a_newer_withdrawal():
    old, new = START - timedelta(days=30), START - timedelta(days=10)
    withdrawal = no(obtained_earliest_at=new, obtained_latest_at=new + timedelta(days=1))
    paper = yes(obtained_earliest_at=old, obtained_latest_at=old + timedelta(days=1))
    same_week = yes(obtained_earliest_at=old, obtained_latest_at=new)
    assert ask(said(withdrawal, paper), AT_HERE).reason is Reason.WITHDRAWN
    assert ask(said(withdrawal, same_week), AT_HERE).allowed


def test_an_old_paper_recorded_late_does_not_raise_a_newer_level():
    old = START - timedelta(days=30)
    words = said(yes(level=PSEUDONYM), yes(level=FULL, obtained_earliest_at=old, obtained_latest_at=old))
    assert ask(words, AT_HERE).identity_level is PSEUDONYM


def test_a_named_permission_ends_when_the_party_becomes_something_else():
    words = said(to_here(), no(recipient_class=PROSECUTOR, party_id=THERE))
    assert not ask(words, Recipient(OTP, HERE)).allowed
    assert ask(
        [*words, Word(3, GIVEN, OTP, use=COURT, identity_level=FULL)], Recipient(OTP, THERE)
    ).reason is (Reason.WITHDRAWN)


def test_events_of_two_persons_are_never_mixed():
    stranger = replace(said(yes())[0], person_id=UUID(int=2), number=2)
    with pytest.raises(ValueError, match="one person at a time"):
        ask([*said(no()), stranger], AT_HERE)
    with pytest.raises(ValueError, match="one person at a time"):
        fold([*said(no()), stranger], NOW)


def test_the_matrix_shows_every_recipient_use_and_item_that_was_named():
    words = said(yes(), to_here(use=PUBLIC, items=[str(PHOTO)]), no(use=Use.RESEARCH), yes(OTP, level=CODE))
    matrix = fold(words, NOW)
    assert matrix.recipients == [Recipient(OTP), AT_CLASS, AT_HERE]
    assert matrix.uses == [COURT, PUBLIC, Use.RESEARCH]
    assert matrix.items == [PHOTO]
    shown = {(recipient, use, item): decision for recipient, use, item, decision in matrix.cells()}
    assert len(shown) == 3 * 3 * 2
    assert shown[Recipient(OTP), COURT, None].identity_level is CODE
    assert shown[AT_HERE, PUBLIC, PHOTO].allowed
    assert not shown[AT_HERE, PUBLIC, None].allowed
    assert shown[AT_CLASS, Use.RESEARCH, None].reason is Reason.WITHDRAWN


def test_a_refused_item_stays_refused_to_a_party_named_for_everything():
    refusal = no(REFUSED, items=[str(LETTER)])
    words = said(refusal, to_here(), yes(items=[str(LETTER)]))
    assert ask(words, AT_HERE, item=LETTER).reason is Reason.REFUSED
    assert ask(words, AT_THERE, item=LETTER).allowed
    assert ask([*words, Word(4, **to_here(items=[str(LETTER)]))], AT_HERE, item=LETTER).allowed


def test_after_a_withdrawal_a_permission_for_the_class_reaches_a_party_named_before():
    words = said(to_here(level=PSEUDONYM), no(), yes(level=FULL))
    assert ask(words, AT_HERE).identity_level is FULL


# -- the whole against the same done by hand


def outcome(words, cell, at=NOW):
    recipient, use, item = cell
    decision = ask(words, recipient, use, item, at)
    assert decision.allowed is (decision.identity_level is not NONE)
    assert set(decision.events) <= {word.id for word in words}
    return decision.identity_level if decision.allowed else None


def by_hand(words, cell, at=NOW):
    recipient, use, item = cell
    return level_by_hand(words, recipient, use, item, at)


ALPHABET = [
    yes(level=FULL),
    yes(level=PSEUDONYM),
    to_here(level=CODE),
    to_here(level=FULL, items=[str(LETTER)]),
    yes(level=ANONYMOUS, items=[str(LETTER)]),
    to_here(level=FULL, expires_on=date(2026, 4, 1)),
    at_most(PSEUDONYM),
    at_most(ANONYMOUS, party_id=HERE),
    at_most(CODE, items=[str(LETTER)]),
    no(),
    no(REFUSED, use=COURT),
    no(REFUSED, recipient_class=PROSECUTOR),
    no(recipient_class=PROSECUTOR, party_id=HERE, use=COURT),
    no(REFUSED, items=[str(LETTER)]),
    no(recipient_class=PROSECUTOR, use=COURT, items=[str(LETTER)]),
]


@pytest.mark.parametrize("length", [1, 2, 3])
def test_every_short_history_is_decided_as_by_hand(length):
    cells = [
        (recipient, COURT, item) for recipient in (AT_CLASS, AT_HERE, AT_THERE) for item in (None, LETTER)
    ]
    for history in product(ALPHABET, repeat=length):
        words = said(*history)
        for cell in cells:
            assert outcome(words, cell) is by_hand(words, cell), (history, cell)


levels = st.sampled_from([FULL, CODE, PSEUDONYM, ANONYMOUS])
places = st.sampled_from(
    [(PROSECUTOR, None), (PROSECUTOR, HERE), (PROSECUTOR, THERE), (OTP, None), (OTP, HERE)]
)
item_lists = st.sampled_from([[], [], [str(LETTER)], [str(PHOTO)], [str(LETTER), str(PHOTO)]])
days = st.integers(0, 140)


@st.composite
def histories(draw, most=9):
    words = []
    for number in range(1, draw(st.integers(0, most)) + 1):
        kind = draw(st.sampled_from(ConsentKind))
        recipient_class, party_id = draw(places)
        use = draw(st.sampled_from(USES))
        if kind.is_denial:
            recipient_class, party_id = draw(st.sampled_from([(recipient_class, party_id), (None, None)]))
            use = draw(st.sampled_from([use, None]))
        first = START + timedelta(days=draw(days))
        expires = (
            START.date() + timedelta(days=draw(days)) if kind.is_permission and draw(st.booleans()) else None
        )
        words.append(
            Word(
                number,
                kind,
                recipient_class,
                party_id,
                use,
                None if kind.is_denial else draw(levels),
                draw(item_lists),
                expires,
                obtained_earliest_at=first,
                obtained_latest_at=first + timedelta(days=draw(st.integers(0, 30))),
            )
        )
    return words


cells = st.sampled_from(CELLS)
moments = days.map(lambda day: START + timedelta(days=day, hours=5))


@settings(max_examples=500, deadline=None)
@given(histories(), cells, moments)
def test_any_history_is_decided_as_by_hand(words, cell, at):
    assert outcome(words, cell, at) is by_hand(words, cell, at)


@settings(max_examples=150, deadline=None)
@given(histories(), cells, moments, st.randoms())
def test_the_order_in_which_events_are_read_does_not_matter(words, cell, at, random):
    shuffled = random.sample(words, len(words))
    assert fold(shuffled, at).decide(*cell) == fold(words, at).decide(*cell)


def rank(level):
    return 0 if level is None else level.rank


@settings(max_examples=150, deadline=None)
@given(histories(), histories(most=1), moments)
def test_a_withdrawal_a_refusal_or_a_limit_never_allows_more(words, more, at):
    restrictions = [word for word in more if not word.kind.is_permission]
    added = [*words, *(replace(word, number=len(words) + 1) for word in restrictions)]
    for cell in CELLS:
        assert rank(outcome(added, cell, at)) <= rank(outcome(words, cell, at))


@settings(max_examples=100, deadline=None)
@given(histories(), moments)
def test_a_total_withdrawal_closes_every_cell(words, at):
    closed = [*words, Word(len(words) + 1, WITHDRAWN)]
    assert not any(outcome(closed, cell, at) for cell in CELLS)


@settings(max_examples=100, deadline=None)
@given(histories(), histories(), moments)
def test_whatever_was_said_before_a_total_withdrawal_allows_nothing_after_it(before, after, at):
    fresh = [replace(word, number=word.number + 100) for word in after]
    forgotten = [*before, Word(50, WITHDRAWN), *fresh]
    for cell in CELLS:
        assert rank(outcome(forgotten, cell, at)) <= rank(outcome(fresh, cell, at))


@settings(max_examples=100, deadline=None)
@given(histories(), histories(most=1), moments)
def test_a_permission_touches_no_cell_that_it_does_not_name(words, more, at):
    for word in more:
        if not word.kind.is_permission:
            continue
        added = [*words, replace(word, number=len(words) + 1)]
        for recipient, use, item in CELLS:
            names_it = (
                word.recipient_class is recipient.recipient_class
                and word.party_id in {None, recipient.party_id}
                and word.use is use
                and (not word.items or str(item) in word.items)
            )
            if not names_it:
                assert (
                    ask(added, recipient, use, item, at) == ask(words, recipient, use, item, at) or not words
                )


@settings(max_examples=100, deadline=None)
@given(histories(), cells, st.integers(141, 200), st.integers(0, 60))
def test_time_alone_takes_consent_away_and_never_brings_it(words, cell, day, later):
    at = START + timedelta(days=day)  # everything has begun by then
    assert rank(outcome(words, cell, at + timedelta(days=later))) <= rank(outcome(words, cell, at))
