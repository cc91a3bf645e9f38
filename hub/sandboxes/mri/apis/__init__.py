"""The installation's APIs, one module per part of the ledger; `CATALOGUE` has all by lower-case name."""

from hub.sandboxes.mri.apis.contracts import CONTRACTS
from hub.sandboxes.mri.apis.jobcost import CATEGORIES, COST_CODES, JOB_COST_CODES, JOBS
from hub.sandboxes.mri.apis.payables import VENDORS
from hub.sandboxes.mri.declare import Api

CATALOGUE: dict[str, Api] = {
    api.name.lower(): api for api in (VENDORS, JOBS, COST_CODES, JOB_COST_CODES, CATEGORIES, CONTRACTS)
}

__all__ = ["CATALOGUE", "CATEGORIES", "CONTRACTS", "COST_CODES", "JOBS", "JOB_COST_CODES", "VENDORS"]
