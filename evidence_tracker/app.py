"""The front step: everything that is started from outside comes in here."""

import sys

from evidence_tracker import cli


def main() -> None:
    """Run the command line and end with its exit status (docs/reference/cli.md)."""
    sys.exit(cli.main())
