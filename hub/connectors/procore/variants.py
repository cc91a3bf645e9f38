"""Other forms of Procore's lists, for connections that choose them."""

from collections.abc import Mapping

from hub.connectors.procore.lists import Lines, List, Resource
from hub.connectors.procore.mapping import directory
from hub.connectors.procore.resources import LISTS, PACKAGES, TEMPLATES, V2
from hub.connectors.procore.shapes import Shape

VARIANTS: Mapping[tuple[str, str], Resource] = {
    ("commitment", "v2"): Resource(
        LISTS["commitment"].shape,
        (List(f"{V2}/commitment_contracts", version="v2.0", most=100),),
        Lines(
            "line_items",
            lists=(List(f"{V2}/commitment_contracts/{{id}}/line_items", version="v2.0", most=100),),
        ),
    ),
    ("commitment_change_order", "legacy"): PACKAGES,
    ("project_template", "without_codes"): Resource(Shape(directory.PROJECT_TEMPLATE), (TEMPLATES,)),
    ("prime_contract", "v2"): Resource(
        LISTS["prime_contract"].shape,
        (List(f"{V2}/prime_contracts", version="v2.0", most=100),),
        Lines(
            "line_items",
            lists=(List(f"{V2}/prime_contracts/{{id}}/line_items", version="v2.0", most=100),),
        ),
    ),
    ("wbs_code", "v2"): Resource(
        Shape(
            directory.WBS_CODE,
            code="code",
            scoped=("project",),
            aliases={"flat_code": "code", "flat_name": "description"},
        ),
        (List(f"{V2}/wbs/codes", version="v2.0", most=100),),
    ),
}
