"""Testing a connection: every API that is needed, asked once; the modules behind them; the version."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from hub.codes import ErrorCode
from hub.connectors.mri.settings import Settings
from hub.connectors.mri.wire.answers import nested
from hub.connectors.mri.wire.api import Api
from hub.connectors.mri.wire.names import Source
from hub.connectors.mri.writing.shape import key_of
from hub.erp.checking import checked
from hub.erp.connector import Check
from hub.errors import ErpError, Refused

_READ = (
    "company", "project", "cost_code", "cost_type", "project_cost_code", "budget_line", "budget_change", "commitment",
    "commitment_change_order", "payable", "payment", "journal", "accounting_period", "gl_account", "entity", "bank",
)  # fmt: skip
_MODULES = {"JC": "Job Cost", "AP": "Accounts Payable", "GL": "General Ledger", "PO": "Purchase Order"}
_REQUIRED = ("JC", "AP", "GL")
_OLDEST = 5
_TOO_OLD = f"Platform X {{}} is older than {_OLDEST}; have it upgraded."


class Verifier:
    """A 401 does not say whether the password or the right to one API is at fault, so each is asked by itself."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api, self._settings = api, settings

    async def verify(self) -> Sequence[Check]:
        job = await self._any_job()
        asked: dict[str, list[Check]] = {}
        for name in self._needed():
            source = self._settings.sources[name]
            asked.setdefault(source.module, []).append(await self._asked(name, source, job))
        checks = [check for module in asked.values() for check in module]
        version, told = await self._site()
        required = (*_REQUIRED, "PO") if self._settings.po_module and told is not None else _REQUIRED
        modules = [_module(each, _answers(each, asked.get(each, []), told)) for each in required]
        return [*checks, *modules, *_version(version)]

    def _needed(self) -> Sequence[str]:
        orders = ("purchase_order",) if self._settings.po_module else ()
        write = (
            "create_invoice" if self._settings.invoice_api == "create_invoice" else "subcontractor_invoice"
        )
        return (*_READ, *orders, write)

    async def _asked(self, name: str, source: Source, job: str | None) -> Check:
        found = await checked(source.api, self._call(name, source, job))
        if found.ok:
            return found
        remedy = f"Give the web services user's class the right to {source.api}, and have it registered for the key."
        return Check(found.name, ok=False, message=f"{found.message} {remedy}")

    def _call(self, name: str, source: Source, job: str | None) -> Awaitable[object]:
        if name == "create_invoice":
            return self._api.ask(source)
        wanted = source.parameters.get("job_code")
        query = {"$top": "1", **({wanted: job} if wanted and job else {})}
        return self._api.read(source, query)

    async def _any_job(self) -> str | None:
        source = self._settings.sources["project"]
        try:
            rows, _ = await self._api.read(source, {"$top": "1"})
        except ErpError:
            return None
        return str(rows[0].get(source.key[0])) if rows else None

    async def _site(self) -> tuple[str | None, frozenset[str] | None]:
        """Version and modules: as declared, else as the site tells, where it has an API for that."""
        version, modules = self._settings.version, self._settings.modules
        if version is not None and modules is not None:
            return version, modules
        source = self._settings.sources["site"]
        try:
            rows, _ = await self._api.read(source, {})
        except ErpError:
            return version, modules
        told = {key_of(row, ("Module",))[0] for row in (nested(rows[0], source.lines or "") if rows else ())}
        said = key_of(rows[0], ("Version",))[0] if rows else ""
        return version or said or None, modules or frozenset(told - {""}) or None


def _module(module: str, there: bool) -> Check:
    words = _MODULES[module]
    message = "OK" if there else f"The module {words} ({module}) is missing: have it installed."
    return Check(f"module {module}", there, message, None if there else ErrorCode.MODULE_MISSING)


def _answers(module: str, checks: Sequence[Check], told: frozenset[str] | None) -> bool:
    """Where nobody says, a module of which no API answers is taken to be missing."""
    return any(check.ok for check in checks) if told is None else module in told


def _version(version: str | None) -> Sequence[Check]:
    if version is None:
        return ()
    fine = _new_enough(version)
    message = "OK" if fine else _TOO_OLD.format(version)
    return (Check("version", fine, message, None if fine else ErrorCode.ERP_VERSION_TOO_OLD),)


def _new_enough(version: str) -> bool:
    found = re.search(r"\d+", version)
    return found is not None and int(found[0]) >= _OLDEST


def demand(given: Mapping[str, Any]) -> None:
    """What a connection may be without: nothing that its own settings declare to be missing. Raises `Refused`."""
    settings = Settings.read(given)
    missing = [] if settings.modules is None else [each for each in _REQUIRED if each not in settings.modules]
    if missing:
        named = ", ".join(f"{_MODULES[each]} ({each})" for each in missing)
        raise Refused(
            ErrorCode.MODULE_MISSING,
            f"The installation lacks modules that the hub works with: {named}.",
            field="settings.modules",
            remedy="Have them installed, then declare them in `modules`; or leave it out, and they are looked for.",
        )
    if settings.version is not None and not _new_enough(settings.version):
        raise Refused(
            ErrorCode.ERP_VERSION_TOO_OLD,
            _TOO_OLD.format(settings.version),
            field="settings.platform_version",
        )
