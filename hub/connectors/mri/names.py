"""What an MRI installation calls things: API per object, its key, its parameters. A site may override each.

MRI publishes few of these names; the table's stand in for the site's own until its settings name them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hub.codes import ErrorCode
from hub.errors import Refused


@dataclass(frozen=True, slots=True)
class Source:
    """One API. `parameters` are ours -> theirs; `nothing_found`: words of an error that means "none"."""

    api: str
    key: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    changed: str = "LastUpdate"
    nothing_found: tuple[str, ...] = ("there is no", "there are no", "no records found")
    fields: Mapping[str, str] = field(default_factory=dict)


SOURCES: Mapping[str, Source] = {
    "company": Source("MRI_S-PMAP_Vendors", "VendorID", {"since": "LastUpdateDate"}),
    "project": Source("MRI_S-PMJC_Jobs", "JobCode", {"since": "LastUpdateDate"}),
    "cost_code": Source("MRI_S-PMJC_CostCodes", "CostCode"),
    "cost_type": Source("MRI_S-PMJC_Categories", "Category"),
    "project_cost_code": Source("MRI_S-PMJC_JobCostCodes", "CostCode", {"job": "JOBCODE"}),
    "commitment": Source(
        "MRI_S-PMJC_Contracts", "ContractNumber", {"job": "JOBCODE", "number": "CONTRACTNUMBER"}
    ),
}


def sources(overrides: Mapping[str, Any]) -> Mapping[str, Source]:
    """The table with a site's own names in it: object -> any of `api`, `key`, `parameters`, `fields`, ..."""
    unknown = sorted(set(overrides) - set(SOURCES))
    if unknown:
        raise _bad(unknown[0])
    return {key: _overridden(key, source, overrides.get(key) or {}) for key, source in SOURCES.items()}


def _overridden(key: str, source: Source, own: Any) -> Source:
    if not isinstance(own, Mapping):
        raise _bad(key)
    changes: dict[str, Any] = {}
    for name, value in own.items():
        if name in ("api", "key", "changed") and isinstance(value, str) and value:
            changes[name] = value
        elif name in ("parameters", "fields") and isinstance(value, Mapping):
            changes[name] = {**getattr(source, name), **value}
        elif name == "nothing_found" and isinstance(value, list | tuple):
            changes[name] = tuple(str(words).lower() for words in value)
        else:
            raise _bad(f"{key}.{name}")
    return replace(source, **changes)


def _bad(name: str) -> Refused:
    return Refused(
        ErrorCode.INVALID_VALUE, f"The table of names has no entry {name}.", field=f"settings.apis.{name}"
    )
