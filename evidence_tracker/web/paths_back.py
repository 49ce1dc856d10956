"""Where somebody comes back to after signing in or unlocking: a page of ours, or the start page."""

from urllib.parse import urlsplit

from flask import request


def here() -> str | None:
    """Return the page that was asked for, or the one whose form was sent; None for the start page."""
    path = (
        urlsplit(request.referrer or "").path if request.method == "POST" else request.full_path.rstrip("?")
    )
    return path if path not in {"", "/"} else None


def safe(target: str | None) -> str:
    """Return a path within this site, the start page for anything else."""
    if (
        not target
        or not target.startswith("/")
        or target.startswith(("//", "/\\"))
        or not target.isprintable()
    ):
        return "/"
    return target
