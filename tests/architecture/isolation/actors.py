"""Who tries: the nine that every field, id and stream is asked as."""

from dataclasses import dataclass
from typing import Any

ANONYMOUS = "anonymous"
#: Belongs to the owner's organization, by a role that grants nothing.
MEMBER = "member without the role"
SUSPENDED = "suspended member"
#: Was an administrator there, and deleted their account.
DELETED = "deleted user"
#: Owns an organization of their own, and is a member of a third.
STRANGER = "owner of another organization"
EX_MEMBER = "ex-member"
#: The client of what the owner carries out, and the provider of what the owner asked for.
PARTY = "other party"
STAFF = "staff without a permission"
OWNER = "owner"

NINE = (ANONYMOUS, MEMBER, SUSPENDED, DELETED, STRANGER, EX_MEMBER, PARTY, STAFF, OWNER)
FOREIGN = tuple(name for name in NINE if name != OWNER)

#: Not among the nine: staff who may everything, and people who are there to own further rows.
ADMIN = "administrator"
RIVAL = "rival bidder"
NEIGHBOUR = "the stranger's other party"

EVERYONE = frozenset(NINE)
SIGNED_IN = EVERYONE - {ANONYMOUS, DELETED}
COLLEAGUES = frozenset({OWNER, MEMBER})
PROVIDERS = frozenset({OWNER, PARTY, STRANGER})


@dataclass
class Actor:
    """One who tries, with every token that is left to them: old ones may have to be dead."""

    name: str
    user: Any
    tokens: list[str | None]
