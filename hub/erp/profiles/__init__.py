"""What the systems of other connectors can do, by name: directions, limits and oddities, as their manuals tell them.

No connector of these systems is here. The reference connector can be told to be as narrow as one of them."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.erp.capabilities import Capabilities
from hub.erp.profiles.acumatica import EDGE, MYOB, VISION
from hub.erp.profiles.cloud import NETSUITE, WORKDAY, XERO
from hub.erp.profiles.quickbooks import DESKTOP, ONLINE
from hub.erp.profiles.sage import INTACCT, SAGE_100, SAGE_300
from hub.erp.profiles.viewpoint import SPECTRUM, VISTA
from hub.erp.profiles.voyager import CMIC, YARDI

PROFILES: Mapping[str, Capabilities] = MappingProxyType(
    {
        found.identity.key: found
        for found in (
            VISTA, SPECTRUM, SAGE_300, SAGE_100, INTACCT, ONLINE, DESKTOP, NETSUITE, EDGE, VISION, YARDI,
            CMIC, XERO, WORKDAY, MYOB,
        )
    }
)  # fmt: skip
