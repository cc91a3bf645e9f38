"""Webhooks: hooks and their triggers, the events that change them off, and a sender that misbehaves on demand."""

from hub.sandboxes.procore.webhooks.events import Events
from hub.sandboxes.procore.webhooks.hooks import HOOK_OPERATIONS
from hub.sandboxes.procore.webhooks.sender import Sender

__all__ = ["HOOK_OPERATIONS", "Events", "Sender"]
