"""What must be true of a company of the directory before it may be made a vendor of the ERP.

Source: the project tool's pages on sending and accepting a company. Its id in the ERP is typed at acceptance."""

from hub.codes import ErrorCode as Code
from hub.core.rule import Rule
from hub.objects.company import COMPANY
from hub.objects.prerequisites import conditions

_company = COMPANY.table.c

SEND_PREREQUISITES: tuple[Rule, ...] = (
    conditions.taken(COMPANY),
    conditions.alive(COMPANY),
    conditions.need(
        Code.COMPANY_INACTIVE,
        _company.is_active,
        "It is not active in the directory.",
        "Activate it in the project tool, then import companies.",
        "isActive",
    ),
    conditions.fits(COMPANY, Code.NAME_TOO_LONG, "name", "name", "vendor_name_max"),
)
