"""Errors are caught by their name; only a last resort catches everything, and says so.

A clause that cleans up and raises the same error again catches nothing.
"""

import ast

import pytest

from tests.house.reading import PACKAGE, lines, modules

LAST_RESORTS = {"jobs/worker.py", "cli/errors.py", "web/errors.py", "api/problems.py"}
BROAD = {"Exception", "BaseException"}

# Where a branch that no test reaches may be the one that lets a forged record through.
NO_PRAGMAS = ("integrity/", "custody/", "access/", "casework/consent/", "casework/submissions/")


def test_nothing_but_a_last_resort_catches_everything():
    offenders = [
        f"{name}:{line}"
        for name, tree in modules().items()
        if name not in LAST_RESORTS
        for line in broad_handlers(tree)
    ]

    assert not offenders, lines(offenders)


def test_no_branch_of_the_proof_and_the_gates_is_hidden_from_coverage():
    offenders = [
        name
        for name in modules()
        if name.startswith(NO_PRAGMAS) and "pragma: no" in (PACKAGE / name).read_text("utf-8")
    ]

    assert not offenders, lines(offenders)


@pytest.mark.parametrize("clause", ["except:", "except Exception:", "except (OSError, BaseException) as e:"])
def test_a_broad_clause_is_seen(clause):
    assert broad_handlers(ast.parse(f"try:\n    pass\n{clause}\n    pass\n")) == [3]


def test_a_clause_that_raises_again_is_none():
    assert broad_handlers(ast.parse("try:\n    pass\nexcept BaseException:\n    undo()\n    raise\n")) == []


def broad_handlers(tree: ast.Module) -> list[int]:
    """Return the lines of the except clauses that catch everything."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and not raises_again(node):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or getattr(kind, "id", "") in BROAD for kind in caught):
                found.append(node.lineno)
    return found


def raises_again(handler: ast.ExceptHandler) -> bool:
    """Say whether the clause ends in a bare ``raise``."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None
