"""Who sees what, in one table: what is not granted here is seen by those alone whose it is.

A row belongs to those whom the world made it for; they read all of it but for secrets.
"""

import re
from dataclasses import dataclass

from tests.architecture.isolation.actors import (
    COLLEAGUES,
    EVERYONE,
    MEMBER,
    NEIGHBOUR,
    OWNER,
    PARTY,
    PROVIDERS,
    RIVAL,
    SIGNED_IN,
    STRANGER,
    SUSPENDED,
)

#: What the API shows to nobody, whosever the row is.
SECRETS = re.compile(
    r"orders\.OrderDispute\.admin_notes|chat\.ChatReport\.(admin_notes|evidence)|accounts\.User\.firebase_user_id"
    r"|[\w.]+\.(password|\w*secret\w*|\w*token\w*|\w*hash)"
)

#: Columns whose words the product reads, so that no canary can stand there.
FUNCTIONAL = {
    "accounts.User": {"timezone"},
    "organizations.Organization": {"timezone"},
    "providers.ServiceProviderProfile": {"time_zone"},
    "organizations.Role": {"permissions"},
    "orders.Order": {"price_lines"},
    "leads.Lead": {"price_details"},
    "leads.LeadMatch": {"parts"},
    "catalog.ServiceArea": {"time_zone"},
    "chat.ChatRoom": {"last_number"},
    "chat.ChatMessage": {"number"},
}

#: What shows a person to those who share an organization, an order, a room or a friendship.
NAME_AND_PICTURE = "id first_name last_name name photo"
ACQUAINTANCES = {
    OWNER: frozenset({MEMBER, PARTY}),
    PARTY: frozenset({OWNER}),
    RIVAL: frozenset({OWNER, STRANGER}),
    NEIGHBOUR: frozenset({STRANGER}),
    "colleague": COLLEAGUES,
}
#: A published order, without street, name, phone and what it came to in the end.
PUBLISHED_ORDER = (
    "id title description city state country service_date budget_min budget_max"
    " special_requirements bid_count estimated_price estimated_duration"
)
#: A business as the world sees it, without contact data and documents.
BUSINESS = (
    "id business_name business_description years_of_experience travel_radius city country"
    " time_zone availability_schedule average_rating total_reviews response_time_minutes"
    " completion_rate jobs_completed"
)


#: What is said in a room, but for its sender's own name for it, and how far somebody got there.
MESSAGE = (
    "id content attachment_url attachment_name attachment_size attachment_type latitude longitude"
)
READING = "id read_number delivered_number"
#: Those who talk with each other.
TALKING = ((OWNER, PARTY), (PARTY, OWNER), (NEIGHBOUR, STRANGER))

#: A lead as a business sees it that has it, and what it tells once it was paid for.
ASSIGNED_LEAD = (
    "id title description city state country budget_min budget_max verification_score max_providers"
    " price seats_taken"
)
PAID_LEAD = (
    f"{ASSIGNED_LEAD} contact_name contact_phone contact_email address suburb postal_code"
    " latitude longitude"
)
#: What a review says; not what staff noted on it.
REVIEW = "id title comment provider_response"

#: An order that the other party bid on and did not get.
LOST = f"lost by {PARTY}"


@dataclass(frozen=True)
class Grant:
    """Columns of rows in a situation, all of them where none is said, for some actors."""

    model: str
    situation: str
    columns: str
    to: frozenset[str]


