"""Values: what is written is what is read back, to the cent and to the letter."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from hub.erp.canonical import canonical
from hub.errors import MappingError
from tests.conformance.case import Case, both, drafting, unread, writing
from tests.conformance.side import Side, agrees, push, refusal, step_of, steps_of
from tests.conformance.subject import Write

CENTS = some.decimals(min_value="-9999999.99", max_value="9999999.99", places=2, allow_nan=False)
TITLES = some.text(
    some.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=("C", "Z")),
    min_size=1,
    max_size=30,
)


def _tried(strategy: Any, check: Callable[[Any], None], examples: int) -> None:
    """The same examples every time, none kept for the next."""
    chosen = settings(
        max_examples=examples, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    chosen(given(strategy)(check))()


async def _tried_there(strategy: Any, check: Callable[[int, Any], Awaitable[None]], examples: int) -> None:
    """As `_tried`, each example written under a number of its own; the thread leaves the loop free."""
    loop, number = asyncio.get_running_loop(), iter(range(100, 10_000))

    def once(example: Any) -> None:
        asyncio.run_coroutine_threadsafe(check(next(number), example), loop).result(timeout=20)

    await asyncio.to_thread(_tried, strategy, once, examples)


async def same_facts_same_bytes(side: Side, write: Write) -> None:
    first, second = side.of(write), side.of(write)
    made = [steps_of(connector, write) for connector in (first, second)]

    assert made[0] == made[1]
    assert [canonical(step.body) for step in made[0]] == [canonical(step.body) for step in made[1]]


async def no_float_travels(side: Side, write: Write) -> None:
    for step in steps_of(side.of(write), write):
        text = canonical(step.body).decode()
        assert json.loads(text, parse_float=Decimal) is not None
        assert all(isinstance(value, str) for value in (*step.natural_key.values(), *step.expected.values()))


async def cents_are_kept_in_the_request(side: Side, write: Write) -> None:
    connector = side.of(write)
    assert write.amount is not None
    amount = write.amount

    def check(cents: Decimal) -> None:
        step = step_of(connector, write, amount(1, cents))
        assert f"{cents + 0:.2f}" in canonical(step.body).decode()

    _tried(CENTS, check, 50)


async def cents_are_kept_there(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    assert write.amount is not None
    amount = write.amount

    async def check(number: int, cents: Decimal) -> None:
        step = step_of(connector, write, amount(number, cents))
        await push(connector, step)
        (held,) = await side.held(write, number)
        assert held.amount is not None
        assert Decimal(held.amount) == cents
        await agrees(connector, write, step)

    await _tried_there(CENTS.filter(bool), check, 6)


async def fractions_of_cents_are_refused(side: Side, write: Write) -> None:
    connector = side.of(write)
    assert write.amount is not None
    facts = write.amount(1, Decimal("10.005"))

    refused = refusal(partial(step_of, connector, write, facts), "Half a cent was sent or dropped.")
    assert isinstance(refused, MappingError), repr(refused)


async def letters_are_kept_there(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    assert write.titled is not None
    titled = write.titled

    async def check(number: int, title: str) -> None:
        step = step_of(connector, write, titled(number, title))
        await push(connector, step)
        await agrees(connector, write, step)

    await _tried_there(TITLES, check, 8)


async def markup_is_kept_there(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    assert write.titled is not None
    for number, title in enumerate(("<b>&amp;\"'", "=1+1", "ä & ß", "{}[],:"), 50):
        step = step_of(connector, write, write.titled(number, title))
        await push(connector, step)
        await agrees(connector, write, step)


async def zeros_of_a_key_are_kept(side: Side, write: Write) -> None:
    connector = await side.ready(write)
    assert write.numbered is not None
    padded, plain = [step_of(connector, write, write.numbered(key)) for key in ("0012", "12")]
    await push(connector, padded)

    assert "0012" in canonical(padded.body).decode()
    assert await connector.find(plain) is None, "0012 was taken for 12."
    await agrees(connector, write, padded)


async def unfit_never_leaves(side: Side, given_: tuple[Write, Any, str]) -> None:
    write, facts, field = given_
    connector = side.of(write)
    refused = refusal(partial(steps_of, connector, write, facts), "It was taken as it is.")

    assert field in str(getattr(refused, "field", "")), repr(refused)


def _no_amount(write: Write) -> str | None:
    return None if write.amount else "It carries no amount."


def _no_title(write: Write) -> str | None:
    return None if write.titled else "It carries no text of ours."


def _no_number(write: Write) -> str | None:
    return None if write.numbered else "Its key is not ours to give."


def _unfit(subject: Any) -> dict[str, Any]:
    return {
        f"{write.name}, {name}": (write, facts, field)
        for write in subject.writes
        for name, (facts, field) in write.unfit.items()
    }


CASES = (
    drafting("value.bytes", "The same facts become the same bytes", same_facts_same_bytes),
    drafting("value.exact", "No float travels, and keys and expectations are texts", no_float_travels),
    drafting(
        "value.cents",
        "Any amount stands in the request to the cent",
        cents_are_kept_in_the_request,
        unless=_no_amount,
    ),
    drafting(
        "value.half_cent",
        "Half a cent is refused, not rounded",
        fractions_of_cents_are_refused,
        unless=_no_amount,
    ),
    Case(
        "value.unfit",
        "What is missing, too long or of no meaning there is refused before any call",
        unfit_never_leaves,
        over=_unfit,
    ),
    writing(
        "value.cents_there",
        "Any amount is there to the cent, and read back equal",
        cents_are_kept_there,
        unless=_no_amount,
    ),
    writing(
        "value.letters",
        "Any letter is there and read back equal",
        letters_are_kept_there,
        unless=both(_no_title, unread),
    ),
    writing(
        "value.markup",
        "Text that looks like markup is text",
        markup_is_kept_there,
        unless=both(_no_title, unread),
    ),
    writing(
        "value.zeros",
        "Leading zeros of a key are part of it",
        zeros_of_a_key_are_kept,
        unless=both(_no_number, unread),
    ),
)
