"""The search beside a plain LIKE over the same rows; the work list and the figures beside a hundredth of the rows.

    python benchmarks/search.py [--records 100000] [--rounds 5] [--in FOLDER]

Four in five records are exhibits, the others captures, each of about 46 words of invented Cyrillic in
which few words are frequent and most are rare. One in a hundred lies in a compartment that the second
reader may see, and nothing else. Limits: a search takes at most half of a LIKE over the same rows; for the
second reader at most 3 times as long; the work list at most 1.5 times what it takes over a hundredth of the
records. Exit status 0 within the limits, 1 beyond.
"""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, or_, select
from ways import furnished, judge, medians, options, place

from evidence_tracker.access.accounts import add_account
from evidence_tracker.access.compartments import grant, open_compartment
from evidence_tracker.access.indexing import index_lacking
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, CompartmentKind, Role
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import profile
from evidence_tracker.access.search import search
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind
from evidence_tracker.casework.osint.models import (
    Capture,
    CaptureMethod,
    CaptureOutcome,
    ControlLevel,
    Egress,
)
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.db import changing_schema
from evidence_tracker.instance import Instance
from evidence_tracker.web.figures import figures
from evidence_tracker.web.worklist import worklist

LETTERS = "абвгдежзийклмнопрстуфхцчшщ"
WORDS = 30_000
PAGE = 50
SHORT = 100
MOST_SLOWER = 3.0
AT_ONCE = 2000


def vocabulary(chance: random.Random) -> list[str]:
    """Return invented words, the frequent ones first."""
    return ["".join(chance.choices(LETTERS, k=chance.randint(4, 10))) for _ in range(WORDS)]


def rows_of(
    number: int, vocabulary: Sequence[str], homes: tuple[UUID, UUID], who: UUID, chance: random.Random
) -> Iterator[tuple[type[Exhibit] | type[Capture], dict[str, Any]]]:
    """Yield the rows of exhibits and captures: every hundredth lies in the second home."""
    weights = list(accumulate(1 / (place + 5) for place in range(WORDS)))
    began = datetime(2022, 3, 1, tzinfo=UTC)
    for count in range(number):
        said = chance.choices(vocabulary, cum_weights=weights, k=46)
        common = {
            "id": uuid4(),
            "version": 1,
            "compartment_id": homes[count % 100 == 1],
            "level": Level.CONFIDENTIAL,
            "owner_id": who,
            "recorded_at": began + timedelta(minutes=count),
            "recorded_by": who,
            "title": " ".join(said[:6]),
            "is_graphic": False,
        }
        text = " ".join(said[6:])
        if count % 5:
            yield Exhibit, exhibit(count, text) | common
        else:
            yield Capture, capture(count, text) | common


def exhibit(count: int, text: str) -> dict[str, Any]:
    """Return what an exhibit has beside what every record has; one in fifty has no basis and no source."""
    return {
        "reference": f"BEN-E-{count:06d}",
        "kind": ExhibitKind.PHOTO,
        "description": text,
        "received_at": datetime(2022, 3, 1, tzinfo=UTC),
        "particulars": {},
        "legal_basis": "act" if count % 50 != 1 else None,
        "source_kind": "own" if count % 50 != 1 else None,
    }


def capture(count: int, text: str) -> dict[str, Any]:
    """Return what a capture has beside what every record has."""
    return {
        "reference": f"BEN-C-{count:06d}",
        "url_requested": f"https://example.org/{count}",
        "redirects": [],
        "captured_at": datetime(2022, 3, 1, tzinfo=UTC),
        "method": CaptureMethod.SERVER_HTTP,
        "control": ControlLevel.CONTROLLED_SERVER,
        "outcome": CaptureOutcome.COMPLETE,
        "tool": "own",
        "tool_version": "1",
        "tool_options": {},
        "collector": "bench",
        "egress": Egress.DIRECT,
        "legality_attestation": "public",
        "reason": text,
        "archive_urls": [],
    }


