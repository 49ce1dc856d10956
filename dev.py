"""Set up and start evidence_tracker; needs nothing but Python 3.11 or later.

python3 dev.py demo [ARGS]     a demonstration instance, from the first exhibit to the verified bundle
python3 dev.py serve [ARGS]    the web face of an instance; the first start sets it up
python3 dev.py test [ARGS]     the tests; ARGS go to pytest, --long adds the slow tier
python3 dev.py check           ruff, mypy and the import contracts
python3 dev.py bench [NAME]    the benchmarks, or the one that is named
python3 dev.py lock            pin the requirements anew after a change of pyproject.toml
python3 dev.py texts           the catalogue of all texts of the pages anew, after a change of one

The first start makes .venv beside this file and installs what requirements/ pins by hash: with uv if
it is on the PATH, else with pip. It also builds the front end with Node (frontend/build.py), and fetches a
Node for that where there is none, and compiles the translations that changed. Later starts find the stamps and begin at once.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an older one shall read a sentence, no traceback
    sys.exit(
        "evidence_tracker needs Python 3.11 or later; this is Python %d.%d. "  # noqa: UP031
        "Start it with a newer one, for example: python3.11 dev.py" % sys.version_info[:2]
    )
if os.name != "posix":
    sys.exit("evidence_tracker runs on Linux and macOS; on Windows start it inside WSL.")

import fcntl
import hashlib
import importlib.util
import json
import runpy
import shlex
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SITE = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))
STAMP = VENV / "dev-stamp.json"
LOCK = ROOT / ".cache" / "dev.lock"
PINS = ROOT / "requirements"
# The interpreter below the .venv that may be active; asked now, since .venv may be about to go.
BASE = sys.executable if sys.prefix == sys.base_prefix else os.path.realpath(sys.executable)
HOME = f"Python {sys.version_info[0]}.{sys.version_info[1]} in {ROOT}"

# What each level installs; dev.txt holds every pin of run.txt, so the level "dev" serves for "run" too.
LEVELS = {"run": ("run.txt", "sources.txt"), "dev": ("dev.txt", "sources.txt", "oracles.txt")}

NO_INSTALLER = (
    "There is neither uv nor a usable pip here; install one and start again "
    "(on Debian and Ubuntu: apt-get install python3-venv)."
)
INSTALL_FAILED = (
    "The installation failed; the lines above say why. There are ready-made wheels for Linux (glibc 2.28 or "
    "later) and macOS; a mirror is named in the settings of pip or uv. The next start begins afresh."
)


def say(sentence: str) -> None:
    """Tell the person what is happening, on stderr: stdout belongs to the program that follows."""
    print(sentence, file=sys.stderr, flush=True)


def stop(sentence: str) -> NoReturn:
    """Say why it cannot go on, and end with status 2."""
    say(sentence)
    raise SystemExit(2)


# ------------------------------------------------------------------------------ the environment


def prepare(level: str) -> None:
    """Bring .venv to ``level``; does nothing when it is there already.

    The lock file says "installing" until the stamp is written, so that the next start knows of an
    interrupted one; locked, it keeps two starts at the same time from installing over each other.
    """
    if is_ready(level):
        return
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a+") as lock:
        wait_for(lock)
        if is_ready(level):  # by the one that was waited for
            return
        lock.seek(0)
        interrupted = bool(lock.read())
        mark(lock, "installing")
        started = time.monotonic()
        make_venv(interrupted=interrupted)
        install(level)
        put_package_on_path()
        STAMP.write_text(json.dumps({"home": HOME, "digest": digest(level)}), "utf-8")
        mark(lock, "")
        say(f"Ready in {time.monotonic() - started:.1f} s.")


def is_ready(level: str) -> bool:
    """Say whether .venv holds what ``level`` needs, installed by this Python in this place."""
    return PYTHON.exists() and read_stamp().get("digest") in {digest(level), digest("dev")}


def digest(level: str) -> str:
    """Return the SHA-256 of everything that the installation of ``level`` depends on."""
    state = hashlib.sha256(HOME.encode())
    for name in LEVELS[level]:
        state.update((PINS / name).read_bytes())
    return state.hexdigest()


def read_stamp() -> dict[str, str]:
    """Return what the last complete installation wrote, or nothing."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def wait_for(lock: IO[str]) -> None:
    """Take the lock, saying so if that means to wait."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another dev.py that is installing.")
        fcntl.flock(lock, fcntl.LOCK_EX)


def mark(lock: IO[str], word: str) -> None:
    """Write the state of the installation into the lock file."""
    lock.truncate(0)
    lock.write(word)
    lock.flush()


def make_venv(*, interrupted: bool) -> None:
    """Make .venv, or keep the one that is there if it is whole and of this Python and place."""
    stamp = read_stamp()
    STAMP.unlink(missing_ok=True)
    if VENV.exists():
        is_ours = stamp.get("home", HOME) == HOME and SITE.is_dir() and succeeds(PYTHON, "-c", "")
        if is_ours and not interrupted:
            return
        reason = "the last installation was interrupted or failed" if interrupted else f"it is not of {HOME}"
        say(f"Removing .venv: {reason}.")
        shutil.rmtree(VENV)  # nothing half-made stays in it
    if importlib.util.find_spec("venv") is None:
        stop(NO_INSTALLER)
    say(f"Making .venv with Python {sys.version.split()[0]}.")
    made = subprocess.run([BASE, "-m", "venv", "--without-pip", VENV], check=False, env=environment())
    if made.returncode != 0:
        stop("Python could not make .venv; the lines above say why.")


def put_package_on_path() -> None:
    """Let .venv find the package where it stands, and give it its command, without a build step."""
    (SITE / "evidence_tracker.pth").write_text(f"{ROOT}\n", "utf-8")
    command = VENV / "bin" / "evidence-tracker"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -P -m evidence_tracker "$@"\n', "utf-8")
    command.chmod(0o755)


def environment() -> dict[str, str]:
    """Return the environment without what would lead .venv's Python to somebody else's packages."""
    foreign = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV"}
    own = {name: value for name, value in os.environ.items() if name not in foreign}
    return {"UV_SYSTEM_CERTS": "1"} | own  # uv trusts what this machine trusts, as pip does


def succeeds(*command: str | Path) -> bool:
    """Run a command silently and say whether it went well."""
    try:
        return subprocess.run(command, capture_output=True, check=False, env=environment()).returncode == 0
    except OSError:
        return False


# ------------------------------------------------------------------------------ installing


def install(level: str) -> None:
    """Install the pins of ``level`` with uv, or with pip where there is no uv or it cannot."""
    uv = find_uv()
    if not (uv and install_with_uv(uv, level)):
        install_with_pip(level)


def count(name: str) -> int:
    """Return how many packages a file of pins names."""
    return sum("==" in line for line in (PINS / name).read_text("utf-8").splitlines())


def find_uv() -> str | None:
    """Return the uv of the PATH, unless it lies in the .venv that may be about to be replaced."""
    uv = shutil.which("uv")
    return uv if uv and VENV not in Path(uv).parents and succeeds(uv, "--version") else None


def install_with_uv(uv: str, level: str) -> bool:
    """Install with uv and say whether it went well; uv shows its own progress."""
    packages, *sources = LEVELS[level]
    say(f"Installing {count(packages)} packages with uv.")
    base = [uv, "pip", "--no-python-downloads", *uv_cache(), *([] if sys.stderr.isatty() else ["--quiet"])]
    into = ["--python", str(PYTHON), "--require-hashes"]
    steps = [[*base, "sync", *into, "--no-build", str(PINS / packages)]]
    from_source = [*base, "install", *into, "--no-deps", "--no-build-isolation", "-r"]
    steps += [[*from_source, str(PINS / name)] for name in sources]
    for step in steps:
        if subprocess.run(step, check=False, cwd=ROOT, env=environment()).returncode != 0:
            say("uv could not install them; trying pip.")
            return False
    return True


def uv_cache() -> list[str]:
    """Return the option that moves uv's cache here where the home folder cannot be written to."""
    cache = os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    place = Path(cache).expanduser() if os.environ.get("HOME") else ROOT
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    return [] if os.access(existing, os.W_OK) else ["--cache-dir", str(ROOT / ".cache" / "uv")]


