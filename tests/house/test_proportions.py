"""Small pieces: one thought per function, one noun or one group of acts per module."""

import ast

from tests.house.reading import PACKAGE, lines, modules

LONGEST_FUNCTION = 60
LONGEST_MODULE = 400
NAMES_THAT_COLLECT_DUST = {"utils", "util", "helpers", "services", "managers", "common", "misc"}

# A migration is a list of what changed, written once and read from top to bottom.
EXEMPT = "migrations/versions/"


def test_no_function_is_longer_than_sixty_lines():
    offenders = [
        f"{name}:{line} {function} has {length} lines"
        for name, tree in modules().items()
        if not name.startswith(EXEMPT)
        for function, line, length in functions(tree)
        if length > LONGEST_FUNCTION
    ]

    assert not offenders, lines(offenders)


def test_no_module_is_longer_than_four_hundred_lines():
    lengths = {name: len((PACKAGE / name).read_text("utf-8").splitlines()) for name in modules()}
    offenders = [
        f"{name} has {length} lines"
        for name, length in lengths.items()
        if length > LONGEST_MODULE and not name.startswith(EXEMPT)
    ]

    assert not offenders, lines(offenders)


def test_no_module_is_named_for_a_drawer():
    offenders = [
        name for name in modules() if NAMES_THAT_COLLECT_DUST & set(name.removesuffix(".py").split("/"))
    ]

    assert not offenders, lines(offenders)


def test_a_function_of_sixty_one_lines_is_seen():
    body = "    pass\n" * LONGEST_FUNCTION
    tree = ast.parse(f"class House:\n  async def door(self):\n{body}")

    assert functions(tree) == [("door", 2, LONGEST_FUNCTION + 1)]


def functions(tree: ast.Module) -> list[tuple[str, int, int]]:
    """Return name, first line and length in lines of every function, nested ones too."""
    return [
        (node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
