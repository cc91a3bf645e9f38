"""An operator who starts the hub without its settings is told which, and never what they hold."""

import pytest

from hub.settings import settings


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch):
    for name in ("DATABASE_URL", "HUB_SECRET", "HUB_SEALING_KEYS", "HUB_LEASE_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_what_is_missing_is_named_as_its_variable():
    with pytest.raises(SystemExit) as ended:
        settings()

    assert str(ended.value).splitlines() == [
        "The environment cannot be used as it is; README.md lists all settings.",
        "  DATABASE_URL: Field required",
        "  HUB_SECRET: Field required",
    ]


def test_what_does_not_fit_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1/hub")
    monkeypatch.setenv("HUB_SECRET", "hunter2")
    monkeypatch.setenv("HUB_LEASE_SECONDS", "soon")

    with pytest.raises(SystemExit) as ended:
        settings()

    assert "HUB_SECRET: " in str(ended.value)
    assert "HUB_LEASE_SECONDS: " in str(ended.value)
    assert "hunter2" not in str(ended.value)
    assert "soon" not in str(ended.value)


def test_sealing_keys_that_cannot_be_read_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1/hub")
    monkeypatch.setenv("HUB_SECRET", "long enough for a secret")
    monkeypatch.setenv("HUB_SEALING_KEYS", "a:c2hvcnQ=")

    with pytest.raises(SystemExit) as ended:
        settings()

    assert "  HUB_SEALING_KEYS: " in str(ended.value)
    assert "c2hvcnQ" not in str(ended.value)