def install_with_pip(level: str) -> None:
    """Install with pip, showing how far it is."""
    packages, *sources = LEVELS[level]
    pip = [*find_pip(), "--disable-pip-version-check", "--no-input"]
    say(f"Installing {count(packages)} packages with pip.")
    # --no-deps: the file pins everything, but for what exists as source alone and follows.
    wheels = ["--no-deps", "--only-binary", ":all:", "-r", str(PINS / packages)]
    run_pip([*pip, "install", "--require-hashes", *wheels], packages)
    for name in sources:
        built = ["--no-deps", "--no-build-isolation", "-r", str(PINS / name)]
        run_pip([*pip, "install", "--require-hashes", *built], name)


def find_pip() -> list[str]:
    """Return a pip that installs into .venv: its own, or else any that can be pointed at it."""
    inside = [str(PYTHON), "-m", "pip"]
    if succeeds(*inside, "--version") or succeeds(PYTHON, "-m", "ensurepip"):
        return inside
    for pip in ([BASE, "-m", "pip"], ["pip3"], ["pip"]):
        pointed = [*pip, "--python", str(PYTHON)]
        if succeeds(*pointed, "--version"):
            return pointed
    stop(NO_INSTALLER)


def run_pip(command: list[str], name: str) -> None:
    """Run one pip, with one line of progress on a terminal; its own words are shown if it fails."""
    total, seen, words = count(name), 0, []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=environment()
    ) as pip:
        for line in pip.stdout or ():
            words.append(line)
            if line.startswith("Collecting "):
                seen += 1
                progress(f"  {min(seen, total)} of {total}: {line.split()[1].split('==')[0]}")
            elif line.startswith("Installing collected"):
                progress("  unpacking")
    progress("")
    if pip.returncode != 0:
        say("".join(words[-20:]))
        stop(INSTALL_FAILED)


