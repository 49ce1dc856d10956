"""How parsers fail on broken files. Child only.

Parsers of other people's formats raise whatever their authors did not foresee; the list
below is what those in use here are known to raise. Anything else ends the worker, which the
runner reports as well.
"""

import struct
import zipfile
import zlib
from email.errors import MessageError
from xml.parsers.expat import ExpatError

from pypdfium2 import PdfiumError

BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    ExpatError,
    LookupError,
    MemoryError,
    MessageError,
    NotImplementedError,
    OSError,
    PdfiumError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def in_words(error: BaseException) -> str:
    """Say what is wrong with the file, for a person."""
    text = str(error).strip()
    if isinstance(error, MemoryError):
        return "it needs more memory than a file may use here"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if "password" in text.lower() or "encrypted" in text.lower():
        return "it is protected by a password"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
