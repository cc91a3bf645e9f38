"""The control routes of this sandbox: what people press, what the company is set to, what goes wrong."""

from hub.sandboxes.procore.controls.company import company_controls
from hub.sandboxes.procore.controls.erp import erp_controls
from hub.sandboxes.procore.controls.routing import control_routes
from hub.sandboxes.procore.controls.webhooks import webhook_controls

__all__ = ["company_controls", "control_routes", "erp_controls", "webhook_controls"]