GRANTS = (
    # The catalog is public, as are the profiles of providers.
    *(
        Grant(f"catalog.{name}", "public", "*", EVERYONE)
        for name in (
            *("Language", "ServiceCategory", "ServiceSubcategory", "ServiceAddon"),
            *("ServicePackage", "ServiceArea"),
        )
    ),
    Grant("core.SystemSetting", "public", "id key value description category", EVERYONE),
    Grant("core.AppVersion", "public", "*", EVERYONE),
    Grant("providers.ServiceProviderProfile", "", BUSINESS, EVERYONE),
    Grant("providers.ServiceProviderService", "", "*", EVERYONE),
    Grant("providers.ProviderAddonPrice", "", "*", EVERYONE),
    # Published orders: to every verified provider; who lost one still knows of it.
    Grant("orders.Order", "published", PUBLISHED_ORDER, PROVIDERS),
    Grant("orders.Order", LOST, PUBLISHED_ORDER, frozenset({PARTY})),
    *(
        Grant(f"orders.{part}", situation, "*", to)
        for part in ("OrderAddon", "OrderPhoto", "OrderAttachment")
        for situation, to in (("published", PROVIDERS), (LOST, frozenset({PARTY})))
    ),
    # Providers see how a client has dealt with orders, not who it is.
    Grant(
        "accounts.ClientProfile", "", "id total_orders completed_orders cancelled_orders", PROVIDERS
    ),
    # A lead goes to the businesses that have it, or may; its client reads what came of it there.
    *(
        Grant("leads.Lead", f"{situation} {name}", columns, frozenset({name}))
        for name in (OWNER, PARTY, STRANGER)
        for situation, columns in (
            ("paid by", PAID_LEAD),
            ("refunded by", ASSIGNED_LEAD),
            ("offered to", ASSIGNED_LEAD),
        )
    ),
    *(
        Grant("leads.LeadAssignment", f"{situation} {name}", "id quote_amount", frozenset({client}))
        for name, client in ((PARTY, OWNER), (OWNER, PARTY), (NEIGHBOUR, STRANGER))
        for situation in ("paid by", "refunded by")
    ),
    Grant("leads.LeadRefundReason", "public", "*", SIGNED_IN),
    # Who takes part in a room reads what the others say there, and how far they have read; of what
    # was deleted, that it was there.
    *(
        Grant(f"chat.{model}", f"{whose} {name}", columns, frozenset({other}))
        for name, other in TALKING
        for model, whose, columns in (
            ("ChatMessage", "said by", MESSAGE),
            ("ChatMessage", "deleted by", "id"),
            ("ChatParticipant", "part of", READING),
        )
    ),
    *(
        Grant("chat.ChatMessage", f"deleted by {name}", "id client_id", frozenset({name}))
        for name in (OWNER, STRANGER)
    ),
    Grant("chat.ChatTemplate", "public", "*", SIGNED_IN),
    # What clients say about providers in public, under their first names; what is shown to the
    # other side alone.
    Grant("reviews.Review", "published", REVIEW, EVERYONE),
    *(
        Grant("reviews.Review", f"shown to {name}", REVIEW, frozenset({name}))
        for name in (OWNER, PARTY, STRANGER)
    ),
    *(
        Grant("accounts.User", name, "first_name", EVERYONE)
        for name in (OWNER, PARTY, STRANGER, NEIGHBOUR)
    ),
    # Those who share an organization or an order.
    *(
        Grant(f"accounts.{model}", whose, columns, to)
        for whose, to in ACQUAINTANCES.items()
        # Their profiles are there, and tell nothing.
        for model, columns in (("User", NAME_AND_PICTURE), ("UserProfile", "id"))
    ),
    # An organization's members know it, its roles, and one another's places in it; who is
    # suspended knows from where.
    Grant("organizations.Organization", OWNER, "*", frozenset({MEMBER})),
    Grant("organizations.Organization", OWNER, "id name slug", frozenset({SUSPENDED})),
    Grant("organizations.Membership", OWNER, "*", frozenset({MEMBER})),
    Grant("organizations.Membership", "colleague", "*", COLLEAGUES),
    Grant("organizations.Role", OWNER, "*", frozenset({MEMBER})),
    Grant("organizations.Role", "colleague", "*", COLLEAGUES),
    # The audit trail names the sessions in which members did something.
    Grant("accounts.Session", "colleague", "id", frozenset({OWNER})),
)


def is_secret(label: str, column: str) -> bool:
    """Whether a column is shown to nobody."""
    return bool(SECRETS.fullmatch(f"{label}.{column}"))


def granted(actor: str, label: str, situation: str, column: str) -> bool:
    """Whether the table grants an actor a column of a row."""
    return any(
        grant.model == label
        and grant.situation in ("", situation)
        and actor in grant.to
        and not is_secret(label, column)
        and (grant.columns == "*" or column in grant.columns.split())
        for grant in GRANTS
    )
