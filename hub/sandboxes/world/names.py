"""The words that vendors, streets, towns and people are named with."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for line in text.strip().splitlines() for word in line.split("|"))


SURNAMES = _words("""
Okafor | Brandt | Hollis | Whitaker | Delgado | Kowalski | Ferris | Nakamura | Prentiss | Oduya
Castellano | Lindqvist | Marchetti | Trujillo | Beaumont | Hargrove | Szymanski | Pruitt | Valdez
Thackeray | Ibarra | Mckinnon | Rosenthal | Stavros | Quigley | Eastman | Vandermeer | Abernathy
Choudhury | Larrabee | Muñoz | Štěpánek | Løvås | Gößling | Peña | Åkerlund | Côté | Zürcher
Ñíguez | Dvořák | Tillman | Garrity | Ellsworth | Bautista | Crenshaw | Fairbanks | Jurado | Winslow
Yarborough | Pemberton
""")

TRADES = _words("""
Concrete | Steel Erectors | Plumbing | Electric | Roofing | Drywall | Masonry | Excavating
Painting | Mechanical | Glass | Millwork | Fire Protection | Flooring | Insulation | Paving
Landscaping | Elevator | Demolition | Surveying | Waterproofing | Doors & Hardware | Scaffolding
Signs | Equipment Rental
""")

FORMS = ("Inc.", "LLC", "Co.", "Corp.", "Partners", "Group")

STREETS = (
    "Quay St",
    "Foundry Rd",
    "Canal Ave",
    "Mill Ln",
    "Depot St",
    "Harbor Blvd",
    "Ridge Rd",
    "Summit Ave",
    "Dock St",
)

TOWNS = (
    ("Toledo", "OH", "43604"),
    ("Duluth", "MN", "55802"),
    ("Erie", "PA", "16501"),
    ("Providence", "RI", "02903"),
    ("New Haven", "CT", "06510"),
    ("Portland", "ME", "04101"),
    ("Worcester", "MA", "01608"),
    ("Albany", "NY", "12207"),
    ("Trenton", "NJ", "08608"),
    ("Wilmington", "DE", "19801"),
    ("Norfolk", "VA", "23510"),
    ("Savannah", "GA", "31401"),
)

FIRST_NAMES = _words("""
Dana | Marcus | Yuki | Leonor | Theo | Imani | Piotr | Grace | Omar | Helen | Jonas | Priya | Walt
Beatriz | Kenji | Nora | Silas | Amara | Viktor | Joan
""")
