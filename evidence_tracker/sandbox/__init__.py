"""The sandbox: the only place where a parser meets bytes from outside.

``runner.Sandbox`` is what the house uses. It speaks through ``workers`` to ``child``, a process
that can neither open files nor reach the network, where ``media_type``, ``images``,
``recordings`` and ``documents`` parse, ``previews`` draws and ``readable`` reads for a person. What
comes back is checked field by field (``answers``), and pictures part by part (``plain``), since a
parser that was taken over may answer anything.
"""
