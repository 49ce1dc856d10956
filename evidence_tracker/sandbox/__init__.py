"""The sandbox: the only place where a parser meets bytes from outside.

``runner.Sandbox`` is what the house uses. It speaks to ``child``, a process that
can neither open files nor reach the network, where ``media_type``, ``images``,
``recordings`` and ``documents`` parse. What comes back is checked field by field
(``answers``), since a parser that was taken over may answer anything.
"""
