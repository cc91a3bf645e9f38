"""The declared resources, one module for each part of Procore."""

from hub.sandboxes.procore.resource import Resource
from hub.sandboxes.procore.resources.codes import CODE_RESOURCES
from hub.sandboxes.procore.resources.commitments import COMMITMENT_RESOURCES
from hub.sandboxes.procore.resources.directory import DIRECTORY_RESOURCES
from hub.sandboxes.procore.resources.erp import ERP_RESOURCES
from hub.sandboxes.procore.resources.projects import PROJECT_RESOURCES

RESOURCES: tuple[Resource, ...] = (
    *DIRECTORY_RESOURCES,
    *PROJECT_RESOURCES,
    *CODE_RESOURCES,
    *COMMITMENT_RESOURCES,
    *ERP_RESOURCES,
)


def by_kind(kind: str) -> Resource | None:
    return next((resource for resource in RESOURCES if resource.kind == kind), None)
