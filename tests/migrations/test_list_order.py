"""The orders of lists, up and down again with rows in the database."""

from sqlalchemy import text

from evidence_tracker.instance import migrate
from tests.migrations.steps import count, database, differences, down
from tests.migrations.test_order import indexes
from tests.migrations.test_search import furnish


def test_titles_are_taken_over_from_the_words_of_the_search_and_left_behind_again(tmp_path):
    engine = database(tmp_path, "preferences")
    before = indexes(engine)
    furnish(engine)
    migrate(engine, "list_order")
    assert len(indexes(engine) - before) == 3
    assert differences(engine, {"search_entry", "exhibit"}) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT title FROM search_entry")).scalars().all() == ["хата"]
    down(engine, "preferences")
    assert indexes(engine) == before
    assert count(engine, "search_entry") == 1


def test_an_entry_without_words_has_an_empty_title(tmp_path):
    engine = database(tmp_path, "preferences")
    furnish(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM search_text"))
    migrate(engine, "list_order")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT title FROM search_entry")).scalars().all() == [""]
