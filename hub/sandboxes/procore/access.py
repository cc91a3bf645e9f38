"""Which companies and projects the installed application reaches; the control interface can change it."""

from collections.abc import Iterable

from hub.sandboxes.kit import Store
from hub.sandboxes.procore.problem import Problem, bad_request, forbidden, not_found

_KIND, _KEY = "access", "application"


class Access:
    """Connected and permitted everywhere until told otherwise."""

    def __init__(self, store: Store, company_id: int) -> None:
        self._store = store
        self._company_id = company_id

    @property
    def foreign_company_id(self) -> int:
        """A company that exists, but whose administrator never installed the application."""
        return self._company_id + 1

    def set(self, *, connected: bool = True, projects: Iterable[int] | None = None) -> None:
        kept = {"connected": connected, "projects": None if projects is None else list(projects)}
        self._store.put(_KIND, _KEY, kept)

    def permits(self, project_id: int) -> bool:
        kept = self._store.get(_KIND, _KEY)
        return kept is None or kept["projects"] is None or project_id in kept["projects"]

    def check_company(self, header: str | None) -> None:
        if header is None:
            raise bad_request(
                "Missing Procore-Company-Id header! Send the id of the company with every call."
            )
        if header == str(self.foreign_company_id):
            raise _not_connected()
        if header != str(self._company_id):
            raise not_found()
        kept = self._store.get(_KIND, _KEY)
        if kept is not None and not kept["connected"]:
            raise _not_connected()


def _not_connected() -> Problem:
    return forbidden("App is not connected to this company")
