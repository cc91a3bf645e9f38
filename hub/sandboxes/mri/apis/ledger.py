"""General Ledger: entities, the chart of accounts and the accounting periods."""

from hub.sandboxes.mri.declare import Api, Field, Kind, Param
from hub.sandboxes.mri.settings import GENERAL_LEDGER

ENTITIES = Api(
    name="MRI_S-PMGL_Entities",
    collection="Entities",
    module=GENERAL_LEDGER,
    fields=(
        Field("EntityID", limit=12, key=True),
        Field("EntityName", limit=60, required=True),
        Field("Currency", limit=3, default="USD"),
        Field("Active", Kind.FLAG, default="Y"),
        Field("LastUpdate", Kind.STAMP, made_here=True),
    ),
    params=(Param("ENTITYID", "EntityID"),),
    changed="LastUpdate",
)

ACCOUNTS = Api(
    name="MRI_S-PMGL_ChartOfAccounts",
    collection="Accounts",
    module=GENERAL_LEDGER,
    fields=(
        Field("AccountNumber", limit=20, key=True),
        Field("AccountName", limit=60, required=True),
        Field("AccountType", choices=("Asset", "Liability", "Equity", "Income", "Expense"), required=True),
        Field("Active", Kind.FLAG, default="Y"),
        Field("LastUpdate", Kind.STAMP, made_here=True),
    ),
    params=(Param("ACCOUNTNUMBER", "AccountNumber"), Param("ACTIVE", "Active")),
    changed="LastUpdate",
)

PERIODS = Api(
    name="MRI_S-PMGL_Periods",
    collection="Periods",
    module=GENERAL_LEDGER,
    paged=False,
    fields=(
        Field("Period", Kind.PERIOD, key=True),
        Field("StartDate", Kind.DATE, required=True),
        Field("EndDate", Kind.DATE, required=True),
        Field("Status", choices=("Open", "Closed"), default="Open"),
        Field("LastUpdate", Kind.STAMP, made_here=True),
    ),
    params=(Param("PERIOD", "Period"), Param("STATUS", "Status")),
    changed="LastUpdate",
)
