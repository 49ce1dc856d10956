"""How the tests of the house read the source: as text and as a syntax tree, never by importing it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "evidence_tracker"


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the package by its path inside it, parsed."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"), str(path))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "node_modules" not in path.parts
    }


def own_files() -> Iterator[Path]:
    """Yield the files that belong to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("This is not a git checkout: nothing says which files belong to the project.")
    for name in listed.stdout.decode("utf-8").split("\0"):
        if name and (ROOT / name).is_file():
            yield ROOT / name


def lines(offenders: list[str]) -> str:
    """Return offenders one per line, to stand in the message of a failed assertion."""
    return "\n".join(["", *offenders])
