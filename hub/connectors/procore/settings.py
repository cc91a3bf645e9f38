"""What a Procore connection can be told: company, environment, sign-in, sizes, and every choice that its documents leave open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from hub.codes import ErrorCode
from hub.erp.origin import USUAL_PREFIX
from hub.errors import Refused


@dataclass(frozen=True, slots=True)
class Environment:
    """Tokens of one environment are worth nothing in another."""

    login: str
    api: str


ENVIRONMENTS: Mapping[str, Environment] = {
    "production": Environment("https://login.procore.com", "https://api.procore.com"),
    "sandbox": Environment("https://login-sandbox.procore.com", "https://sandbox.procore.com"),
    "monthly": Environment("https://login-sandbox-monthly.procore.com", "https://api-monthly.procore.com"),
}
CLIENT_CREDENTIALS, AUTHORIZATION_CODE = GRANTS = ("client_credentials", "authorization_code")


@dataclass(frozen=True, slots=True)
class Settings:
    """`base_url` and `login_url` come from the environment where the connection states none.

    The mappings are keyed by the names in `resources` and `operations`: `paths` are templates such as
    `/rest/v1.0/companies/{company}/erp_requests`, `versions` are `v1.0`, `paged` says which lists page,
    `variants` chooses between two forms of one resource. `bare_arrays` are operations whose entries go without a
    wrapper, `not_offered` are statuses of a list that a project lacks, `request_statuses` spells statuses of
    requests, `budget_form` is which of its two ways to change a budget the company has, `push_action` is what the privilege to push is called."""

    company_id: str
    base_url: str
    login_url: str
    grant: str = CLIENT_CREDENTIALS
    origin_prefix: str = USUAL_PREFIX
    page_size: int = 100
    batch_size: int = 500
    overlap_seconds: int = 300
    quoted_ranges: bool = False
    code_list_id: str | None = None
    budget_view: str | None = None
    budget_form: str = "changes"
    push_action: str = "can_push_to_accounting"
    paths: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    paged: Mapping[str, bool] = field(default_factory=dict)
    variants: Mapping[str, str] = field(default_factory=dict)
    request_statuses: Mapping[str, str] = field(default_factory=dict)
    bare_arrays: Sequence[str] = ("request_detail.sync",)
    not_offered: Sequence[int] = (405, 422)
    disconnected_words: str = "not connected to this company"

    @classmethod
    def read(cls, settings: Mapping[str, Any], base_url: str) -> "Settings":
        company = str(settings.get("company_id") or "")
        if not _is_id(company):
            raise _refused("company_id", "A company id is needed.")
        code_list = settings.get("standard_cost_code_list_id")
        base, login = _addresses(settings, base_url)
        return cls(
            company_id=company,
            base_url=base,
            login_url=login,
            grant=_one_of(settings, "grant", GRANTS),
            budget_form=_one_of(settings, "budget_form", BUDGET_FORMS),
            page_size=_count(settings, "page_size", 1, 2000),
            batch_size=_count(settings, "batch_size", 1, 1000),
            overlap_seconds=_count(settings, "overlap_seconds", 0, 86_400),
            code_list_id=str(code_list) if code_list else None,
            **{name: _of_type(settings, name, str) for name in _WORDS if settings.get(name)},
            **{name: _of_type(settings, name, bool) for name in ("quoted_ranges",) if name in settings},
            **{name: _list(settings, name, kind) for name, kind in _LISTS.items() if name in settings},
            **{name: _table(settings, name, kind) for name, kind in _TABLES.items() if name in settings},
        )


def address(settings: Mapping[str, Any], stated: str) -> str:
    """Where the API answers: as stated, else as the environment has it."""
    return Settings.read(settings, stated).base_url


BUDGET_FORMS = ("changes", "modifications", "both")
_WORDS = ("origin_prefix", "budget_view", "push_action", "disconnected_words")
_TABLES = {"paths": str, "versions": str, "paged": bool, "variants": str, "request_statuses": str}
_LISTS = {"bare_arrays": str, "not_offered": int}
_USUAL = {known.name: known.default for known in fields(Settings)}


def _addresses(settings: Mapping[str, Any], base_url: str) -> tuple[str, str]:
    """The API's and the login server's address. A stated environment and another's address do not go together."""
    stated = settings.get("environment")
    if stated is not None and (not isinstance(stated, str) or stated not in ENVIRONMENTS):
        raise _refused("environment", f"One of {', '.join(ENVIRONMENTS)} is expected.")
    by_address = [known for known in ENVIRONMENTS.values() if known.api == base_url.rstrip("/")]
    known = ENVIRONMENTS[stated] if stated else next(iter(by_address), None)
    if known is not None and base_url and known not in by_address:
        raise _refused("environment", "The address belongs to another environment.")
    base = base_url or (known.api if known else "")
    return base, str(settings.get("login_url") or (known.login if known else base))


def _count(settings: Mapping[str, Any], name: str, least: int, most: int) -> int:
    stated = settings.get(name, _USUAL[name])
    if isinstance(stated, bool) or not isinstance(stated, int) or not least <= stated <= most:
        raise _refused(name, f"A number from {least} to {most} is expected.")
    return stated


def _one_of(settings: Mapping[str, Any], name: str, words: tuple[str, ...]) -> str:
    stated = settings.get(name, _USUAL[name])
    if stated not in words:
        raise _refused(name, f"One of {', '.join(words)} is expected.")
    return str(stated)


def _of_type(settings: Mapping[str, Any], name: str, kind: type) -> Any:
    if not isinstance(settings[name], kind):
        raise _refused(name, f"A {kind.__name__} is expected.")
    return settings[name]


def _list(settings: Mapping[str, Any], name: str, kind: type) -> Any:
    stated = settings[name]
    if not isinstance(stated, list) or not all(isinstance(value, kind) for value in stated):
        raise _refused(name, f"A list whose values are of type {kind.__name__} is expected.")
    return stated


def _table(settings: Mapping[str, Any], name: str, kind: type) -> Any:
    stated = settings[name]
    if not isinstance(stated, dict) or not all(isinstance(value, kind) for value in stated.values()):
        raise _refused(name, f"An object whose values are of type {kind.__name__} is expected.")
    return stated


def _refused(name: str, message: str) -> Refused:
    return Refused(ErrorCode.INVALID_VALUE, message, field=f"settings.{name}")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 20
