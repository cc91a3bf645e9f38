"""Which code does which kind of job, and who is told when one fails."""

from collections.abc import Mapping

from hub.sync.exports import export, export_failed, item_refused, unlink
from hub.sync.intake.imports import import_failed, run_import
from hub.sync.marking import mark_origin
from hub.sync.provision import provision_company, provision_project
from hub.sync.work import FailureHandler, Handler

HANDLERS: Mapping[str, Handler] = {
    "import": run_import,
    "export": export,
    "unlink": unlink,
    "mark_origin": mark_origin,
    "provision_company": provision_company,
    "provision_project": provision_project,
}
FAILURES: Mapping[str, FailureHandler] = {
    "import": import_failed,
    "export": export_failed,
    "unlink": item_refused,
    "mark_origin": item_refused,
    "provision_company": item_refused,
    "provision_project": item_refused,
}
