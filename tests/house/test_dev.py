"""dev.py, the first thing a stranger starts: on a copy with nothing to install, in a path with a space."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.reading import ROOT

BASE = os.path.realpath(sys.executable)
PROGRAM = """import os, sys
print(os.getcwd(), *sys.argv[1:], sep="|")
"""


@pytest.fixture
def project(tmp_path):
    """Return a project whose program prints where it is and what it was told."""
    place = tmp_path / "a place"
    package = place / "evidence_tracker"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PROGRAM)
    pins = place / "requirements"
    pins.mkdir()
    for name in ("run.txt", "dev.txt", "sources.txt", "oracles.txt"):
        (pins / name).write_text("# nothing\n")
    shutil.copy(ROOT / "dev.py", place)
    return place


@pytest.fixture
def ready(project):
    """Return a project that has been set up."""
    assert dev(project, "demo").returncode == 0
    return project


def dev(project, *args, python=BASE, **environment):
    """Start dev.py from another folder, with uv on the PATH and little else in the environment."""
    path = f"{Path(sys.executable).parent}:{os.defpath}"
    return subprocess.run(
        [python, project / "dev.py", *args],
        cwd=project.parent,
        env={"PATH": path, "HOME": str(project.parent)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def front_end(project, *, answer=""):
    """Give a project a front end whose build tells that it was asked, and answers."""
    (project / "frontend").mkdir()
    (project / "frontend/build.py").write_text(
        f"def ensure(say, installer):\n    say('built with ' + ' '.join(installer()[:4]))\n    return {answer!r}\n"
    )


def test_the_first_start_sets_up_and_starts_the_program_where_the_person_stands(project):
    result = dev(project, "demo", "--quick", "a b")

    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{project.parent}|demo|--quick|a b\n"
    assert "Making .venv" in result.stderr


def test_without_uv_it_installs_with_pip(project):
    front_end(project)

    result = dev(project, "demo", PATH="/nowhere")

    assert result.returncode == 0, result.stderr
    assert "with pip." in result.stderr
    assert "-m pip install" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_the_front_end_is_built_before_the_program_starts(project, command):
    front_end(project)

    result = dev(project, command)

    assert result.stdout == f"{project.parent}|{command}\n"
    assert result.stderr.splitlines()[-1].startswith("built with")


def test_what_stands_in_the_way_of_the_front_end_stops_the_start(project):
    front_end(project, answer="There is no Node here.")

    result = dev(project, "serve")

    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == "There is no Node here."
    assert not result.stdout


def test_translations_are_compiled_when_they_changed_and_only_then(project):
    web = project / "evidence_tracker/web"
    web.mkdir()
    (web / "catalogues.py").write_text(
        "from pathlib import Path\nmade = Path(__file__).with_name('made')\n"
        "def stale():\n    return not made.exists()\n"
        "if __name__ == '__main__':\n    print('compiling')\n    made.touch()\n"
    )
    front_end(project)

    assert "compiling" in dev(project, "demo").stdout
    assert "compiling" not in dev(project, "demo").stdout


def test_a_translation_that_cannot_be_compiled_stops_the_start(project):
    web = project / "evidence_tracker/web"
    web.mkdir()
    (web / "catalogues.py").write_text(
        "def stale():\n    return True\nif __name__ == '__main__':\n    raise SystemExit('line 7')\n"
    )

    result = dev(project, "demo")

    assert result.returncode == 2
    assert result.stderr.splitlines()[-2:] == [
        "line 7",
        "The translations could not be compiled; the lines above say which and why.",
    ]


def test_the_benchmarks_need_no_front_end(project):
    front_end(project, answer="There is no Node here.")
    (project / "benchmarks").mkdir()
    (project / "benchmarks/speed.py").write_text("print('fast')")

    assert dev(project, "bench", "speed").stdout == "fast\n"


def test_the_second_start_says_and_does_nothing(ready):
    assert dev(ready, "demo").stderr == ""


def test_the_command_it_makes_works_from_anywhere(ready, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "evidence_tracker").mkdir(parents=True)  # must not be taken for the package

    result = subprocess.run(
        [ready / ".venv/bin/evidence-tracker", "doctor"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout == f"{elsewhere}|doctor\n"


def test_a_changed_pin_installs_anew(ready):
    (ready / "requirements/run.txt").write_text("# something else\n")

    assert "Installing" in dev(ready, "demo").stderr
    assert dev(ready, "demo").stderr == ""


def test_an_interrupted_installation_is_begun_afresh(ready):
    leftover = ready / ".venv/half-written"
    leftover.touch()
    (ready / ".venv/dev-stamp.json").unlink()
    (ready / ".cache/dev.lock").write_text("installing")

    assert "interrupted" in dev(ready, "demo").stderr
    assert not leftover.exists()


def test_the_python_of_the_environment_can_replace_the_environment(ready):
    (ready / ".venv/dev-stamp.json").unlink()
    (ready / ".cache/dev.lock").write_text("installing")

    result = dev(ready, "demo", python=ready / ".venv/bin/python")

    assert result.returncode == 0, result.stderr
    assert "Removing .venv" in result.stderr


def test_a_damaged_stamp_is_no_stamp(ready):
    (ready / ".venv/dev-stamp.json").write_text("[1")

    assert "Installing" in dev(ready, "demo").stderr


def test_a_project_that_was_moved_gets_its_own_environment(ready):
    moved = ready.rename(ready.parent / "another place")

    assert "Removing .venv" in dev(moved, "demo").stderr


def test_the_environment_of_the_tests_serves_the_program_too(project):
    (project / "requirements/dev.txt").write_text("# more\n")
    (project / "benchmarks").mkdir()
    (project / "benchmarks/speed.py").write_text("print('fast')")

    assert dev(project, "bench", "speed").stdout == "fast\n"
    assert dev(project, "demo").stderr == ""


def test_foreign_python_paths_do_not_reach_the_program(ready, tmp_path):
    (tmp_path / "evidence_tracker.py").write_text("raise SystemExit('the wrong one')")

    assert dev(ready, "demo", PYTHONPATH=str(tmp_path)).returncode == 0


@pytest.mark.parametrize(("args", "said"), [(["paint"], "no command 'paint'"), (["bench"], "none yet")])
def test_what_it_cannot_do_it_says_in_one_sentence(project, args, said):
    result = dev(project, *args)

    assert result.returncode == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (project / ".venv").exists()


def test_help_is_on_stdout(project):
    assert "python3 dev.py test" in dev(project, "--help").stdout


def test_without_uv_and_pip_it_names_what_is_missing(project, tmp_path):
    blind = tmp_path / "blind"
    blind.mkdir()
    # A Python without ensurepip, venv's pip and a pip of its own, as on a slim Debian.
    (blind / "sitecustomize.py").write_text(
        "import sys\nfor n in ('ensurepip', 'pip'): sys.modules[n] = None\n"
    )
    script = project / "dev.py"
    script.write_text(script.read_text().replace('"PYTHONPATH", ', ""))  # it would clear the blindfold

    result = dev(project, "demo", PATH=str(blind), PYTHONPATH=str(blind))

    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("There is neither uv nor a usable pip here")
