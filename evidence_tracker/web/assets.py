"""Style, script and icons: built by frontend/, and kept by the browser until they are built anew."""

from typing import Any

from flask import Flask, Response, request

KEPT_S = 365 * 24 * 3600
SHORT = 12


def install(app: Flask) -> None:
    """Put the digest of the build into every address of an asset, and let such an address be kept."""
    version = digest(app)

    @app.url_defaults
    def _versioned(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and version:
            values.setdefault("v", version)

    @app.after_request
    def _kept(response: Response) -> Response:
        if request.endpoint == "static" and version and request.args.get("v") == version:
            response.headers["Cache-Control"] = f"public, max-age={KEPT_S}, immutable"
        return response


def digest(app: Flask) -> str:
    """Return the beginning of the digest of what was built, empty where nothing was built yet."""
    try:
        with app.open_resource("static/digest.txt", "r", encoding="ascii") as file:
            return str(file.read(SHORT))
    except FileNotFoundError:
        return ""
