"""The front step: everything that is started from outside comes in here."""

from flask import Flask

from evidence_tracker import cli, web
from evidence_tracker.web.house import House


def main() -> int:
    """Run the command line and return its exit status (docs/reference/cli.md)."""
    return cli.main()


def create_app(house: House) -> Flask:
    """Return the web application that serves one installation."""
    return web.create_app(house)
