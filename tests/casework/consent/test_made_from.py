"""What was said of a thing was said of what is made from it; what names the copy is the narrower."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from evidence_tracker.casework.consent.models import ConsentKind, IdentityLevel
from tests.casework.consent.by_the_words import level_by_hand
from tests.casework.consent.said import CELLS, LETTER, PHOTO, ask
from tests.casework.consent.test_gates import (
    AT_CLASS,
    COURT,
    FULL,
    PSEUDONYM,
    at_most,
    histories,
    moments,
    no,
    rank,
    said,
    yes,
)

COPY, ORIGINAL = PHOTO, LETTER  # as if the photograph were one of the letter
OF_COPY, OF_ORIGINAL = [str(COPY)], [str(ORIGINAL)]


def of_copy(*words: Any) -> IdentityLevel | None:
    """Return the level at which the copy may go."""
    decision = ask(said(*words), AT_CLASS, COURT, COPY, made_from=(ORIGINAL,))
    return decision.identity_level if decision.allowed else None


def test_a_permission_for_the_original_covers_its_copy():
    assert of_copy(yes(items=OF_ORIGINAL)) is FULL


def test_a_refusal_of_the_original_covers_its_copy():
    assert of_copy(yes(), no(items=OF_ORIGINAL)) is None


def test_a_refusal_of_the_copy_counts():
    assert of_copy(yes(), no(items=OF_COPY)) is None
    assert of_copy(yes(items=OF_ORIGINAL), no(items=OF_COPY)) is None


def test_a_limit_of_the_copy_counts():
    assert of_copy(yes(items=OF_ORIGINAL), at_most(PSEUDONYM, items=OF_COPY)) is PSEUDONYM


def test_a_permission_for_the_copy_alone_is_one():
    assert of_copy(no(items=OF_ORIGINAL), yes(level=PSEUDONYM, items=OF_COPY)) is PSEUDONYM


@pytest.mark.parametrize("turned", [False, True])
def test_what_names_the_copy_decides_over_what_names_the_original(turned):
    words = [yes(level=PSEUDONYM, items=OF_COPY), yes(items=OF_ORIGINAL)]
    assert of_copy(*(reversed(words) if turned else words)) is PSEUDONYM


def test_a_refusal_of_the_copy_holds_against_a_later_permission_for_the_original():
    assert of_copy(no(items=OF_COPY), yes(items=OF_ORIGINAL)) is None


def test_the_copy_says_nothing_of_the_original():
    words = said(yes(items=OF_COPY))
    assert not ask(words, AT_CLASS, COURT, ORIGINAL).allowed


@settings(max_examples=300, deadline=None)
@given(histories(), moments)
def test_any_history_is_decided_as_by_hand(words, at):
    for recipient, use, item in CELLS:
        if item is not COPY:
            continue
        decision = ask(words, recipient, use, item, at, made_from=(ORIGINAL,))
        level = decision.identity_level if decision.allowed else None
        assert level is level_by_hand(words, recipient, use, item, at, (ORIGINAL,))


@settings(max_examples=150, deadline=None)
@given(histories(), histories(most=1), moments)
def test_a_denial_or_a_limit_never_allows_more(words, more, at):
    added = [
        *words,
        *(replace(word, number=len(words) + 1) for word in more if word.kind is not ConsentKind.GIVEN),
    ]
    if any(word.kind.is_permission for word in added[len(words) :]):
        return
    for recipient, use, item in CELLS:
        before = ask(words, recipient, use, item, at, made_from=(ORIGINAL,))
        after = ask(added, recipient, use, item, at, made_from=(ORIGINAL,))
        assert rank(after.identity_level) <= rank(before.identity_level)
