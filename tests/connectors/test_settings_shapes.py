"""Whatever shape a setting of a connection has, it is read or refused by name; nothing else is raised."""

from typing import Any

import pytest

from hub.connectors import CONNECTORS
from hub.errors import Refused
from hub.settings import Settings
from hub.sync.connecting import fitting

HUB = Settings(DATABASE_URL="postgresql://nobody@127.0.0.1/none", secret="a secret of the tests")

CREDENTIALS = {
    "mri": {"client_id": "c", "database": "d", "user": "u", "key": "k", "password": "p"},
    "procore": {"client_id": "c", "client_secret": "s"},
    "reference": {"client_id": "c", "client_secret": "s"},
}
NEEDED: dict[str, dict[str, Any]] = {"mri": {}, "procore": {"company_id": "7"}, "reference": {}}
SHAPES = (0, -1, 1.5, True, "", "words", [], [None], ["a"], [{"a": 1}], {}, {"a": 1}, {"a": {"b": 1}})


class Looked(dict[str, Any]):
    """Settings that remember which of them were asked for."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)


async def read(kind: str, settings: dict[str, Any]) -> str | None:
    """The field that is refused, if any is."""
    try:
        await fitting(HUB, kind, "https://system.example.com", settings, CREDENTIALS[kind])
    except Refused as refused:
        return refused.field or "no field"
    return None


async def names_of(kind: str) -> set[str]:
    looked = Looked(NEEDED[kind])
    await read(kind, looked)
    return looked.names


def test_every_kind_has_its_turn():
    assert set(CREDENTIALS) == set(CONNECTORS)


@pytest.mark.parametrize("kind", CREDENTIALS)
async def test_a_setting_of_any_shape_is_read_or_refused_by_its_name(kind: str):
    names = await names_of(kind)
    found = [
        (name, await read(kind, {**NEEDED[kind], name: shape})) for name in sorted(names) for shape in SHAPES
    ]
    refused = [(name, field) for name, field in found if field is not None]

    assert {(name, field) for name, field in refused if not field.startswith(f"settings.{name}")} == set()
    assert len(names) >= 7
    assert len(refused) > 50
