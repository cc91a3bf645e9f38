"""A stand-in for Procore's REST API over real HTTP, seeded with the fictional contractor.

A resource is a declaration in `resources/`; what every resource does alike (lists, pages, filters, writes,
sync, locks) stands once beside it. The few operations that are like no other are listed in `app.py`.
"""

from hub.sandboxes.procore.app import create_app, main
from hub.sandboxes.procore.settings import Settings

__all__ = ["Settings", "create_app", "main"]
