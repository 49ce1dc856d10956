"""What of a record may be found by its words, stated by the room the record belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Searched:
    """The columns of a model that the search reads; what is not named here is never searched.

    ``title`` and ``texts`` are words (text, places, lists of either); ``codes`` are numbers and
    addresses that are found as they are written, beside the ``reference``. A record that hangs
    on another names the columns that may point to it in ``of`` (one of them is set): whoever
    finds it opens that other record. ``along`` names further records it speaks of. Only who may
    read all of them finds it (docs/explanation/search.md).
    """

    title: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    reference: str = "reference"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column whose words are searched, codes last."""
        return (*self.title, *self.texts, *self.codes)
