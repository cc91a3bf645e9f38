"""The company's one list of 60 cost codes and its seven cost types."""

from hub.sandboxes.world.ids import IdKind, procore_id
from hub.sandboxes.world.model import CostCode, CostType

# category, name, Procore's base type
COST_TYPES = (
    ("L", "Labor", "other"),
    ("E", "Equipment", "equipment"),
    ("M", "Materials", "materials"),
    ("S", "Subcontract", "commitment"),
    ("SVC", "Professional Services", "professional_services"),
    ("OC", "Owner Cost", "owner_cost"),
    ("O", "Other", "other"),
)

# A code, its name, and its categories with the default first.
COST_CODES = """
01-100 | General Conditions | O L
01-300 | Project Management | L O
01-310 | Field Supervision | L
01-450 | Testing & Inspection | SVC O
01-500 | Temporary Facilities | O E M
01-520 | Temporary Power | O S
01-540 | Scaffolding & Hoists | E S
01-560 | Site Fencing | M S
01-700 | Final Cleaning | S L
01-900 | Permits & Fees | OC O
02-050 | Selective Demolition | S L E
02-200 | Site Survey | SVC
02-300 | Earthwork | S E
02-510 | Site Water & Sewer | S M
02-740 | Asphalt Paving | S
02-900 | Landscaping | S M
03-100 | Concrete Formwork | S L M
03-200 | Reinforcing Steel | M S L
03-300 | Cast-in-Place Concrete | S L M E
03-350 | Concrete Finishing | L S
03-400 | Precast Concrete | S M
04-200 | Unit Masonry | S M L
04-400 | Stone Cladding | S
05-100 | Structural Steel | S M
05-300 | Metal Deck | S M
05-500 | Miscellaneous Metals | S M
05-700 | Ornamental Metals | S
06-100 | Rough Carpentry | L M S
06-200 | Finish Carpentry | L M S
06-400 | Architectural Millwork | S M
07-100 | Waterproofing | S
07-200 | Insulation | S M
07-500 | Membrane Roofing | S
07-600 | Flashing & Sheet Metal | S M
07-840 | Firestopping | S M
07-920 | Joint Sealants | S
08-100 | Doors & Frames | M S
08-400 | Storefront & Curtain Wall | S
08-500 | Windows | S M
08-700 | Finish Hardware | M S
09-200 | Plaster & Gypsum Board | S M
09-300 | Tile | S
09-500 | Acoustical Ceilings | S
09-600 | Flooring | S M
09-900 | Painting | S
10-100 | Visual Display Boards | M S
10-400 | Signage | S M
10-800 | Toilet Accessories | M S
11-400 | Food Service Equipment | E S
12-300 | Casework | S M
12-500 | Furniture | OC M
13-120 | Pre-Engineered Structures | S
14-200 | Elevators | S
21-100 | Fire Suppression | S
22-100 | Plumbing | S M L
23-100 | HVAC | S E M
23-900 | Building Controls | S SVC
26-100 | Electrical | S M L E
27-100 | Communications Cabling | S M
28-100 | Fire Alarm & Security | S
"""


def build_cost_types() -> tuple[CostType, ...]:
    return tuple(
        CostType(category, name, base_type, procore_id(IdKind.COST_TYPE, number))
        for number, (category, name, base_type) in enumerate(COST_TYPES, start=1)
    )


def build_cost_codes() -> tuple[CostCode, ...]:
    rows = [line.split(" | ") for line in COST_CODES.strip().splitlines()]
    return tuple(
        CostCode(
            code=code,
            name=name,
            division=code.partition("-")[0],
            default_category=categories.split()[0],
            categories=tuple(categories.split()),
            standard_id=procore_id(IdKind.STANDARD_CODE, number),
        )
        for number, (code, name, categories) in enumerate(rows, start=1)
    )
