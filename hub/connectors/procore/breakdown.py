"""Which cost code and cost type a code of the work breakdown is made of, and which custom segments.

Lines of version 2 name nothing but such a code, and only its segments tell that a line stands on a custom one."""

from collections.abc import Mapping
from typing import Any

from hub.connectors.procore.asking import Asking, Ids
from hub.connectors.procore.lists import List
from hub.connectors.procore.problems import NotOffered
from hub.connectors.procore.shapes import Row, at
from hub.erp import values
from hub.erp.incoming import quiet
from hub.erp.origin import OriginIds
from hub.errors import ErpForbidden

_LIST = List("/rest/v1.0/projects/{project}/work_breakdown_structure/wbs_codes")
_CODE, _TYPE = "cost_code", "line_item_type"
_KNOWN = frozenset({_CODE, _TYPE, "sub_job"})
_WBS = "wbs_code.id|wbs_code_id"
Code = Mapping[str, Any]


class Breakdown:
    """Reads the codes of a project once, and only where a line needs them."""

    def __init__(self, ask: Asking, origins: OriginIds) -> None:
        self._ask, self._origins = ask, origins
        self._of: dict[str, Mapping[str, Code]] = {}

    async def explained(self, line: Row, ids: Ids) -> Row:
        """The line, with what its code is made of under `breakdown` where it does not say that itself."""
        wbs = quiet(values.identifier, at(line, _WBS))
        if wbs is None or "project" not in ids or _explains_itself(line):
            return line
        known = (await self._codes(ids)).get(wbs)
        return line if known is None else {**line, "breakdown": known}

    async def _codes(self, ids: Ids) -> Mapping[str, Code]:
        project = ids["project"]
        if project not in self._of:
            try:
                rows = await self._ask.all(_LIST, ids)
            except (NotOffered, ErpForbidden):  # such a project has no lines that need it, or nobody may know
                rows = []
            self._of[project] = {str(row.get("id")): self._code(row) for row in rows}
        return self._of[project]

    def _code(self, row: Row) -> Code:
        items = [item for item in row.get("segment_items") or () if isinstance(item, dict)]
        kinds = {str(at(item, "segment.type")): item for item in items}
        code, kind = kinds.get(_CODE, {}), kinds.get(_TYPE, {})
        custom = [
            str(at(item, "segment.name|segment.type"))
            for item in items
            if str(at(item, "segment.type")) not in _KNOWN
        ]
        return {
            "cost_code": self._marked(self._origins.cost_code, code.get("path_code") or code.get("code")),
            "cost_type": self._marked(self._origins.cost_type, kind.get("code")),
            "flat_code": quiet(values.text, row.get("flat_code")),
            "custom": ", ".join(custom) or None,
        }

    @staticmethod
    def _marked(mark: Any, code: Any) -> str | None:
        """The origin id that the ERP's code of this name has."""
        return mark(code) if isinstance(code, str) and code else None


def _explains_itself(line: Row) -> bool:
    """Whether it shows a cost code and type, and its code of the breakdown is made of these two alone."""
    code = quiet(values.text, at(line, "cost_code.full_code|cost_code.code"))
    kind = quiet(values.text, at(line, "line_item_type.code"))
    flat = quiet(values.text, at(line, "wbs_code.flat_code"))
    if code is None or kind is None:
        return False
    return flat is None or len(flat) <= len(code) + len(kind) + 1
