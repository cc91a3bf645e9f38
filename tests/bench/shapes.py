"""The shapes of query that reading is measured by."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shape:
    """One query, as a client sends it."""

    name: str
    meaning: str
    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    bulk: bool = False  # asked for with a key that may read pages of a thousand


POINT = """
query ($id: ID!) { commitment(id: $id) {
  id number title status originalAmount currency startDate version linkState company { id name } project { id number name } } }
"""
PAGE = """
query ($first: Int!) { commitments(first: $first) { nodes { id number title status originalAmount linkState version
  link { state externalId digest sentAt syncedAt errorMessage }
  viewerCan { send { allowed } retrieve { allowed } accept { allowed } reject { allowed } unlink { allowed } } }
  pageInfo { hasNextPage endCursor } } }
"""
NESTED = """
query ($first: Int!) { commitments(first: $first) { nodes { id number title
  company { id name city isActive linkState } project { id number name linkState }
  lines { lineNumber description amount quantity unitCost costCode { code name } costType { code } } } } }
"""
FILTERED = """
query ($first: Int!, $filter: CommitmentFilter) { commitments(first: $first, filter: $filter, orderBy: ORIGINAL_AMOUNT_DESC) {
  nodes { id number title status originalAmount startDate linkState company { name } } pageInfo { hasNextPage endCursor } } }
"""
BULK = """
query ($first: Int!) { commitments(first: $first, orderBy: OLDEST_FIRST) { nodes {
  id number title kind status originalAmount currency startDate updatedAt linkState } pageInfo { hasNextPage endCursor } } }
"""


def shapes(point: str, project: str) -> tuple[Shape, ...]:
    """The five, over a commitment and a project of the seeded account."""
    wanted = {
        "kind": {"eq": "SUBCONTRACT"},
        "status": {"in": ["APPROVED", "COMPLETE"]},
        "linkState": {"eq": "NOT_SENT"},
        "originalAmount": {"gte": "25000.00", "lte": "400000.00"},
    }
    return (
        Shape("point", "one commitment by its id", POINT, {"id": point}),
        Shape("page", "50 with their links and what the viewer may do", PAGE, {"first": 50}),
        Shape("nested", "50 with company, project and lines", NESTED, {"first": 50}),
        Shape("filtered", "50 by filter, ordered by amount", FILTERED, {"first": 50, "filter": wanted}),
        Shape("bulk", "1000 for a BI reader", BULK, {"first": 1000}, bulk=True),
    )
