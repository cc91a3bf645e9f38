"""The connection test: what it calls, and what it says when something is wrong."""

from tests.conformance.case import Case, NotApplicable, sandboxed
from tests.conformance.side import Side, nobody_there
from tests.conformance.subject import Subject


async def all_is_well(side: Side) -> None:
    checks = await side.connector.verify()

    assert checks
    assert [check.message for check in checks if not check.ok] == []
    assert len({check.name for check in checks}) == len(checks)


async def writes_nothing(side: Side) -> None:
    await side.connector.verify()
    token = await side.requests(side.subject.token) if side.subject.token else []
    others = [
        entry for entry in await side.requests() if entry["seq"] not in {known["seq"] for known in token}
    ]

    assert others
    assert {entry["method"] for entry in others} == {"GET"}


async def wrong_sign_in_fails_every_check(side: Side) -> None:
    checks = await side.open(credentials=side.subject.wrong_credentials()).verify()

    assert checks
    assert not any(check.ok for check in checks)
    assert not any("wr0ng" in check.message for check in checks)


async def one_right_fails_one_check(side: Side) -> None:
    assert side.subject.deny is not None
    word = await side.subject.deny(side.sandbox)
    failed = [check for check in await side.connector.verify() if not check.ok]

    assert [word in check.name for check in failed] == [True]


async def out_of_order_is_said(side: Side) -> None:
    await side.fault("status", {}, times=0, status=503, body="down")
    checks = await side.connector.verify()

    assert checks
    assert not any(check.ok for check in checks)
    assert all(check.message for check in checks)


async def unreachable_is_said(side: Side) -> None:
    connector = side.open(base_url=nobody_there(), settings=_elsewhere(side.subject))
    checks = await connector.verify()

    assert checks
    assert not any(check.ok for check in checks)


def _elsewhere(subject: Subject) -> dict[str, str]:
    if "login_url" in subject.settings:
        raise NotApplicable("Its sign-in is at another address.")
    return {}


def _without_rights(subject: Subject) -> str | None:
    return None if subject.deny else "Its rights are not given list by list."


CASES = (
    Case("verify.fine", "A sound connection passes every check, each under a name of its own", all_is_well),
    sandboxed("verify.reads", "The connection test only reads", writes_nothing),
    Case(
        "verify.sign_in",
        "A wrong sign-in fails every check and is quoted by none",
        wrong_sign_in_fails_every_check,
    ),
    sandboxed(
        "verify.right",
        "A missing right fails the check of that list alone",
        one_right_fails_one_check,
        unless=_without_rights,
    ),
    sandboxed("verify.down", "A system that is out of order is reported, not raised", out_of_order_is_said),
    Case(
        "verify.unreachable", "An address where nobody listens is reported, not raised", unreachable_is_said
    ),
)
