"""The 200 vendors: linked, waiting to be linked, near twins, and those only one system knows."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from hub.sandboxes.world.ids import IdKind, procore_id
from hub.sandboxes.world.model import Vendor
from hub.sandboxes.world.names import FORMS, STREETS, SURNAMES, TOWNS, TRADES

LINKED, MATCHED, ERP_ONLY, PROCORE_ONLY = 110, 30, 30, 30

# Names a person would have to look at twice: (in the ERP, in Procore).
TWINS = (
    ("Harlan and Pruitt Masonry", "Harlan & Pruitt Masonry"),
    ("Bright Line Electric Inc", "Brightline Electric, Inc."),
    ("Tidewater Steel Co", "Tidewater Steel Company"),
)
SAME_NAME_TWICE = "Summit Glass Co."  # two vendors in the ERP, one in Procore

ERP_INACTIVE = frozenset({7, 33, 61, 90, 118, 131, 150, 155, 160, 165})
PROCORE_INACTIVE = frozenset({21, 125, 190})
CASE_DIFFERS_EVERY = 3


@dataclass(frozen=True, slots=True)
class _Slot:
    """One vendor to be: its names and where it is known."""

    erp_name: str | None
    procore_name: str | None
    linked: bool = False


def build_vendors(rng: Random) -> tuple[Vendor, ...]:
    used: Counter[str] = Counter()
    return tuple(_vendor(rng, number, slot, used) for number, slot in enumerate(_slots(_names(rng))))


def _names(rng: Random) -> Iterator[str]:
    yield "Okafor Concrete"
    yield "Marsh & Vale Plumbing"
    yield "Flow<Right Mechanical"
    pairs = [(surname, trade) for surname in SURNAMES for trade in TRADES]
    rng.shuffle(pairs)
    for surname, trade in pairs:
        if (surname, trade) != ("Okafor", "Concrete"):
            yield f"{surname} {trade} {rng.choice(FORMS)}"


def _slots(names: Iterator[str]) -> Iterator[_Slot]:
    for _ in range(LINKED):
        name = next(names)
        yield _Slot(name, name, linked=True)
    for number in range(MATCHED):
        name = next(names)
        yield _Slot(name, name.upper() if number % CASE_DIFFERS_EVERY == 0 else name)
    yield from (_Slot(in_erp, None) for in_erp, _ in TWINS)
    yield from (_Slot(SAME_NAME_TWICE, None) for _ in range(2))
    yield from (_Slot(next(names), None) for _ in range(ERP_ONLY - len(TWINS) - 2))
    yield from (_Slot(None, in_procore) for _, in_procore in TWINS)
    yield _Slot(None, SAME_NAME_TWICE)
    yield from (_Slot(None, next(names)) for _ in range(PROCORE_ONLY - len(TWINS) - 1))


def _vendor(rng: Random, number: int, slot: _Slot, used: Counter[str]) -> Vendor:
    town, state, zip_code = rng.choice(TOWNS)
    name = slot.erp_name or slot.procore_name or ""
    return Vendor(
        code=_code(slot.erp_name, used) if slot.erp_name else None,
        name=name,
        procore_name=slot.procore_name or name,
        address=f"{rng.randint(2, 980)} {rng.choice(STREETS)}",
        city=town,
        state=state,
        zip=zip_code,
        country="US",
        phone=f"({rng.randint(201, 989)}) 555-{number:04d}",
        email=f"office{number}@{_letters(name).lower()[:12]}.example",
        erp_active=slot.erp_name is not None and number not in ERP_INACTIVE,
        procore_id=procore_id(IdKind.VENDOR, number) if slot.procore_name else None,
        procore_active=slot.procore_name is not None and number not in PROCORE_INACTIVE,
        linked=slot.linked,
    )


def _code(name: str, used: Counter[str]) -> str:
    """The ERP's code: four letters of the name and a number, as an accountant would make it up."""
    stem = _letters(name).upper()[:4].ljust(4, "X")
    used[stem] += 1
    return f"{stem}{used[stem]:02d}"


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
