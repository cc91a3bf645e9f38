"""Ids that no scope names because a company or project has one of the kind: the ERP's cost code list, the budget view."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.connectors.procore.api import Api, filled
from hub.connectors.procore.settings import Settings
from hub.connectors.procore.shapes import Row
from hub.erp.incoming import records
from hub.errors import ErpForbidden, ErpUnexpected


@dataclass(frozen=True, slots=True)
class _Choice:
    """Where the candidates are, per what they are kept, and the setting that names one by id or name."""

    words: str
    setting: str
    path: str
    owner: str  # of the scope: company or project

    @property
    def query(self) -> str:
        return f"{self.owner}_id"


_CHOICES = {
    "code_list": _Choice(
        "cost code list", "standard_cost_code_list_id", "/rest/v1.0/standard_cost_code_lists", "company"
    ),
    "view": _Choice("budget view", "budget_view", "/rest/v1.0/budget_views", "project"),
}


class Chooser:
    """Finds each once per company or project."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api = api
        self._stated = {"code_list": settings.code_list_id, "view": settings.budget_view}
        self._known: dict[tuple[str, str], str] = {}
        self.names = frozenset(_CHOICES)

    async def one(self, name: str, ids: Mapping[str, str]) -> str:
        """The one set, the only one, or the one that is named for the ERP. A project that has none keeps the list closed."""
        choice, stated = _CHOICES[name], self._stated[name]
        if stated is not None and stated.isdigit():
            return stated
        owner = filled(f"{{{choice.owner}}}", ids)
        if (name, owner) not in self._known:
            self._known[name, owner] = self._pick(choice, await self._listed(choice, owner), stated)
        return self._known[name, owner]

    async def _listed(self, choice: _Choice, owner: str) -> list[Row]:
        found, following = await self._api.read(choice.path, {choice.query: owner})
        rows = records(found, f"{choice.words}s")
        while following is not None:
            found, following = await self._api.read(following)
            rows += records(found, f"{choice.words}s")
        return rows

    @staticmethod
    def _pick(choice: _Choice, rows: list[Row], stated: str | None) -> str:
        wanted = (stated or "erp").lower()
        named = [row for row in rows if wanted in str(row.get("name", "")).lower()]
        exact = [row for row in named if str(row.get("name", "")).lower() == wanted]
        chosen = rows if len(rows) == 1 and stated is None else exact or named
        if not rows and choice.owner == "project":
            raise ErpForbidden(f"The project has no {choice.words}.")
        if len(chosen) != 1 or chosen[0].get("id") is None:
            raise ErpUnexpected(
                f"It is not clear which {choice.words} belongs to the ERP: name it in the setting {choice.setting}."
            )
        return str(chosen[0]["id"])
