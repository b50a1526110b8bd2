"""The audit trail, for those who may read it."""

import strawberry_django
from strawberry import auto, relay
from strawberry.scalars import JSON

from apps.core import models
from schema.accounts.types.users import User
from schema.base.types import Node, choices, computed
from schema.organizations.types.tenants import Organization

AuditAction = choices(
    models.AuditEntry.Action,
    "AuditAction",
    "What was done.",
    INSERT="A row was made.",
    UPDATE="A row was changed.",
    DELETE="A row was removed for good.",
    SIGN_IN="Somebody signed in.",
    SIGN_IN_FAILED="Somebody tried to sign in.",
    SIGN_OUT="A session was ended.",
    STEP_UP="A password or second factor was shown again.",
    GRANT="Somebody was given a right.",
    REVOKE="A right was taken back.",
    READ="Staff were shown somebody's personal data.",
    EXPORT="Data was taken out.",
    ERASE="Personal data was removed for good.",
)


@strawberry_django.type(models.AuditEntry)
class AuditEntry(Node):
    """Something that was done: a row that changed, a sign-in, an export, a grant, a look at
    personal data. Entries are never changed or removed.
    """

    action: models.AuditEntry.Action
    object_type: auto
    actor: User | None
    organization: Organization | None
    changes: JSON = strawberry_django.field(
        description="Columns with their values before and after; null where they are personal."
    )
    request_id: auto
    ip_address: auto
    created_at: auto

    @computed(
        needs=["object_type", "object_id"], description="The global id of what it was done to."
    )
    def object_id(self) -> relay.GlobalID:
        """The global id of what it was done to."""
        name = self.object_type.rpartition(".")[2]
        return relay.GlobalID(type_name=name, node_id=str(self.__dict__["object_id"]))
