"""What has to go in MRI before a link may be cut: the document itself, and what hangs on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.connectors.mri.settings import Settings
from hub.connectors.mri.wire.api import Api
from hub.connectors.mri.writing.shape import key_of
from hub.connectors.mri.writing.writer import Writers
from hub.erp.connector import Obstacle, Step
from hub.errors import ErpError


@dataclass(frozen=True, slots=True)
class Hanging:
    """A list that may name the document: by `parameters` of its own, each with the part of the natural key it takes."""

    source: str
    noun: str
    key: Mapping[str, str]  # their field -> the part of the natural key it must equal
    parameters: Mapping[str, str]  # the parameter's logical name -> the part of the natural key


_ON_CONTRACT = (
    {"JobCode": "job_code", "ContractNumber": "number"},
    {"job_code": "job_code", "contract_number": "number"},
)
_ON_INVOICE = (
    {"VendorID": "vendor_id", "InvoiceNumber": "invoice_number"},
    {"vendor_id": "vendor_id", "invoice_number": "invoice_number"},
)
_HANGING: Mapping[str, Sequence[Hanging]] = {
    "commitment.create": (
        Hanging("commitment_change_order", "contract order", *_ON_CONTRACT),
        Hanging("subcontractor_invoice", "contract draw", *_ON_CONTRACT),
        Hanging("payable", "invoice", *_ON_CONTRACT),
    ),
    "subcontractor_invoice.create": (Hanging("payment", "payment", *_ON_INVOICE),),
}


class Obstacles:
    """MRI deletes nothing through its services: what is still there is in the way."""

    def __init__(self, api: Api, settings: Settings, writers: Writers) -> None:
        self._api, self._settings, self._writers = api, settings, writers

    async def of(self, step: Step) -> Sequence[Obstacle]:
        writer = self._writers.of(step)
        found = await writer.find(step)
        if found is None:
            return ()
        name = found.external_code or found.external_id
        held = [Obstacle(found.external_id, f"The {writer.noun} {name} is still in the ERP.")]
        for hanging in _HANGING.get(step.operation, ()):
            told = {each.external_id for each in held}  # a draw may be listed among the payables once more
            held += [
                each for each in await self._hanging(hanging, step, name) if each.external_id not in told
            ]
        return held

    async def _hanging(self, hanging: Hanging, step: Step, name: str) -> list[Obstacle]:
        """The document is in the way already, so a list that cannot be read keeps nothing from being told."""
        source = self._settings.sources[hanging.source]
        query = {
            source.parameters[parameter]: step.natural_key[part]
            for parameter, part in hanging.parameters.items()
            if parameter in source.parameters
        }
        try:
            rows = await self._api.read_all(source, query)
        except ErpError:
            return []
        wanted = tuple(step.natural_key[part].casefold() for part in hanging.key.values())
        mine = [row for row in rows if tuple(map(str.casefold, key_of(row, tuple(hanging.key)))) == wanted]
        keys = dict.fromkeys(key_of(row, source.key) for row in mine)
        return [
            Obstacle("/".join(key), f"The {hanging.noun} {key[-1]} on {name} is still in the ERP.")
            for key in keys
        ]
