"""The lists that an import reads, in the order in which one needs the other.

The project tool's lists become items. So do those of an ERP that the hub makes known from there; what else the ERP
lists, documents that only go out and lists of its own, is read into its register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.core.spec import ErpObject
from hub.erp.fields import LISTED_AS
from hub.objects import OBJECTS
from hub.objects.project import PROJECT

_MEMBER, _PROJECT_MEMBER = "member", "project_member"
JOB_CODES = "project_cost_code"  # the one list that an ERP gives job by job
_LEDGER = ("entity", "bank", "gl_account", "accounting_period")
_AMOUNTS = ("amount", "original_amount")


@dataclass(frozen=True)
class Resource:
    """`spec` is None for what becomes no item of its own; `words` is how a person calls the list.

    `register`: its records are kept as the ERP lists them. `documents` are then the items that stand for them."""

    key: str
    words: str
    per_project: bool
    spec: ErpObject | None = None
    register: bool = False
    documents: ErpObject | None = None

    @property
    def type_name(self) -> str:
        """What issues about it are filed under."""
        about = self.spec or self.documents
        return about.name if about else self.key

    @property
    def amounts(self) -> tuple[str, ...]:
        """The fields of which a record's first is the amount that a second read compares."""
        about = self.spec or self.documents
        own = (about.amount,) if about and about.amount else ()
        return own if self.spec else (*own, *_AMOUNTS)

    @property
    def is_proven(self) -> bool:
        """Whether a second read is compared with the first."""
        return self.spec is not None or self.register


def _resources() -> tuple[Resource, ...]:
    found = [Resource(_MEMBER, "members", per_project=False)]
    for spec in OBJECTS:
        found.append(Resource(spec.key, _words(spec.plural), _is_per_project(spec), spec))
        if spec is PROJECT:
            found.append(Resource(_PROJECT_MEMBER, "project members", per_project=True))
        if spec.lines is not None and spec.lines.resource is not None:
            found.append(Resource(spec.lines.resource, _plural(spec.lines.resource), per_project=True))
    return tuple(found)


def _is_per_project(spec: ErpObject) -> bool:
    return spec.project_column is not None and spec is not PROJECT


def _words(plural: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in plural)


def _plural(key: str) -> str:
    words = key.replace("_", " ")
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


RESOURCES: tuple[Resource, ...] = _resources()
_DOCUMENTS: Mapping[str, ErpObject] = {LISTED_AS.get(spec.key, spec.key): spec for spec in OBJECTS}


def given(capabilities: Mapping[str, Any], *, from_erp: bool) -> tuple[Resource, ...]:
    """What a connection gives, in order of dependency; all that is known where it says nothing."""
    imports = set(capabilities.get("imports") or ())
    if not from_erp:
        return tuple(each for each in RESOURCES if not imports or each.key in imports)
    lists = set(capabilities.get("lists") or imports) or {*_DOCUMENTS, JOB_CODES, *_LEDGER}
    kept = tuple(
        each
        for each in RESOURCES
        if each.key in lists and (not imports or each.key in imports) and _comes_from_erp(each)
    )
    left = lists - {each.key for each in kept}
    ordered = [key for key in (*_LEDGER, *_DOCUMENTS) if key in left]
    others = sorted(left - set(ordered))
    return (*kept, *(_register(key) for key in (*ordered, *others)))


def _comes_from_erp(resource: Resource) -> bool:
    return resource.spec.comes_in if resource.spec is not None else resource.key == JOB_CODES


def _register(key: str) -> Resource:
    about = _DOCUMENTS.get(key)
    per_project = about is not None and _is_per_project(about)
    return Resource(key, _plural(key), per_project, register=True, documents=about)


def chosen(known: Sequence[Resource], keys: Sequence[str]) -> list[Resource]:
    """Of what is known, the resources of these keys in order of dependency, each once."""
    return [resource for resource in known if resource.key in keys]
