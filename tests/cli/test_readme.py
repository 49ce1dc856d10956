"""The main job of README.md works as it is typed, on any folder of files."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.cli.resident import install

ROOT = Path(__file__).parents[2]
MAIN_JOB = re.compile(r"^## The main job$.*?^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_main_job_of_the_readme_works_as_typed(tmp_path_factory):
    reader = tmp_path_factory.mktemp("reader")
    (reader / "card-7").mkdir()
    (reader / "card-7" / "note.txt").write_text("Записка сторожа\n", "utf-8")
    found = MAIN_JOB.search((ROOT / "README.md").read_text("utf-8"))
    assert found is not None
    with install(tmp_path_factory.mktemp("t")) as folder:
        (folder / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (folder / "python").chmod(0o755)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", found[1]],
            cwd=reader,
            env={
                "PATH": f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin",
                "PYTHONPATH": str(ROOT),
                "HOME": str(reader),
                "LC_ALL": "C.UTF-8",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "INTACT, and signed by the key you gave." in done.stdout
