"""``python -m evidence_tracker`` is the console script."""

import sys

from evidence_tracker.app import main

if __name__ == "__main__":
    sys.exit(main())
