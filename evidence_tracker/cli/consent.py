"""Consent: what a person says, and what all of it amounts to."""

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from evidence_tracker.access.stated import moment
from evidence_tracker.casework.consent import queries, statements
from evidence_tracker.casework.consent.gates import Decision, Matrix, Recipient
from evidence_tracker.casework.consent.models import ConsentEvent
from evidence_tracker.casework.consent.packages import find_package, packages
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.queries import codes_of, find_person
from evidence_tracker.casework.persons.stating import day
from evidence_tracker.cli.consent_input import (
    broad_cells,
    by_whom,
    cells,
    circumstances,
    facts,
    found_of,
    items,
    permission,
    read_cells,
    read_items,
    said,
)
from evidence_tracker.cli.door import Door, group, pass_door
from evidence_tracker.cli.stating import highest, view
from evidence_tracker.errors import InvalidInput
from evidence_tracker.jobs.withdrawals import JOBS
from evidence_tracker.jobs.worker import run_owed

consent = group("consent", "Consent: who allowed what, to whom, for which use, how named.")

_PAST = {
    "given": "gave consent to",
    "refused": "refused",
    "limited": "limited",
    "renewed": "renewed consent to",
    "withdrawn": "withdrew",
}


@consent.command("give")
@click.argument("code")
@click.option("--package", help="Key of a package (see 'consent packages').")
@cells
@items
@circumstances
@permission
@facts
@pass_door
def give(door: Door, /, code: str, package: str | None, **given: Any) -> None:
    """Record what a person allows: a package, or cell by cell."""
    stated = said(door, given)
    if bool(package) == bool(given["cells"]):
        raise InvalidInput("Name a package or cells.", advice="See 'consent packages', or use --cell.")
    with door.acting() as (session, actor):
        person = find_person(session, code, actor=actor)
        only = read_items(session, given["items"], actor=actor)
        what = find_package(package) if package else _narrow(session, given, actor)
        made = statements.give(
            session,
            person,
            what,
            facts=by_whom(stated, actor),
            items=only if package else (),
            actor=actor,
            **found_of(session, given, actor=actor, with_guardian=True),
        )
    _say(door, person.code, made)


@consent.command("refuse")
@click.argument("code")
@broad_cells
@items
@circumstances
@facts
@pass_door
def refuse(door: Door, /, code: str, **given: Any) -> None:
    """Record what a person does not allow; without cells, everything."""
    _restrict(door, code, given, statements.refuse)


@consent.command("withdraw")
@click.argument("code")
@broad_cells
@items
@circumstances
@click.option("--reason", help="Why, if the person wants to say it; nobody has to.")
@facts
@pass_door
def withdraw(door: Door, /, code: str, **given: Any) -> None:
    """Record what a person takes back; without cells, everything. Those who received something are told."""
    _restrict(door, code, given, statements.withdraw)


@consent.command("limit")
@click.argument("code")
@cells
@items
@circumstances
@facts
@pass_door
def limit(door: Door, /, code: str, **given: Any) -> None:
    """Record that a person may be named less than they allowed."""
    stated = said(door, given)
    with door.acting() as (session, actor):
        person = find_person(session, code, actor=actor)
        made = statements.limit(
            session,
            person,
            _narrow(session, given, actor),
            facts=by_whom(stated, actor),
            actor=actor,
            **found_of(session, given, actor=actor, with_guardian=False),
        )
    _say(door, person.code, made)


@consent.command("renew")
@click.argument("code")
@cells
@items
@circumstances
@permission
@facts
@pass_door
def renew(door: Door, /, code: str, **given: Any) -> None:
    """Record that a person confirms what they allowed; without cells, all that stands or expired."""
    stated = said(door, given)
    with door.acting() as (session, actor):
        person = find_person(session, code, actor=actor)
        made = statements.renew(
            session,
            person,
            _narrow(session, given, actor),
            facts=by_whom(stated, actor),
            actor=actor,
            **found_of(session, given, actor=actor, with_guardian=True),
        )
    _say(door, person.code, made)


@consent.command("show")
@click.argument("code")
@click.option("--as-known", help="As it was known at the end of this day or moment.")
@pass_door
def show(door: Door, code: str, as_known: str | None) -> None:
    """Show who may do what with what this person gave, and how the person may be named."""
    with door.reading() as (session, actor):
        person = find_person(session, code, actor=actor)
        if as_known is None:
            found = queries.matrix(session, person, actor=actor)
        else:
            at = moment(as_known, "day").bounds()[1]
            found = queries.matrix_as_known(session, person, at=at, actor=actor)
        rows = _matrix(session, found)
    door.note_reading(f"consent of {person.code}", person.level)
    columns = ["recipient", "use", "item", "allowed", "identity_level", "reason"]
    door.table(rows if door.is_json else _merged(rows), columns, empty=_nothing(found, person.code))


