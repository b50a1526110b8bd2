"""Projects: made, changed, deleted, and opened to single members."""

import enum
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from apps.core.models import AuditEntry
from apps.core.services import audit
from apps.organizations.events import (
    ProjectCreated,
    ProjectDeleted,
    ProjectShared,
    ProjectUnshared,
    ProjectUpdated,
)
from apps.organizations.models import Organization, Project, ProjectUserObjectPermission
from apps.organizations.selectors import active_membership
from apps.organizations.services.organizations import locked
from kernel import events
from kernel.errors import NotFound
from kernel.lookup import one_of
from kernel.models import require_version


class Access(enum.StrEnum):
    """What a member is let into a project for."""

    VIEW = "VIEW"
    CHANGE = "CHANGE"


PERMISSIONS = {
    Access.VIEW: ("view_project",),
    Access.CHANGE: ("view_project", "change_project"),
}


@transaction.atomic
def create_project(*, organization: Organization, details: Mapping[str, Any]) -> Project:
    """Make a project. ``details`` are fields of Project.

    Raises ValidationError (name_taken, ends_before_start).
    """
    locked(organization.pk)
    project = Project(organization=organization)
    _assign(project, details)
    events.publish(ProjectCreated(**_which(project)))
    return project


@transaction.atomic
def update_project(
    *, project: Project, changes: Mapping[str, Any], version: int | None = None
) -> Project:
    """Change a project. Raises VersionConflict, NotFound, or ValidationError."""
    project = _locked(project)
    require_version(project, version)
    _assign(project, changes)
    events.publish(ProjectUpdated(**_which(project)))
    return project


@transaction.atomic
def delete_project(*, project: Project) -> Project:
    """Hide a project. Raises NotFound."""
    project = _locked(project)
    project.soft_delete()
    events.publish(ProjectDeleted(**_which(project)))
    return project


@transaction.atomic
def share_project(*, project: Project, user_id: UUID, access: Access) -> Project:
    """Let an active member of the organization into a project, to look or also to change it;
    what they were let in for before is replaced. Raises NotFound.
    """
    project = _locked(project)
    active_membership(project.organization_id, user_id)
    _revoke(project, user_id)
    user = get_user_model().objects.get(pk=user_id)
    for permission in PERMISSIONS[access]:
        ProjectUserObjectPermission.objects.assign_perm(permission, user, project)
    _note(AuditEntry.Action.GRANT, project, user_id, access)
    events.publish(ProjectShared(**_which(project), user_id=user_id, access=access))
    return project


@transaction.atomic
def unshare_project(*, project: Project, user_id: UUID) -> Project:
    """Take back what somebody was let into a project for. Raises NotFound where it is nothing."""
    project = _locked(project)
    access = _revoke(project, user_id)
    if access is None:
        raise NotFound
    _note(AuditEntry.Action.REVOKE, project, user_id, access)
    events.publish(ProjectUnshared(**_which(project), user_id=user_id))
    return project


def _locked(project: Project) -> Project:
    locked(project.organization_id)
    found: Project = one_of(Project.objects.select_for_update(of=("self",)), pk=project.pk)
    return found


def _assign(project: Project, details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        setattr(project, name, value)
    project.full_clean()
    project.save()


def _revoke(project: Project, user_id: UUID) -> Access | None:
    """Take all grants of a user on a project; what they came to."""
    grants = ProjectUserObjectPermission.objects.filter(content_object=project, user=user_id)
    held = set(grants.values_list("permission__codename", flat=True))
    grants.delete()
    if not held:
        return None
    return Access.CHANGE if "change_project" in held else Access.VIEW


def _note(
    action: AuditEntry.Action, project: Project, user_id: UUID, access: Access | None
) -> None:
    audit.note(action=action, row=project, changes={"user": str(user_id), "access": access})


def _which(project: Project) -> dict[str, UUID]:
    return {"organization_id": project.organization_id, "project_id": project.pk}
