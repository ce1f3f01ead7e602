"""Several things in an order, taken by their number or by their name."""

from collections.abc import Iterable, Sequence
from typing import Any, Self, TypeVar, overload

from experiments.errors import UserError, nearest

Thing = TypeVar("Thing")


class Named(Sequence[Thing]):
    """Things by their number or by their name; a slice of them is the same kind of list.

    Attributes:
        names: the names of the things, in their order.
    """

    # What one of them is called in an error.
    what = "thing"

    def __init__(self, things: Iterable[Thing], names: Iterable[str]) -> None:
        self._things = list(things)
        self.names = list(names)

    @overload
    def __getitem__(self, which: int | str) -> Thing: ...

    @overload
    def __getitem__(self, which: slice) -> Self: ...

    def __getitem__(self, which: Any) -> Any:
        """The thing with a number or a name, or some of them.

        Raises:
            UserError: if there is none of this name; the text names the nearest.
            IndexError: if there is none of this number.
        """
        if isinstance(which, slice):
            some = object.__new__(type(self))
            Named.__init__(some, self._things[which], self.names[which])
            return some
        if isinstance(which, str):
            if which not in self.names:
                raise UserError(f"{which}: no such {self.what}; {nearest(which, self.names)}")
            which = self.names.index(which)
        return self._things[which]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._things)

    def __repr__(self) -> str:
        """One of them in a line."""
        return "\n".join(map(repr, self)) or f"no {self.what}"
