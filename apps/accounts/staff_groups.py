"""The groups that the platform's staff work in, and what each may do, by Django's permissions.

``orders.*`` are all models of a domain, ``view_order`` one permission. What is not named is for
superusers: the groups themselves, and who is in them.
"""

from dataclasses import dataclass

#: Records of what happened, which nobody writes by hand.
RECORDS = (
    *("core.auditentry", "core.eventrecord", "core.eventtopic", "core.eventhorizon"),
    *("core.delivery", "core.idempotencyrecord", "core.outboundmessage", "core.dailycount"),
    *("chat.chatmessageedit", "chat.chatnotification"),
    *("credits.creditwallet", "credits.credittransaction"),
    *("credits.creditlot", "credits.creditpurchase"),
)
DOMAINS = (
    *("core", "accounts", "organizations", "catalog", "providers", "orders"),
    *("credits", "leads", "chat", "reviews"),
)


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """What a group of the staff may look at, and what else it may do."""

    views: tuple[str, ...]
    may: tuple[str, ...] = ()
    #: The domains in which it may do everything, but write records.
    rules: tuple[str, ...] = ()


STAFF_GROUPS: dict[str, StaffGroup] = {
    "Support": StaffGroup(
        views=(
            *("accounts.*", "organizations.*", "catalog.*", "providers.*", "orders.*", "leads.*"),
            *("credits.*", "reviews.*"),
            # Not what is said: they read it in the rooms that they are asked into.
            *("chat.chatroom", "chat.chatparticipant", "chat.chattemplate"),
        ),
        may=(
            *("accounts.change_session", "accounts.delete_mfadevice", "chat.change_chatroom"),
            "leads.change_leadassignment",
        ),
    ),
    "Moderation": StaffGroup(
        views=(
            *("accounts.*", "organizations.*", "catalog.*", "providers.*", "orders.*"),
            *("leads.*", "chat.*", "reviews.*"),
        ),
        may=(
            *("accounts.change_user", "accounts.change_session"),
            *("accounts.change_userverification", "providers.change_serviceproviderprofile"),
            *("orders.change_orderdispute", "chat.change_chatreport", "chat.delete_chatmessage"),
            *("chat.change_chatroom", "chat.change_chatparticipant", "leads.change_lead"),
            *("reviews.change_review", "reviews.delete_review"),
        ),
    ),
    "Finance": StaffGroup(
        views=(
            *("organizations.organization", "organizations.membership", "organizations.role"),
            *("accounts.user", "providers.*", "orders.*", "leads.*", "credits.*"),
            "core.auditentry",
        ),
        may=("credits.add_credittransaction", "leads.change_leadassignment"),
    ),
    "Administration": StaffGroup(
        views=tuple(f"{domain}.*" for domain in DOMAINS),
        may=("core.change_delivery", "credits.add_credittransaction"),
        rules=DOMAINS,
    ),
}
