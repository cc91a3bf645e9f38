"""Which code does which kind of job, and who is told when one fails."""

from collections.abc import Mapping

from hub.actions.requested import answer_failed, answer_request
from hub.sync.budgets.importing import import_budget
from hub.sync.carrying.carry import carry, carry_failed
from hub.sync.carrying_in.prime_contract import provision_prime_contract
from hub.sync.carrying_in.sub_job import provision_sub_job
from hub.sync.exports import export, export_failed, item_refused, unlink
from hub.sync.intake.imports import import_failed, run_import
from hub.sync.linking_all import link_all, link_all_failed
from hub.sync.marking import mark_origin
from hub.sync.provision import provision_company
from hub.sync.provision_projects import provision_project
from hub.sync.requests.polling import poll_failed, poll_requests
from hub.sync.requests.taking import nobody_told, take_request
from hub.sync.requests.telling import not_told, tell_request
from hub.sync.requests.watching import watch_failed, watch_system
from hub.sync.verifying import verify_failed, verify_system
from hub.sync.work import FailureHandler, Handler

HANDLERS: Mapping[str, Handler] = {
    "import": run_import,
    "carry": carry,
    "import_budget": import_budget,
    "export": export,
    "unlink": unlink,
    "link_all": link_all,
    "mark_origin": mark_origin,
    "provision_company": provision_company,
    "provision_project": provision_project,
    "provision_sub_job": provision_sub_job,
    "provision_prime_contract": provision_prime_contract,
    "take_request": take_request,
    "poll_requests": poll_requests,
    "answer_request": answer_request,
    "tell_request": tell_request,
    "verify_system": verify_system,
    "watch_system": watch_system,
}
FAILURES: Mapping[str, FailureHandler] = {
    "import": import_failed,
    "carry": carry_failed,
    "import_budget": item_refused,
    "export": export_failed,
    "unlink": item_refused,
    "link_all": link_all_failed,
    "mark_origin": item_refused,
    "provision_company": item_refused,
    "provision_project": item_refused,
    "provision_sub_job": item_refused,
    "provision_prime_contract": item_refused,
    "take_request": nobody_told,
    "poll_requests": poll_failed,
    "answer_request": answer_failed,
    "tell_request": not_told,
    "verify_system": verify_failed,
    "watch_system": watch_failed,
}
