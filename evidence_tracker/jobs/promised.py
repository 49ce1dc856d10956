"""Every kind of promised work that a worker keeps."""

from evidence_tracker.jobs import examinations, withdrawals

JOBS = {**examinations.JOBS, **withdrawals.JOBS}
