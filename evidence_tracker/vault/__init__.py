"""The vault: evidence bytes, encrypted, written once, never overwritten.

``blobs`` deposits and reads, ``local`` keeps the ciphertext in a folder,
``files`` is the one place that talks to the operating system about it.
The format is docs/spec/blob.md.
"""
