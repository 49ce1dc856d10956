"""The front step: everything that is started from outside comes in here."""

from evidence_tracker import cli


def main() -> int:
    """Run the command line and return its exit status (docs/reference/cli.md)."""
    return cli.main()
