"""The systems the hub can speak to, by name. One folder each, none knows another."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from db.accounts import SystemRole
from hub.codes import ErrorCode
from hub.connectors.mri.capabilities import capabilities as mri_capabilities
from hub.connectors.mri.checking import demand as mri_demand
from hub.connectors.mri.connector import MriConnector
from hub.connectors.mri.mapping import MAPPINGS as MRI_TABLES
from hub.connectors.procore.capabilities import capabilities as procore_capabilities
from hub.connectors.procore.connector import ProcoreConnector
from hub.connectors.procore.mapping import MAPPINGS as PROCORE_TABLES
from hub.connectors.procore.notices import TRIGGERS as PROCORE_TRIGGERS
from hub.connectors.procore.notices import news as procore_news
from hub.connectors.procore.settings import address as procore_address
from hub.connectors.procore.signin import SIGN_IN as PROCORE_SIGN_IN
from hub.connectors.procore.wishes import meaning_of as procore_meaning
from hub.connectors.reference.capabilities import capabilities as reference_capabilities
from hub.connectors.reference.connector import ReferenceConnector
from hub.connectors.reference.mapping import MAPPINGS as REFERENCE_TABLES
from hub.erp.capabilities import Capabilities
from hub.erp.connector import Connector, Step
from hub.erp.mapping import Mapping as FieldMapping
from hub.erp.notice import News, NotNews, Triggers
from hub.erp.reach import Reach
from hub.erp.request import Meaning
from hub.erp.signin import SignIn
from hub.errors import Refused
from hub.http import Limits, TokenStore, Traffic, Transport


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of system: its side, how a connection is opened, what it can do under given settings, its tables, its news.

    `address` finds where it answers, under settings that may name a known environment, from the address that was
    stated, if any was. `sign_in` is there where a person may have to let the hub in."""

    name: str
    role: SystemRole
    open: Callable[[Reach], Connector]
    capabilities: Callable[[Mapping[str, Any]], Capabilities]
    mappings: tuple[FieldMapping, ...]
    news: Callable[[Any], News] | None = None  # reads what its webhooks post
    triggers: Triggers | None = None  # what its webhooks are to tell of
    meaning: Callable[[str], Meaning] | None = None  # what its requests ask, by their names
    address: Callable[[Mapping[str, Any], str], str] = lambda _settings, stated: stated
    sign_in: SignIn | None = None
    demand: Callable[[Mapping[str, Any]], None] = lambda _settings: None  # refuses what cannot be worked with


CONNECTORS: Mapping[str, Kind] = MappingProxyType(
    {
        "mri": Kind(
            "MRI Platform X",
            SystemRole.ERP,
            MriConnector,
            mri_capabilities,
            MRI_TABLES,
            demand=mri_demand,
        ),
        "procore": Kind(
            "Procore",
            SystemRole.PROJECT_TOOL,
            ProcoreConnector,
            procore_capabilities,
            PROCORE_TABLES,
            news=procore_news,
            triggers=PROCORE_TRIGGERS,
            meaning=procore_meaning,
            address=procore_address,
            sign_in=PROCORE_SIGN_IN,
        ),
        "reference": Kind(
            "Reference ERP", SystemRole.ERP, ReferenceConnector, reference_capabilities, REFERENCE_TABLES
        ),
    }
)


def open_connector(
    kind: str,
    base_url: str,
    credentials: Mapping[str, str],
    settings: Mapping[str, Any],
    allowed_hosts: Collection[str] = (),
    *,
    traffic: Traffic | None = None,
    tokens: TokenStore | None = None,
    transport: Transport | None = None,
    limits: Limits | None = None,
) -> Connector:
    """A connector, to be closed after use. `allowed_hosts` are `host:port` pairs the guard lets pass."""
    reach = Reach(base_url, credentials, settings, allowed_hosts, traffic, tokens, transport, limits)
    return known(kind).open(reach)


def draft(
    kind: str,
    base_url: str,
    settings: Mapping[str, Any],
    object_key: str,
    facts: Mapping[str, Any],
    entries: Mapping[str, Any],
) -> Sequence[Step]:
    """The requests an item would become. Pure: no credentials are opened and no socket is."""
    address = urlsplit(base_url)
    host = f"{address.hostname}:{address.port or (443 if address.scheme == 'https' else 80)}"
    return known(kind).open(Reach(base_url, {}, settings, [host])).steps(object_key, facts, entries)


def capabilities(kind: str, settings: Mapping[str, Any]) -> Capabilities:
    return known(kind).capabilities(settings)


def news(kind: str, body: Any) -> News:
    """What a webhook of this system told. Raises `NotNews` where it is none, or the system sends none."""
    read = known(kind).news
    if read is None:
        raise NotNews("This system sends no webhooks.")
    return read(body)


def triggers(kind: str) -> Triggers:
    """What a webhook of this system is to tell of. Raises `Refused` where it sends none."""
    found = known(kind).triggers
    if found is None:
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, "This system sends no webhooks.", field="systemId")
    return found


def meaning(kind: str, name: str) -> Meaning:
    """What a request of this name asks. Raises `Refused` where the system has no requests."""
    read = known(kind).meaning
    if read is None:
        raise Refused(ErrorCode.CAPABILITY_NOT_SUPPORTED, "This system sends no requests.", field="kind")
    return read(name)


def known(kind: str) -> Kind:
    """Raises `Refused` for a kind that there is not."""
    if kind not in CONNECTORS:
        text = f"There is no connector {kind}; choose one of {', '.join(sorted(CONNECTORS))}."
        raise Refused(ErrorCode.INVALID_VALUE, text, field="kind")
    return CONNECTORS[kind]
