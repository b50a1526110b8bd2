"""What a provider has to show before it may work in a category."""

from datetime import date
from typing import Any

from django.db import connection

from apps.catalog.models import ServiceCategory
from apps.providers import errors
from apps.providers.models import ProviderDocument, ServiceProviderProfile

Type = ProviderDocument.Type

#: The branch up to its root, what its categories require, and what the provider has shown for any
#: of them: one statement, for it is asked by every bid.
_REQUIRED_AND_SHOWN = """
WITH RECURSIVE branch AS (
    SELECT id, parent_id, requires_license, requires_insurance, requires_background_check
    FROM catalog_servicecategory WHERE id = %(category)s
    UNION
    SELECT above.id, above.parent_id, above.requires_license, above.requires_insurance,
        above.requires_background_check
    FROM catalog_servicecategory above JOIN branch ON above.id = branch.parent_id
)
SELECT coalesce(bool_or(requires_license), false), coalesce(bool_or(requires_insurance), false),
    coalesce(bool_or(requires_background_check), false),
    ARRAY(
        SELECT DISTINCT document_type FROM providers_providerdocument
        WHERE provider_id = %(provider)s AND NOT is_deleted AND status = 'APPROVED'
        AND (expires_date IS NULL OR expires_date >= %(on)s)
        AND (category_id IS NULL OR category_id IN (SELECT id FROM branch))
    )
FROM branch
"""


def require_documents(
    *, provider: ServiceProviderProfile, category: ServiceCategory, on: date
) -> None:
    """Refuse a provider who lacks a document that a category, or a branch above it, asks for.

    An approved one counts up to the day it expires, for the branch that it names and all below it.
    Raises LicenseRequired, InsuranceRequired or BackgroundCheckRequired.
    """
    wanted, shown = _required_and_shown(provider, category, on)
    refusals: dict[str, type[Exception]] = {
        Type.LICENSE: errors.LicenseRequired,
        Type.INSURANCE: errors.InsuranceRequired,
        Type.BACKGROUND_CHECK: errors.BackgroundCheckRequired,
    }
    for (kind, refusal), asked in zip(refusals.items(), wanted, strict=True):
        if asked and kind not in shown:
            raise refusal


def _required_and_shown(
    provider: ServiceProviderProfile, category: ServiceCategory, on: date
) -> tuple[list[bool], list[str]]:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"provider": provider.pk, "category": category.pk, "on": on}
        cursor.execute(_REQUIRED_AND_SHOWN, values)
        *wanted, shown = cursor.fetchone()
    return wanted, shown
