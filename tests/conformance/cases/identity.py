"""What a connector says it is and can do, and what it refuses before any call."""

import json
from functools import partial

from hub.codes import ErrorCode
from hub.connectors import capabilities
from hub.connectors import draft as drafted
from hub.erp.canonical import canonical
from hub.erp.fields import RECORDS
from hub.errors import ErpUnexpected, Refused
from tests.conformance.case import Case, drafting, except_where, sandboxed
from tests.conformance.side import Side, refusal, step_of, steps_of
from tests.conformance.subject import Subject, Write

PAGE_STYLES = {"none", "link_header", "next_link", "offset", "cursor", "page"}


async def names_itself(side: Side) -> None:
    assert side.connector.kind == side.subject.connector
    assert side.capabilities.identity.key == side.subject.connector
    assert side.capabilities.identity.display_name


async def document_is_json(side: Side) -> None:
    document = side.capabilities.document()

    assert json.loads(json.dumps(document)) == document
    assert document["imports"] == sorted(side.capabilities.imports)
    assert document["exports"] == sorted(side.capabilities.exports)


async def same_settings_same_capabilities(side: Side) -> None:
    assert capabilities(side.subject.connector, side.subject.settings) == side.capabilities


async def rates_and_pages_make_sense(side: Side) -> None:
    identity = side.capabilities.identity

    assert all(limit.count > 0 and limit.window_s > 0 for limit in identity.rate_limits)
    assert identity.page_style in PAGE_STYLES
    assert identity.auth_kind


async def imports_are_records(side: Side) -> None:
    assert side.capabilities.imports & set(RECORDS)
    assert side.subject.listing.resource in side.capabilities.imports


async def lengths_are_positive(side: Side) -> None:
    behaviour = side.capabilities.document()["behaviour"]
    lengths = {name: value for name, value in behaviour.items() if name.endswith("_max")}

    assert {name for name, value in lengths.items() if value is not None and value < 1} == set()


async def class_is_stated(side: Side, write: Write) -> None:
    step = step_of(side.of(write), write)

    assert (
        step.operation
        in capabilities(side.subject.connector, {**side.subject.settings, **write.settings}).write_classes
    )


async def write_is_an_export(side: Side, write: Write) -> None:
    known = capabilities(side.subject.connector, {**side.subject.settings, **write.settings})
    assert write.object_key in known.exports


async def bad_setting_is_named(side: Side) -> None:
    refused = refusal(partial(side.open, settings={"page_size": "many"}), "A page size of many was taken.")

    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == (ErrorCode.INVALID_VALUE, "settings.page_size")


async def missing_credential_is_named(side: Side) -> None:
    for name in side.subject.credentials:
        blank = {**side.subject.credentials, name: ""}
        refused = refusal(partial(side.open, credentials=blank), f"Opened without {name}.")
        assert isinstance(refused, Refused)
        assert refused.field == f"credentials.{name}"


async def drafts_need_no_credentials(side: Side, write: Write) -> None:
    settings = {**side.subject.settings, **write.settings}
    told = dict(write.facts(1))
    typed = told.pop("entries", {})
    made = steps_of(side.open(settings=write.settings, credentials={}), write)

    assert made
    assert [canonical(step.body) for step in made] == [
        canonical(step.body)
        for step in drafted(side.subject.connector, side.url, settings, write.object_key, told, typed)
    ]


async def unknown_list_makes_no_call(side: Side) -> None:
    connector = side.open()
    try:
        await connector.fetch("horoscope", side.subject.scope, None)
    except (ErpUnexpected, Refused):
        assert await side.requests() == []
        return
    raise AssertionError("A horoscope was read.")


async def none_is_refused_before_any_call(side: Side) -> None:
    for key in sorted(_closed(side.subject)):
        facts = side.subject.writes[0].facts(1) if side.subject.writes else {}
        refused = refusal(
            partial(side.connector.steps, key, facts, {}),
            f"Steps were made for {key}, which is not exported.",
        )
        assert isinstance(refused, Refused), repr(refused)
        assert refused.code is ErrorCode.CAPABILITY_NOT_SUPPORTED, f"{key}: {refused.code}"


async def none_sends_nothing(side: Side) -> None:
    await none_is_refused_before_any_call(side)

    assert await side.requests() == []


def _closed(subject: Subject) -> set[str]:
    return set(RECORDS) - capabilities(subject.connector, subject.settings).exports


def _writes_all(subject: Subject) -> str | None:
    return None if _closed(subject) else "It writes every object there is."


def _never_drafted(subject: Subject) -> str | None:
    return None if subject.drafts else "Its requests are shown to nobody before they are sent."


CASES = (
    Case(
        "identity.name",
        "The connector and its capabilities carry the name it is registered under",
        names_itself,
    ),
    Case("identity.document", "Capabilities are kept as JSON without loss", document_is_json),
    Case("identity.pure", "The same settings give the same capabilities", same_settings_same_capabilities),
    Case(
        "identity.rates",
        "Rate limits, page style and sign-in are stated and make sense",
        rates_and_pages_make_sense,
    ),
    Case("identity.imports", "It imports objects that the hub has words for", imports_are_records),
    Case("identity.lengths", "Lengths are positive or not known", lengths_are_positive),
    drafting("identity.class", "Each write states its class", class_is_stated),
    drafting("identity.export", "Each write belongs to an object that is exported", write_is_an_export),
    Case("identity.setting", "A setting that means nothing is refused and named", bad_setting_is_named),
    Case("identity.credential", "A missing credential is refused and named", missing_credential_is_named),
    except_where(
        _never_drafted,
        drafting(
            "identity.draft",
            "Requests are drafted without credentials, byte for byte",
            drafts_need_no_credentials,
        ),
    ),
    sandboxed(
        "identity.list", "A list that is not known is refused before any call", unknown_list_makes_no_call
    ),
    Case(
        "identity.none",
        "An object without export capability is refused with its code",
        none_is_refused_before_any_call,
        unless=_writes_all,
    ),
    sandboxed(
        "identity.none_unsent",
        "Refusing what is not exported sends no request",
        none_sends_nothing,
        unless=_writes_all,
    ),
)
