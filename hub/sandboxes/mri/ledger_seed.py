"""The ledger's own beginnings, which no other system has: entities, accounts, periods, banks, properties."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from hub.sandboxes.mri.apis import ACCOUNTS, BANK_MAPPING, BANKS, ENTITIES, PERIODS, PROPERTIES
from hub.sandboxes.mri.declare import Api, Row

_ACCOUNTS = """
1010-000 | Cash, operating | Asset
1020-000 | Cash, payroll | Asset
1200-000 | Contracts receivable | Asset
1500-000 | Equipment | Asset
2010-000 | Accounts payable | Liability
2020-000 | Retention payable | Liability
2100-000 | Accrued payroll | Liability
3010-000 | Retained earnings | Equity
4010-000 | Contract revenue | Income
5010-000 | Job cost, labor | Expense
5020-000 | Job cost, materials | Expense
5030-000 | Job cost, subcontracts | Expense
5040-000 | Job cost, equipment | Expense
5050-000 | Job cost, other | Expense
6010-000 | Office rent | Expense
6020-000 | Insurance | Expense
"""
_BANKS = (("OPER", "Harbour Savings, operating"), ("PAYR", "Harbour Savings, payroll"))
_PROPERTIES = (("HQ01", "Harbour House", "12 Quay Street"), ("YD01", "Vale Yard", "3 Foundry Lane"))
_YEARS = range(2024, 2031)
_CLOSED_BEFORE = "202601"


def ledger_rows(entity: str, company: str) -> Iterator[tuple[Api, Row]]:
    """The company's entity and a second one, for an installation has several."""
    other = f"{entity[:2]}99"
    yield ENTITIES, {"EntityID": entity, "EntityName": company, "Currency": "USD", "Active": "Y"}
    yield (
        ENTITIES,
        {"EntityID": other, "EntityName": f"{company} Holdings", "Currency": "USD", "Active": "Y"},
    )
    for line in _ACCOUNTS.strip().splitlines():
        number, name, kind = line.split(" | ")
        yield ACCOUNTS, {"AccountNumber": number, "AccountName": name, "AccountType": kind, "Active": "Y"}
    for year in _YEARS:
        for month in range(1, 13):
            yield PERIODS, _period(year, month)
    yield from _banks(entity, other)
    for code, name, address in _PROPERTIES:
        place = {"Address1": address, "City": "Portland", "State": "ME", "ZipCode": "04101"}
        yield PROPERTIES, {"PropertyID": code, "PropertyName": name, "EntityId": entity, **place}


def _banks(entity: str, other: str) -> Iterator[tuple[Api, Row]]:
    for bank, name in _BANKS:
        yield BANKS, {"BankID": bank, "BankName": name}
    for owner, bank, account in (
        (entity, "OPER", "1010-000"),
        (entity, "PAYR", "1020-000"),
        (other, "OPER", "1010-000"),
    ):
        default = "Y" if bank == "OPER" else "N"
        yield (
            BANK_MAPPING,
            {"EntityId": owner, "BankID": bank, "AccountNumber": account, "IsDefault": default},
        )


def _period(year: int, month: int) -> Row:
    code = f"{year}{month:02d}"
    return {
        "Period": code,
        "StartDate": date(year, month, 1).isoformat(),
        "EndDate": date(year, month, monthrange(year, month)[1]).isoformat(),
        "Status": "Closed" if code < _CLOSED_BEFORE else "Open",
    }