def progress(text: str) -> None:
    """Show ``text`` in place of the last one, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def build_assets() -> None:
    """Build what the browser gets if frontend/ changed; .venv has to be there, to fetch a Node if need be."""
    builder = ROOT / "frontend" / "build.py"
    if builder.exists() and (problem := runpy.run_path(str(builder))["ensure"](say, installer)):
        stop(problem)
    compile_texts()


def compile_texts() -> None:
    """Compile the translations that changed; to find out that none did takes no library."""
    compiler = ROOT / "evidence_tracker" / "web" / "catalogues.py"
    if not compiler.exists() or not runpy.run_path(str(compiler))["stale"]():
        return
    if subprocess.run([PYTHON, "-P", compiler], check=False, env=environment()).returncode != 0:
        stop("The translations could not be compiled; the lines above say which and why.")


def installer() -> list[str]:
    """Return the command that installs a package, for a folder outside .venv."""
    uv = find_uv()
    inside = ["--no-python-downloads", "--python", str(PYTHON), *uv_cache()]
    return [uv, "pip", "install", *inside] if uv else [*find_pip(), "install", "--disable-pip-version-check"]


# ------------------------------------------------------------------------------ the commands


def become(*command: str | Path) -> NoReturn:
    """Turn into ``command``, so that signals and the exit status are its own."""
    os.execve(command[0], [str(part) for part in command], environment())  # noqa: S606 - our own Python


def demo(args: list[str]) -> NoReturn:
    """Start the demonstration."""
    prepare("run")
    build_assets()
    become(PYTHON, "-P", "-m", "evidence_tracker", "demo", *args)


def serve(args: list[str]) -> NoReturn:
    """Serve an instance to browsers; the first start sets it up."""
    prepare("run")
    build_assets()
    become(PYTHON, "-P", "-m", "evidence_tracker", "serve", *args)


def test(args: list[str]) -> NoReturn:
    """Run the tests on two processes."""
    prepare("dev")
    build_assets()
    os.chdir(ROOT)
    become(PYTHON, "-m", "pytest", "-n", "2", *args)


def check(_args: list[str]) -> NoReturn:
    """Run every checker, whatever the others found, and end with 1 if one has."""
    prepare("dev")
    module = [str(PYTHON), "-m"]
    checkers = {
        "ruff check": [*module, "ruff", "check", "."],
        "ruff format": [*module, "ruff", "format", "--check", "."],
        "mypy": [*module, "mypy"],
        "import contracts": [str(VENV / "bin" / "lint-imports")],
    }
    failed = []
    for name, command in checkers.items():
        say(f"-- {name}")
        if subprocess.run(command, check=False, cwd=ROOT, env=environment()).returncode != 0:
            failed.append(name)
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    raise SystemExit(1 if failed else 0)


def bench(args: list[str]) -> NoReturn:
    """Run the benchmarks, each in a process of its own; the words after a name go to that one."""
    scripts = {script.stem: script for script in sorted((ROOT / "benchmarks").glob("[a-z]*.py"))}
    if not scripts or (args and args[0] not in scripts):
        stop(f"The benchmarks are: {', '.join(scripts) or 'none yet'}.")
    prepare("dev")
    statuses = []
    for name in args[:1] or scripts:
        say(f"-- {name}")
        command = [str(PYTHON), str(scripts[name]), *args[1:]]
        statuses.append(subprocess.run(command, check=False, cwd=ROOT, env=environment()).returncode)
    raise SystemExit(max(map(abs, statuses)))


def lock(args: list[str]) -> NoReturn:
    """Pin the requirements anew: names, versions and hashes, never an address.

    ``--upgrade`` takes the newest versions; without it the pins that still fit are kept.
    """
    prepare("dev")
    uv = [str(VENV / "bin" / "uv"), "pip", "compile", "--universal", "--python-version", "3.11", "--quiet"]
    form = ["--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
    wheels, source = ["--only-binary", ":all:"], "flask-principal"
    mixed = [*wheels, "--no-binary", source, "--no-emit-package", source]
    run = ["pyproject.toml", "--group", "build"]
    targets = {
        "run.txt": [*run, *mixed],
        "dev.txt": [*run, "--group", "dev", "-c", "requirements/run.txt", *mixed],
        "sources.txt": ["requirements/sources.in", "-c", "requirements/run.txt", "--no-deps"],
        "oracles.txt": ["requirements/oracles.in", "-c", "requirements/dev.txt"],
        "node.txt": ["requirements/node.in", *wheels],
    }
    for name, sources in targets.items():
        say(f"Pinning requirements/{name}.")
        subprocess.run([*uv, *form, *sources, "-o", f"requirements/{name}", *args], check=True, cwd=ROOT)
    raise SystemExit(0)


def texts(_args: list[str]) -> NoReturn:
    """Write the catalogue of all texts of the pages anew, and carry its changes into the translations."""
    prepare("dev")
    become(PYTHON, ROOT / "docs" / "make_catalogue.py")


COMMANDS: dict[str, Callable[[list[str]], NoReturn]] = {
    command.__name__: command for command in (demo, serve, test, check, bench, lock, texts)
}


def main() -> NoReturn:
    """Find the command and start it."""
    name, *args = sys.argv[1:] or ["--help"]
    if name in {"-h", "--help", "help"}:
        print(__doc__)
        raise SystemExit(0)
    if name not in COMMANDS:
        stop(f"There is no command {name!r}; there are {', '.join(COMMANDS)}.")
    try:
        COMMANDS[name](args)
    except KeyboardInterrupt:
        stop("Interrupted; an installation that was under way is begun afresh next time.")


if __name__ == "__main__":
    main()
