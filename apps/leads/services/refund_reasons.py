"""The reasons for which leads are refunded, which administrators may change."""

from apps.leads.models import LeadRefundReason

Rule = LeadRefundReason.Rule

#: Code, name, when it applies, what decides, and whether the provider says what happened.
REASONS = (
    (
        "unreachable",
        "Nobody answers",
        "The client did not answer for two days, by phone or in writing.",
        Rule.STAFF,
        True,
    ),
    (
        "wrong_number",
        "Wrong number",
        "The number does not exist, or is somebody else's.",
        Rule.UNDELIVERED,
        True,
    ),
    (
        "duplicate",
        "Asked twice",
        "The same client asked for the same before, and you paid for that.",
        Rule.DUPLICATE,
        False,
    ),
    (
        "out_of_area",
        "Out of area",
        "The work is not where the lead said.",
        Rule.STAFF,
        True,
    ),
    ("spam", "Not meant", "Nobody wants this work done.", Rule.STAFF, True),
    (
        "cancelled",
        "Called off",
        "The client called it off before you got in touch.",
        Rule.CANCELLED,
        False,
    ),
)


def ensure_refund_reasons() -> list[str]:
    """Add the usual reasons that are not there, by their codes; returns these."""
    known = set(LeadRefundReason.objects.values_list("code", flat=True))
    added = [
        LeadRefundReason(
            code=code,
            name=name,
            description=description,
            rule=rule,
            needs_evidence=needs_evidence,
            sort_order=place,
        )
        for place, (code, name, description, rule, needs_evidence) in enumerate(REASONS)
        if code not in known
    ]
    LeadRefundReason.objects.bulk_create(added, ignore_conflicts=True)
    return [reason.code for reason in added]
