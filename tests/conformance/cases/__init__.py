"""All cases, those that only read first."""

from tests.conformance.case import Case
from tests.conformance.cases import (
    adopting,
    changing,
    confirming,
    drifting,
    hostile,
    identity,
    losing,
    paging,
    patience,
    reading,
    refusing,
    secrecy,
    sharing,
    signing_in,
    values,
    verifying,
)

CASES: tuple[Case, ...] = (
    *identity.CASES,
    *verifying.CASES,
    *signing_in.CASES,
    *secrecy.CASES,
    *reading.CASES,
    *paging.CASES,
    *drifting.CASES,
    *changing.CASES,
    *patience.CASES,
    *sharing.CASES,
    *hostile.CASES,
    *values.CASES,
    *confirming.CASES,
    *refusing.CASES,
    *losing.CASES,
    *adopting.CASES,
)
