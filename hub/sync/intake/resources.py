"""The lists that an import reads, in the order in which one needs the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.core.spec import ErpObject
from hub.objects import OBJECTS
from hub.objects.project import PROJECT

_MEMBER, _PROJECT_MEMBER = "member", "project_member"


@dataclass(frozen=True)
class Resource:
    """`spec` is None for what is no object of its own; `words` is how a person calls the list."""

    key: str
    words: str
    per_project: bool
    spec: ErpObject | None = None


def _resources() -> tuple[Resource, ...]:
    found = [Resource(_MEMBER, "members", per_project=False)]
    for spec in OBJECTS:
        found.append(Resource(spec.key, _words(spec.plural), _is_per_project(spec), spec))
        if spec is PROJECT:
            found.append(Resource(_PROJECT_MEMBER, "project members", per_project=True))
        if spec.lines is not None and spec.lines.resource is not None:
            words = spec.lines.resource.replace("_", " ") + "s"
            found.append(Resource(spec.lines.resource, words, per_project=True))
    return tuple(found)


def _is_per_project(spec: ErpObject) -> bool:
    return spec.project_column is not None and spec is not PROJECT


def _words(plural: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in plural)


RESOURCES: tuple[Resource, ...] = _resources()
KEYS: frozenset[str] = frozenset(resource.key for resource in RESOURCES)


def chosen(keys: Sequence[str]) -> list[Resource]:
    """The resources of these keys in order of dependency, each once."""
    return [resource for resource in RESOURCES if resource.key in keys]
