"""Options in which facts are stated, how they reach an act, and how a record is shown.

Facts come from options, from ``--set field=text`` and ``--set field:=JSON``, and from a
JSON or TOML file (``--from``); what is said on the command line wins over the file.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from evidence_tracker.access.calling import call
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Record
from evidence_tracker.cli.door import Door
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import snapshot
from evidence_tracker.errors import InvalidInput

Command = TypeVar("Command", bound=Callable[..., Any])
AnyRecord = TypeVar("AnyRecord", bound=Record)
PAGE_ROWS = 500
NOT_SHOWN = frozenset({"compartment_id", "owner_id", "recorded_by", "folded"})


def options(*many: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return several options as one decorator, shown in their order."""

    def put(command: Command) -> Command:
        for option in reversed(many):
            command = option(command)
        return command

    return put


def words(enum: Any) -> click.Choice[str]:
    """Return the choice of an enum's words."""
    return click.Choice([member.value for member in enum], case_sensitive=False)


facts = options(
    click.option("--set", "settings", multiple=True, help="One more fact: field=text, or field:=JSON."),
    click.option("--from", "source", help="Facts from this JSON or TOML file ('-': standard input)."),
)
version = click.option(
    "--version", "expected", type=int, help="Version you read; a newer one is not overwritten."
)
changes = options(facts, version)
governance = options(
    click.option("--level", type=words(Level), help="Level of confidentiality."),
    click.option("--purpose", help="Purpose of the processing."),
    click.option("--legal-basis", help="Legal basis of the processing; there is no default."),
)
reason = click.option("--reason", required=True, help="Why.")


def told(
    door: Door, source: str | None, settings: Iterable[str], given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the facts of a command: the file's, then ``--set``, then the options that were given."""
    stated = door.facts(source) if source is not None else {}
    stated |= dict(_setting(text) for text in settings)
    for name, value in (given or {}).items():
        if value not in (None, ()):
            stated[name] = list(value) if isinstance(value, tuple) else value
    return stated


def state(
    act: Callable[..., Any],
    session: Session,
    *subjects: Any,
    actor: Actor,
    stated: Mapping[str, Any],
    **found: Any,
) -> Any:
    """Call an act with stated facts; refuses unknown and missing ones by name.

    ``found`` are records that options named by reference; those that are None are left out.
    """
    advice = "State it with --set or --from."
    return call(act, session, *subjects, actor=actor, stated=stated, advice=advice, **found)


def view(row: Record, **more: Any) -> dict[str, Any]:
    """Return a record as a person reads it: its columns but for the inner ones, and what is added."""
    return {name: value for name, value in snapshot(row).items() if name not in NOT_SHOWN} | more


def every(
    page: Callable[..., Sequence[AnyRecord]], session: Session, *subjects: Any, **by: Any
) -> list[AnyRecord]:
    """Return all rows of a paged question: a list at a terminal is not cut off in silence."""
    rows: list[AnyRecord] = []
    after = None
    while found := page(session, *subjects, after=after, limit=PAGE_ROWS, **by):
        rows.extend(found)
        after = (found[-1].recorded_at, found[-1].id)
    return rows


def highest(rows: Iterable[Record]) -> Level:
    """Return the highest level among records, PUBLIC where there are none."""
    return max((row.level for row in rows), key=lambda level: level.rank, default=Level.PUBLIC)


def _setting(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip(":"):
        raise InvalidInput(f"{text!r} states nothing.", advice="Write --set field=text or --set field:=JSON.")
    if not name.endswith(":"):
        return name.strip(), value
    try:
        return name.removesuffix(":").strip(), json.loads(value)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The value of {name.removesuffix(':')!r} is not JSON: {error}.") from error
