"""The front step: everything that is started from outside comes in here."""

from pathlib import Path
from typing import TYPE_CHECKING

from evidence_tracker import cli
from evidence_tracker.keys.unlockers import Unlocker

if TYPE_CHECKING:
    from flask import Flask

    from evidence_tracker.web.house import House


def main() -> int:
    """Run the command line and return its exit status (docs/reference/cli.md)."""
    return cli.main(run_web=run_web)


def create_app(house: "House") -> "Flask":
    """Return the web application that serves one installation."""
    from evidence_tracker import web  # noqa: PLC0415 - no command but serve shall wait for it

    return web.create_app(house)


def run_web(path: Path, unlocker: Unlocker | None, *, bind: str, threads: int, behind_proxy: bool) -> None:
    """Serve the installation in ``path`` to browsers until a signal."""
    from evidence_tracker.web import serving  # noqa: PLC0415 - no command but serve shall wait for it

    serving.run(path, unlocker, bind=bind, threads=threads, behind_proxy=behind_proxy)
