"""The ways in which MRI says no: to the whole request by its status, to one entry inside a 200."""


class RequestRefusedError(Exception):
    """The request as a whole is turned away; nothing of it is looked at. `as_page`: by a web page."""

    def __init__(self, status: int, message: str, *, as_page: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.as_page = as_page


class EntryRefusedError(Exception):
    """One entry is turned away, or some rows of its nested sets: set name and row index to message.

    `others` are further messages against the entry, which only some sites tell."""

    def __init__(
        self,
        message: str = "",
        nested: dict[tuple[str, int], str] | None = None,
        others: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message or "; ".join((nested or {}).values()))
        self.message = message
        self.others = others
        self.nested = nested or {}