@consent.command("history")
@click.argument("code")
@pass_door
def history(door: Door, code: str) -> None:
    """List everything a person said, in order."""
    with door.reading() as (session, actor):
        person = find_person(session, code, actor=actor)
        found = queries.history(session, person, actor=actor)
        rows = [view(event, obtained=str(event.obtained)) for event in found]
    door.note_reading(f"consent of {person.code}", highest([person, *found]))
    columns = [
        "number",
        "kind",
        "recipient_class",
        "use",
        "identity_level",
        "scope",
        "obtained",
        "expires_on",
        "package",
    ]
    door.table(rows, columns, empty=f"{person.code} was never asked.")


@consent.command("expiring")
@click.option("--until", required=True, help="Last day to look at.")
@pass_door
def expiring(door: Door, until: str) -> None:
    """List permissions that will have ended by a day, the soonest first."""
    with door.reading() as (session, actor):
        found = queries.expiring(session, until=day(until, "day"), actor=actor, limit=1000)
        codes = codes_of(session, {event.person_id for event in found}, actor=actor)
        rows = [view(event, code=codes.get(event.person_id)) for event in found]
    door.note_reading("expiring consent", highest(found))
    door.table(
        rows,
        ["expires_on", "code", "recipient_class", "use", "identity_level"],
        empty="Nothing ends until then.",
    )


@consent.command("packages")
@click.argument("key", required=False)
@click.option("--language", default="en", show_default=True, help="Language of the words for the person.")
@pass_door
def list_packages(door: Door, key: str | None, language: str) -> None:
    """List the packages, or show the words and the cells of one."""
    if key is None:
        rows = [
            {"key": one.key, "version": one.version, "title": one.title, "languages": sorted(one.texts)}
            for one in packages()
        ]
        door.table(rows, ["key", "version", "title", "languages"])
        return
    chosen = find_package(key)
    if language not in chosen.texts:
        raise InvalidInput(
            f"There are no words in {language!r}.", advice=f"There are: {', '.join(sorted(chosen.texts))}."
        )
    cells_of = [
        f"{cell.recipient_class.value}:{cell.use.value}:{cell.identity_level.value}" for cell in chosen.cells
    ]
    door.show(
        {
            "key": key,
            "version": chosen.version,
            "title": chosen.title,
            "text": chosen.texts[language],
            "cells": cells_of,
        }
    )


def _narrow(session: Session, given: dict[str, Any], actor: Any) -> list[statements.Cell]:
    return read_cells(session, given["cells"], given["items"], actor=actor, is_broad=False)


def _restrict(door: Door, code: str, given: dict[str, Any], act: Callable[..., list[ConsentEvent]]) -> None:
    stated = said(door, given)
    with door.acting() as (session, actor):
        person = find_person(session, code, actor=actor)
        named = read_cells(session, given["cells"], given["items"], actor=actor, is_broad=True)
        if not named:
            named = [statements.Cell(items=read_items(session, given["items"], actor=actor))]
        found = found_of(session, given, actor=actor, with_guardian=False)
        made = act(session, person, named, facts=by_whom(stated, actor), actor=actor, **found)
    run_owed(door.instance, JOBS)
    _say(door, person.code, made)


def _say(door: Door, code: str, made: list[ConsentEvent]) -> None:
    kind = made[0].kind.value
    answer = {
        "code": code,
        "kind": kind,
        "group_id": str(made[0].group_id),
        "events": [view(event) for event in made],
    }
    whole = (
        made[0].kind.is_denial
        and made[0].use is None
        and made[0].recipient_class is None
        and not made[0].items
    )
    what = "everything" if whole else f"{len(made)} use(s)"
    door.say(answer, f"{code} {_PAST[kind]} {what}.")


def _matrix(session: Session, found: Matrix) -> list[dict[str, Any]]:
    references = _references(session, found)
    return [
        _row(recipient, use.value, item_id, decision, references)
        for recipient, use, item_id, decision in found.cells()
    ]


def _references(session: Session, found: Matrix) -> dict[Any, str]:
    parties = {recipient.party_id for recipient in found.recipients} - {None}
    return {party_id: session.get_one(Party, party_id).reference for party_id in parties}


def _row(
    recipient: Recipient, use: str, item_id: Any, decision: Decision, references: dict[Any, str]
) -> dict[str, Any]:
    name = recipient.recipient_class.value
    if recipient.party_id is not None:
        name = f"{references[recipient.party_id]} ({name})"
    return {
        "recipient": name,
        "use": use,
        "item": None if item_id is None else str(item_id),
        "allowed": decision.allowed,
        "identity_level": decision.identity_level.value,
        "reason": decision.reason.value,
        "conditions": list(decision.conditions),
        "events": [str(event_id) for event_id in decision.events],
    }


def _merged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows for reading: the uses that are decided alike stand together."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("recipient", "item", "allowed", "identity_level", "reason"))
        if key in merged:
            merged[key]["use"].append(row["use"])
        else:
            merged[key] = {**row, "use": [row["use"]]}
    return list(merged.values())


def _nothing(found: Matrix, code: str) -> str:
    return f"{code} allows nothing to anybody." if found.events else f"{code} was never asked."
