"""The proof: what an outsider needs to check evidence without us, our database or a network.

Stands alone: standard library and ``cryptography`` only, nothing of the rest of the house.
``docs/spec/custody-log.md`` is the specification; the modules follow its order::

    canonical    one spelling for every value (RFC 8785, restricted) and every base64 text
    commitment   salted fields → digests → commitment → leaf; disclosure of some of the fields
    merkle       the tree of RFC 6962: roots, inclusion, consistency, growth
    note         text signed by keys with names (C2SP signed-note)
    checkpoint   the signed size and root of one tree (C2SP tlog-checkpoint)
    proof        one event, disclosed and proved, in one file (C2SP tlog-proof)
    faults       what can be wrong with any of these

``docs/spec/bundle.md`` is that of the bundle; a bundle is written with the first line and verified
with all::

    archive, headers, names, bagit, guide    the bytes of a bundle: ZIP profile, manifests, VERIFY.md
    contents                                 a bundle as ZIP file or folder
    files, log, events, items, seal          the checks; ``bundle`` calls them in order
    report                                   what they found; ``__main__`` prints it
"""
