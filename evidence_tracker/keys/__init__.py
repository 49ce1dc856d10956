"""Keys: the organisation root, the identity root, and how each is wrapped.

Nothing here touches the database: the wraps of the two roots lie in ``instance/keys/``,
all other wraps are rows of the rooms that own the keys.
"""
