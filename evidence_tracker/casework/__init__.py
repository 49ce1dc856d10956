"""The rooms: what investigators do, in the order of an exhibit's life."""
