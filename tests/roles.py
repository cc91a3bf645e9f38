"""Who works for a seeded account: levels in the company and on its projects."""

from typing import Any

# Company levels as the demo's roles hold them, and the level on Commitments of the projects they are on.
ROLES: dict[str, dict[str, Any]] = {
    "project_manager": {"name": "Paula Marsh", "directory_level": 1, "reports_level": 1},
    "approver": {
        "name": "Ana Ruiz",
        "erp_level": 2,
        "directory_level": 2,
        "can_push_to_accounting": True,
    },
    "erp_administrator": {"name": "Erik Lund", "erp_level": 3, "directory_level": 3, "admin_level": 3},
    "read_only": {"name": "Rita Cole", "erp_level": 1, "directory_level": 1, "admin_level": 1},
    "bi_reader": {"name": "BI reader", "is_bulk_reader": True},
    "outsider": {"name": "Olga Reed"},  # no level in the company, and one project to read
}
OTHER_TOOLS = ("change_orders_level", "budget_level", "prime_contracts_level", "direct_costs_level")


def _on(commitments: int, *others: int) -> dict[str, int]:
    """Levels on Commitments and Admin, then on the other tools in their order."""
    level = {"commitments_level": commitments, "admin_level": commitments}
    return {**level, **dict(zip(OTHER_TOOLS, others, strict=True))}


ON_PROJECTS = {
    "project_manager": _on(3, 1, 2, 0, 3),
    "approver": _on(3, 3, 3, 3, 3),
    "erp_administrator": _on(1, 0, 0, 0, 0),
    "read_only": _on(1, 1, 1, 1, 1),
}
OUTSIDE = _on(1, 0, 0, 1, 0)
