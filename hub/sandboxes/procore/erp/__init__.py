"""People at the ERP Integrations tool: what they press, the requests it makes, and what it changes."""

from hub.sandboxes.procore.erp.events import EVENTS, Event, event_of
from hub.sandboxes.procore.erp.pressing import press, reject
from hub.sandboxes.procore.erp.staging import bring_in, restage

__all__ = ["EVENTS", "Event", "bring_in", "event_of", "press", "reject", "restage"]
