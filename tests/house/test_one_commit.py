"""One commit, in one place: an act and its custody event succeed or fail together."""

import ast

import pytest

from tests.house.reading import lines, modules

# Alembic opens its own transaction.
ALLOWED = {"db.py", "migrations/env.py"}


def test_only_the_database_module_commits():
    offenders = [
        f"{name}:{line} calls .{method}()"
        for name, tree in modules().items()
        if name not in ALLOWED
        for line, method in commits(tree)
    ]

    assert not offenders, lines(offenders)


@pytest.mark.parametrize(
    "source", ["session.commit()", "with engine.begin() as c: pass", "self.db.session.commit()"]
)
def test_a_commit_is_seen(source):
    assert commits(ast.parse(source))


@pytest.mark.parametrize("source", ["with session.begin_nested(): pass", "Chain.begin(session, subject)"])
def test_what_does_not_commit_is_left_alone(source):
    assert not commits(ast.parse(source))


def commits(tree: ast.Module) -> list[tuple[int, str]]:
    """Return line and method of each call that ends in a COMMIT.

    ``engine.begin()``, which takes no argument, does so unseen when its block ends.
    """
    return [
        (node.lineno, node.func.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "commit" or (node.func.attr == "begin" and not node.args and not node.keywords)
    ]
