"""``python -m evidence_tracker`` is the console script."""

from evidence_tracker.app import main

if __name__ == "__main__":
    main()
