"""What is known of a lead: others for the same, who asks, and how their earlier ones ended."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value

from apps.accounts.models import UserProfile
from apps.catalog.models import ServiceArea
from apps.catalog.selectors import areas_at
from apps.leads.models import Lead, LeadAssignment, LeadVerificationCode
from apps.leads.scoring import Evidence
from kernel.money import Money, exponent
from kernel.places import chord, chord_of, position

#: Leads that are no further from each other are for the same place.
SAME_PLACE_KM = 5
#: The reasons of refunds that say that a lead was not meant.
NOT_MEANT = ("unreachable", "wrong_number", "spam")
#: A description says something from so many characters on.
TELLING = 20


def first_like(lead: Lead, *, since: datetime) -> Lead | None:
    """The first living lead, made since an instant, that asks for the same as one: of the same
    client or phone, of its category, and in its area or city or close to it.
    """
    rows = Lead.objects.living().filter(
        _same_asker(lead), category=lead.category_id, created_at__gte=since
    )
    there = Q(city__iexact=lead.city, country=lead.country)
    if lead.area_id is not None:
        there |= Q(area=lead.area_id)
    if lead.latitude is not None and lead.longitude is not None:
        here = position(Value(lead.latitude), Value(lead.longitude))
        rows = rows.alias(away=chord(position("latitude", "longitude"), here))
        there |= Q(away__lte=chord_of(SAME_PLACE_KM))
    found: Lead | None = rows.filter(there).exclude(pk=lead.pk).order_by("created_at", "pk").first()
    return found


def phone_digests(number: str) -> list[str]:
    """What leads with a phone number are found by."""
    found: list[str] = Lead._meta.get_field("contact_phone_index").digests(number)
    return found


def newest_code(lead: Lead) -> LeadVerificationCode | None:
    """The code that was texted last for a lead: the one that counts."""
    codes = LeadVerificationCode.objects.filter(lead=lead.pk).order_by("-created_at", "-id")
    found: LeadVerificationCode | None = codes.first()
    return found


def profile_of(user_id: Any) -> UserProfile | None:
    """What the account of a client tells of how to reach them, with the user."""
    rows = UserProfile.objects.filter(user=user_id).select_related("user")
    found: UserProfile | None = rows.first()
    return found


def evidence_of(lead: Lead, profile: UserProfile | None) -> Evidence:
    """What is known of a lead at this moment; ``profile`` is its client's."""
    good, bad = _history(lead)
    details = _details(lead)
    is_in_area = _lies_in_area(lead)
    return Evidence(
        phone_verified=lead.is_sms_verified or _is_own_phone(lead, profile),
        email_verified=_is_own_email(lead, profile),
        details_given=sum(details),
        details_wanted=len(details),
        duplicates=int(lead.duplicate_of_id is not None),
        is_in_area=is_in_area,
        is_in_known_city=is_in_area or _areas_in_city(lead).exists(),
        budget=(_minor(lead.budget_min), _minor(lead.budget_max)),
        usual=_usual(lead),
        good_leads=good,
        bad_leads=bad,
    )


def areas_of(lead: Lead) -> QuerySet[ServiceArea]:
    """The areas that a lead lies in, as exactly as it says: its own, those at its place or of its
    postal code, or all in its city.
    """
    if lead.area_id is not None:
        own: QuerySet[ServiceArea] = ServiceArea.objects.filter(pk=lead.area_id, is_active=True)
        return own
    return _areas_at(lead) if _says_where(lead) else _areas_in_city(lead)


def _says_where(lead: Lead) -> bool:
    return lead.latitude is not None or bool(lead.postal_code)


def _areas_at(lead: Lead) -> QuerySet[ServiceArea]:
    found: QuerySet[ServiceArea] = areas_at(
        latitude=lead.latitude,
        longitude=lead.longitude,
        postal_code=lead.postal_code,
        country=lead.country,
    )
    return found.order_by()


def _areas_in_city(lead: Lead) -> QuerySet[ServiceArea]:
    areas: QuerySet[ServiceArea] = ServiceArea.objects.filter(
        is_active=True, city__iexact=lead.city
    )
    return areas.filter(country=lead.country) if lead.country else areas


def _lies_in_area(lead: Lead) -> bool:
    if lead.area_id is not None:
        return True
    return _says_where(lead) and _areas_at(lead).exists()


def _same_asker(lead: Lead) -> Q:
    same = Q()
    if lead.client_id is not None:
        same |= Q(client=lead.client_id)
    if lead.contact_phone:
        same |= Q(contact_phone_index__in=phone_digests(lead.contact_phone))
    return same if same else Q(pk=lead.pk)


def _is_own_phone(lead: Lead, profile: UserProfile | None) -> bool:
    if profile is None or not profile.is_phone_verified:
        return False
    return bool(lead.contact_phone and lead.contact_phone == profile.phone_number)


def _is_own_email(lead: Lead, profile: UserProfile | None) -> bool:
    if profile is None or not profile.user.is_email_verified:
        return False
    return bool(lead.contact_email.lower() == profile.user.email.lower())


def _details(lead: Lead) -> list[bool]:
    """Which of the details that help a provider are there."""
    return [
        len(lead.description.strip()) >= TELLING,
        lead.subcategory_id is not None,
        lead.budget_min is not None or lead.budget_max is not None,
        bool(lead.contact_name),
        bool(lead.contact_phone),
        bool(lead.contact_email),
        bool(lead.address) or lead.latitude is not None,
    ]


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _usual(lead: Lead) -> tuple[int | None, int | None]:
    """What such work usually costs, in the lead's currency; unknown where that cannot be told."""
    service, area = lead.subcategory, lead.area
    bounds = (service.price_range_min, service.price_range_max) if service else (None, None)
    if bounds == (None, None):
        bounds = (lead.category.min_price, lead.category.max_price)
    if area is None and lead.currency != settings.PLATFORM_CURRENCY:
        return None, None
    multiplier = Fraction(area.base_price_multiplier) if area else Fraction(1)
    least, most = (
        None if bound is None else int(bound.minor * multiplier * _scale(bound, lead.currency))
        for bound in bounds
    )
    return least, most


def _scale(listed: Money, currency: str) -> Fraction:
    return Fraction(10) ** (exponent(currency) - exponent(listed.currency))


def _history(lead: Lead) -> tuple[int, int]:
    """How many earlier leads of the same asker were meant, and how many were not: spam, or paid
    back to a provider.
    """
    if lead.client_id is not None:
        rows = Lead.objects.filter(client=lead.client_id)
    else:
        digests = phone_digests(lead.contact_phone)
        rows = Lead.objects.of_visitors().filter(contact_phone_index__in=digests)
    refunded = LeadAssignment.objects.filter(
        lead=OuterRef("pk"),
        refund_status=LeadAssignment.RefundStatus.APPROVED,
        refund_kind__code__in=NOT_MEANT,
    )
    is_bad = Q(rejection_reason=Lead.RejectionReason.SPAM) | Q(Exists(refunded))
    counted = rows.exclude(pk=lead.pk).aggregate(
        good=Count("pk", filter=Q(verified_at__isnull=False) & ~is_bad),
        bad=Count("pk", filter=is_bad),
    )
    return counted["good"], counted["bad"]
