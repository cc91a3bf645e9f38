"""How a profile is made: one row of directions, identity and behaviour of a system that other connectors speak to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.erp.capabilities import (
    Behaviour,
    Capabilities,
    Direction,
    Identity,
    ObjectCapability,
    both,
    exported,
    imported,
)

IN, OUT, BOTH = Direction.IMPORT, Direction.EXPORT, Direction.BOTH
_MADE = {IN: imported, OUT: exported, BOTH: both}
Details = Mapping[str, Mapping[str, Any]]  # object key -> fields of its ObjectCapability


def profile(
    identity: Identity, row: Mapping[str, Direction], behaviour: Behaviour, details: Details | None = None
) -> Capabilities:
    """Capabilities of what the row names; what it does not name travels neither way.

    Cost types come in with the codes. Flags that follow from the row are set here, so that none can contradict it."""
    coded = any(row.get(key, Direction.NONE).comes_in for key in ("cost_code", "project_cost_code"))
    directions = {**row, **({"cost_type": IN} if coded else {})}
    objects = {key: _made(way, (details or {}).get(key, {})) for key, way in directions.items()}
    return Capabilities(identity, objects, _followed(behaviour, row), write_classes={})


def _made(way: Direction, details: Mapping[str, Any]) -> ObjectCapability:
    return replace(_MADE[way](), **details)


def _followed(behaviour: Behaviour, row: Mapping[str, Direction]) -> Behaviour:
    def way(key: str) -> Direction:
        return row.get(key, Direction.NONE)

    return replace(
        behaviour,
        supports_sub_jobs=way("sub_job") is not Direction.NONE,
        supports_project_cost_codes=way("project_cost_code") is not Direction.NONE,
        payment_import=way("payment").comes_in,
        payment_export=way("payment").goes_out,
        po_mode=behaviour.po_mode if way("commitment").goes_out else "none",
    )
