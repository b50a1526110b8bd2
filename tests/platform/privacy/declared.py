"""Which secrets may be written down where, and why. A place that is not named here holds none."""

PROFILE = "What people tell of themselves is kept in their own rows, until they are erased."
ORDER = "What an order asks for, which its parties read."

DECLARED: dict[str, tuple[set[str], str]] = {
    "redis {persisted}:texts": (
        {"literal in a persisted query"},
        "The text of the document, whose literals are the client's choice: variables are not kept.",
    ),
    "accounts_device.token": ({"push token"}, "Messages are pushed to it."),
    "accounts_mfadevice.name": ({"name of a device"}, PROFILE),
    "accounts_user.email": (
        {"address at Firebase", "address of staff", "email address"},
        "Accounts are found by it.",
    ),
    "accounts_user.first_name": ({"name"}, PROFILE),
    "accounts_user.last_name": ({"last name"}, PROFILE),
    "accounts_user.name": ({"last name", "name"}, PROFILE),
    "accounts_user.description": ({"column of a failing row"}, PROFILE),
    "accounts_userprofile.bio": ({"biography"}, PROFILE),
    "accounts_userprofile.address": ({"address"}, PROFILE),
    "accounts_userprofile.postal_code": ({"postal code"}, PROFILE),
    "accounts_userprofile.city": ({"city"}, PROFILE),
    "accounts_verificationevidence.name": ({"name of a file"}, "Staff judge the file by it."),
    "chat_chatmessage.content": ({"words in a chat"}, "Participants read it."),
    "chat_chatmessage.words": ({"words in a chat"}, "Participants search in it."),
    "core_auditentry.changes": (
        {"description of an order", "title of an order"},
        "What was asked for is evidence where parties quarrel; where and for whom is not copied.",
    ),
    "core_idempotencyrecord.key": (
        {"idempotency key"},
        "A repeat is known by it, within its user; of the input there is a digest alone.",
    ),
    "core_outboundmessage.report_token": (
        {"token of a report's address"},
        "The report is found by it, and can say no more than how one message fared.",
    ),
    "django_session.session_key": ({"cookie of a session"}, "Django's sessions are found by it."),
    "orders_disputeevidence.text": ({"evidence of a dispute"}, "Both sides and staff read it."),
    "orders_order.title": ({"title of an order"}, ORDER),
    "orders_order.description": ({"description of an order"}, ORDER),
    "orders_order.location": ({"street of an order"}, ORDER),
    "orders_order.special_requirements": ({"special requirements"}, ORDER),
    "orders_orderdispute.description": ({"description of a dispute"}, "Both sides read it."),
    "orders_ordertransition.note": (
        {"description of a dispute"},
        "The order's history says to its parties why it was disputed.",
    ),
    "organizations_invitation.email": ({"address that is invited"}, "It was sent there."),
    "organizations_organization.name": ({"name of an organization"}, "What it is called."),
    "organizations_organization.slug": ({"name of an organization"}, "What it is called."),
}
