"""The table of tasks, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, WHEN, count, database, differences, down, put, tables


def put_task(engine, **changes):
    facts = {
        "id": UUID(int=10),
        "reference": "KYI-TK-0001",
        "title": "Roof",
        "assigned_to": SOMEBODY,
        "state": "open",
    }
    put(engine, "task", **{**facts, **changes})


def test_up_with_rows_and_down_again(tmp_path):
    engine = database(tmp_path, "notices")
    before = tables(engine)
    migrate(engine, "tasks")
    assert tables(engine) - before == {"task"}
    assert differences(engine, {"task"}) == []
    put_task(engine)
    down(engine, "notices")
    assert tables(engine) == before
    migrate(engine, "tasks")
    assert count(engine, "task") == 0


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"about_kind": "incident"}, "about_whole"),
        ({"state": "done"}, "end_whole"),
        ({"ended_at": WHEN}, "end_whole"),
    ],
)
def test_half_a_subject_and_half_an_end_are_refused(tmp_path, changes, rule):
    engine = database(tmp_path, "tasks")
    with pytest.raises(IntegrityError, match=rule):
        put_task(engine, **changes)
