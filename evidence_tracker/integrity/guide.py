"""``VERIFY.md``: what a recipient reads first, in plain words, with nothing that has to be believed."""

from .names import require_safe_name
from .note import require_name

_TEXT = """\
# How to check this bundle: {name}

This folder or ZIP file was handed over as one sealed bundle. You can check that it is complete and
unchanged without asking us, without a network, and with several programs that do not come from us.

Before you begin: **the key**. A bundle cannot vouch for itself. Everything here, this page too, could
have been made by somebody else. What ties the bundle to us is a signing key whose *fingerprint* (64
letters and digits) you received in another way: on paper, in person, by telephone. If you have none,
ask us for it through a contact that you knew before this bundle came. The log that the key signs for
calls itself

    {origin}

If the file you received ends in `.age`, decrypt it first: `age -d -i YOUR-KEY-FILE -o {name}.zip FILE.age`

## 1. With tools that every computer has

Unpack the ZIP (`unzip {name}.zip -d {name}`), open a terminal in the folder, and type:

    sha256sum -c --quiet manifest-sha256.txt        (Linux; macOS: shasum -a 256 -c manifest-sha256.txt)
    sha256sum -c --quiet tagmanifest-sha256.txt
    sha256sum proof/log.vkey

The first two say nothing when every file is the one that was listed. The third prints the fingerprint
of the key in this bundle: compare it with the one you received in another way. On Windows,
`certutil -hashfile FILE SHA256` prints the same digest for one file.

This shows that the files fit their lists. It does not show who wrote the lists.

## 2. With the Library of Congress's tool

The folder is a bag as RFC 8493 describes it. With Python:

    pip install bagit
    bagit.py --validate {name}

This shows the same as 1, and that no file was added or left out.

## 3. With our verifier

It needs Python 3.11 and the package evidence-tracker (its source is public: take it from a place that
you trust, not from this bundle), no network and no account:

    python -m evidence_tracker.integrity {name}.zip --key 'THE KEY YOU WERE GIVEN'

It prints nine numbered checks. Each one says what it proves and what it does not prove. It checks the
signature over the lists, that each custody event shown was in our log, that the chain of each item has
no gap, and that the bundle was sealed in the log exactly as it is. Its exit status is 0 when all is
well and the key is the one you gave, 1 when something is wrong, 3 when all is well but you gave no key.

If a file `{name}.receipt` came with the bundle, put it beside the ZIP: it proves which ZIP file was
written, bit for bit.

## 4. With programs of your own

The formats are public: ZIP without compression, BagIt (RFC 8493), signed notes, checkpoints and proofs
(c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-proof), Merkle trees (RFC 6962), JSON
(RFC 8785), Ed25519 (RFC 8032). In Go, `golang.org/x/mod/sumdb/note` opens `tagmanifest.note` and
`proof/checkpoint` with the key in `proof/log.vkey`; its neighbour `tlog` checks the proofs. In the source
of evidence-tracker, `docs/how-to/second-opinion` is a small program in Go that does this and shares no
line with our verifier; `docs/spec/bundle.md` is the specification.

## What no check can tell you

That a picture shows what it is said to show, that a witness was right, or that nothing relevant was left
out. A check can only tell you that what you hold is what was recorded and sealed, and in which order.
Events shown as *withheld* exist and are counted, but their content was not given to you.
"""


def verify_md(*, name: str, origin: str) -> bytes:
    """Return ``VERIFY.md`` for the bundle ``name`` (its file name without ``.zip``) of the log ``origin``."""
    require_safe_name(name)
    require_name(origin)
    return _TEXT.format(name=name, origin=origin).encode()
