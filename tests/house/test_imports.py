"""The dependency rule: rooms lean on earlier rooms, doors on rooms, and the proof on nothing."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.reading import ROOT, lines, modules

# What an examiner has to install to check a bundle.
LIBRARIES_OF_THE_PROOF = {"cryptography", "rfc8785", "rfc3161_client"}


def test_the_import_contracts_hold():
    command = Path(sys.executable).with_name("lint-imports")

    result = subprocess.run(
        [sys.executable, command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_the_proof_needs_three_libraries_and_no_more():
    offenders = [
        f"integrity/{name} imports {imported}"
        for name, tree in modules().items()
        if name.startswith("integrity/")
        for imported in imported_packages(tree)
        if imported not in LIBRARIES_OF_THE_PROOF | sys.stdlib_module_names
        if not imported.startswith("evidence_tracker.integrity")
    ]

    assert not offenders, lines(offenders)


def test_an_import_of_another_room_is_seen():
    tree = ast.parse("import os.path\nfrom evidence_tracker.errors import Refused\nfrom flask import g\n")

    assert imported_packages(tree) == {"os", "evidence_tracker.errors", "flask"}


def imported_packages(tree: ast.Module) -> set[str]:
    """Return the top-level name of each import, and the full name of those of our own package."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            own = node.module == "evidence_tracker"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} if own else {node.module}
    return {name if name.startswith("evidence_tracker") else name.split(".")[0] for name in names}
