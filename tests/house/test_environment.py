"""Only settings.py reads the environment: what an instance depends on can be read in one place."""

import ast

import pytest

from tests.house.reading import lines, modules

READERS = {"environ", "environb", "getenv", "getenvb"}


def test_only_the_settings_read_the_environment():
    offenders = [
        f"{name}:{line}"
        for name, tree in modules().items()
        if name != "settings.py"
        for line in readings(tree)
    ]

    assert not offenders, lines(offenders)


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['HOME']", "import os\nos.getenv('HOME')", "from os import environ as e"]
)
def test_a_reading_is_seen(source):
    assert readings(ast.parse(source))


def readings(tree: ast.Module) -> list[int]:
    """Return the lines that read os.environ or call os.getenv, under whatever name."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in READERS and getattr(node.value, "id", "") == "os":
            found.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            found += [node.lineno for alias in node.names if alias.name in READERS]
    return found
