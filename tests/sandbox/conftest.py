import io
import os
from pathlib import Path

import pytest
from PIL import Image

from evidence_tracker.sandbox.runner import Sandbox

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus"


@pytest.fixture(scope="session")
def sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def corpus():
    """Read a file of the corpus by its name."""
    if not CORPUS.is_dir():
        assert "CI" not in os.environ, f"the corpus is missing at {CORPUS}"
        pytest.skip("the corpus of real files is not there")

    def read(name):
        folder = "c2pa" if (CORPUS / "c2pa" / name).exists() else "files"
        return (CORPUS / folder / name).read_bytes()

    return read


def picture(format_, size=(40, 30), mode="RGB", **options):
    """Return an encoded picture with something to see."""
    content = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(content, format_, **options)
    return content.getvalue()
