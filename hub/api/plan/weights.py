"""How many rows a query may touch: each list counts its own times those of the lists around it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod

from hub.api.plan.binds import Arguments

Size = Callable[[list[Arguments]], int]


class Weights:
    """The sizes of the lists that are open while a selection is planned."""

    def __init__(self, costs: list[Size]) -> None:
        self._costs = costs
        self._open: list[Size] = []

    def add(self, rows: int) -> None:
        """Something that costs as much as so many rows, in every row of the lists that are open."""
        chain = tuple(self._open)
        self._costs.append(lambda arguments: rows * prod(known(arguments) for known in chain))

    @contextmanager
    def times(self, size: Size) -> Iterator[None]:
        """While open, what is planned stands once in every row of a list of this size."""
        self._open.append(size)
        chain = tuple(self._open)
        self._costs.append(lambda arguments: prod(known(arguments) for known in chain))
        try:
            yield
        finally:
            self._open.pop()
