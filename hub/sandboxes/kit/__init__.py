"""What every sandbox is built with: a store, a clock that can be moved, a request log, scripted faults.

`Bench.open(path)` makes the parts over one store; `build_app(bench, routes, ...)` puts the routes of
a sandbox behind the log and the faults and adds the control interface under `/__control`.
"""

from hub.sandboxes.kit.app import build_app
from hub.sandboxes.kit.bench import Bench
from hub.sandboxes.kit.clock import Clock
from hub.sandboxes.kit.control import bad_request, control_routes, read_json_object
from hub.sandboxes.kit.faults import Fault, Faults
from hub.sandboxes.kit.middleware import SandboxMiddleware
from hub.sandboxes.kit.requestlog import LogEntry, RequestLog, note
from hub.sandboxes.kit.scripts import InvalidFaultError
from hub.sandboxes.kit.serving import serve, serving
from hub.sandboxes.kit.sowing import sow
from hub.sandboxes.kit.store import Document, Store

__all__ = [
    "Bench",
    "Clock",
    "Document",
    "Fault",
    "Faults",
    "InvalidFaultError",
    "LogEntry",
    "RequestLog",
    "SandboxMiddleware",
    "Store",
    "bad_request",
    "build_app",
    "control_routes",
    "note",
    "read_json_object",
    "serve",
    "serving",
    "sow",
]