def furnish(path: Path, number: int, chance: random.Random) -> tuple[Instance, Actor, Actor, list[str]]:
    """Return an instance with so many records, its operator, somebody who sees one in a hundred, the words."""
    instance, operator = furnished(path)
    words = vocabulary(chance)
    with instance.transaction() as session:
        home = profile(session).organisation_compartment_id
        small = open_compartment(
            session, kind=CompartmentKind.PROJECT, reference="SMALL", title="x", actor=operator
        )
        account = add_account(session, login="reader", display_name="reader", actor=operator)
        for role in (Role.READER, Role.INVESTIGATOR):
            grant(
                session,
                small,
                role=role,
                level=Level.SEALED,
                purpose="bench",
                actor=operator,
                account=session.get_one(Account, account.id),
            )
        reader = Actor(account.id, "reader", Door.COMMAND_LINE)
    rows = rows_of(number, words, (home, small.id), operator.account_id, chance)
    with changing_schema(instance.engine) as connection:
        while some := list(islice(rows, AT_ONCE)):
            for model in (Exhibit, Capture):
                connection.execute(insert(model), [row for kind, row in some if kind is model])
    with instance.transaction() as session:
        index_lacking(session)
    return instance, operator, reader, words


def searching(instance: Instance, asked: str, actor: Actor) -> Callable[[], object]:
    """Return one search."""

    def way() -> int:
        with instance.reading() as session:
            return len(search(session, asked, actor=actor, limit=PAGE))

    return way


def scanning(instance: Instance, asked: str, actor: Actor) -> Callable[[], object]:
    """Return the same question by LIKE, of title and text of both tables."""

    def way() -> int:
        with instance.reading() as session:
            found = 0
            for model, text in ((Exhibit, Exhibit.description), (Capture, Capture.reason)):
                said = [or_(model.title.contains(word), text.contains(word)) for word in asked.split()]
                query = (
                    select(model.reference, model.title)
                    .where(*said, visible(session, actor, model))
                    .order_by(model.recorded_at.desc(), model.id.desc())
                    .limit(PAGE)
                )
                found += len(session.execute(query).all())
            return found

    return way


def listing(instance: Instance, question: Callable[..., object], actor: Actor) -> Callable[[], object]:
    """Return one reading of the work list, or of the figures."""

    def way() -> object:
        with instance.reading() as session:
            return question(session, actor)

    return way


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__, records=100_000, rounds=5)
    chance = random.Random(1)
    status = 0
    with place(chosen.folder) as folder:
        instance, operator, reader, words = furnish(folder / "large", chosen.records, chance)
        asked = {
            "a frequent word": words[0],
            "a rare word": words[20_000],
            "two words": f"{words[3]} {words[7]}",
            "three letters": words[10][:3],
        }
        for name, sought in asked.items():
            ours, theirs = f"search: {name}", "seeing one in a hundred"
            found = medians(
                {
                    ours: searching(instance, sought, operator),
                    "LIKE": scanning(instance, sought, operator),
                    theirs: searching(instance, sought, reader),
                },
                chosen.rounds,
            )
            print(f"{chosen.records} records")
            status |= judge(ours, found, {"LIKE": 0.5})
            slower = found[theirs].seconds / found[ours].seconds
            print(f"  who sees one in a hundred waits {slower:.2f} times as long (limit {MOST_SLOWER:.2f})")
            status |= int(slower > MOST_SLOWER)
        small, other, _, _ = furnish(folder / "small", max(chosen.records // SHORT, 1), chance)
        for name, question in (("work list", worklist), ("figures", figures)):
            found = medians(
                {
                    name: listing(instance, question, operator),
                    f"{name}, a hundredth": listing(small, question, other),
                },
                chosen.rounds,
            )
            print(f"{name} over {chosen.records} records beside {chosen.records // SHORT}")
            status |= judge(name, found, {f"{name}, a hundredth": 1.5} if question is worklist else {})
        instance.close()
        small.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
