"""Asking for work through the API, with an account and without."""

from datetime import timedelta
from typing import Any

import pytest

from apps.core.models import OutboundMessage, SystemSetting
from apps.leads.events import LeadCreated, LeadVerified
from apps.leads.models import Lead, LeadVerificationCode
from kernel.rates import Rate
from tests.factories.cast import Cast
from tests.factories.catalog import AreaFactory, CategoryFactory, SubcategoryFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

NUMBER = "+27821234567"
SHOW = (
    "... on Lead { title city currency status needsCode maxProviders contactPhone isDuplicate"
    " budgetMax { amount currency } verificationScore viewerCan"
    " verificationSignals { name weight value points reason } }"
    " ... on VisitorLead { id token title status needsCode isSmsVerified }"
)


def _create(graphql: GraphQL, *, by: Any = None, **more: Any) -> Answer:
    given = {"title": "A new roof", "city": "Cape Town", "contactPhone": "082 123 4567", **more}
    if "categoryId" not in given:
        given["categoryId"] = gid(CategoryFactory())
    return graphql.mutate("createLead", given, SHOW, by=by)


def _zar(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "ZAR"}


def _known(user: Any) -> Any:
    """The user, whose phone and address were verified."""
    user.is_email_verified = True
    user.save()
    user.profile.phone_number, user.profile.is_phone_verified = NUMBER, True
    user.profile.save()
    return user


def test_a_client_who_is_known_asks_for_work(graphql: GraphQL, cast: Cast):
    with announced() as heard:
        shown = _create(graphql, by=_known(cast.ben)).data["createLead"]

    lead = Lead.objects.get()
    assert (shown["status"], shown["needsCode"], shown["currency"]) == ("VERIFIED", False, "USD")
    assert (shown["contactPhone"], shown["maxProviders"]) == (NUMBER, 3)
    assert shown["viewerCan"] == [
        "requestLeadCode",
        "confirmLeadCode",
        "cancelLead",
        "convertLeadToOrder",
    ]
    assert heard == [
        LeadCreated(lead_id=lead.pk, client_user_id=cast.ben.pk),
        LeadVerified(lead_id=lead.pk, client_user_id=cast.ben.pk),
    ]


def test_the_score_says_how_it_came_about(graphql: GraphQL, cast: Cast):
    shown = _create(graphql, by=_known(cast.ben)).data["createLead"]

    signals = {signal["name"]: signal for signal in shown["verificationSignals"]}
    assert signals["phone_verified"] == {
        "name": "phone_verified",
        "weight": 35,
        "value": 1.0,
        "points": 35.0,
        "reason": "phone_verified",
    }
    assert signals["area"]["reason"] == "area_unknown"
    assert round(sum(each["points"] for each in signals.values())) == shown["verificationScore"]


def test_a_client_who_is_unknown_waits_for_a_code_that_nobody_sent_yet(
    graphql: GraphQL, cast: Cast
):
    shown = _create(graphql, by=cast.ben).data["createLead"]

    assert (shown["status"], shown["needsCode"]) == ("PENDING", True)
    assert not LeadVerificationCode.objects.exists()


def test_a_visitor_asks_and_is_texted_a_code(graphql: GraphQL):
    shown = _create(graphql).data["createLead"]

    lead, code = Lead.objects.get(), LeadVerificationCode.objects.get()
    assert (shown["__typename"], shown["status"]) == ("VisitorLead", "PENDING")
    assert (shown["id"], shown["needsCode"]) == (gid(lead), True)
    assert (lead.client, code.lead, code.phone_number) == (None, lead, NUMBER)
    assert OutboundMessage.objects.get() == code.message


def test_a_visitor_has_to_confirm_whatever_the_score(graphql: GraphQL):
    SystemSetting.objects.update_or_create(
        key="leads.threshold", defaults={"value": "0", "setting_type": "INTEGER"}
    )

    shown = _create(graphql).data["createLead"]

    assert shown["status"] == "PENDING"


def test_a_visitor_gives_a_number(graphql: GraphQL):
    category = gid(CategoryFactory())

    with nothing_changes():
        answer = _create(graphql, categoryId=category, contactPhone=None)

    assert answer.refusal["code"] == "phone_required"
    assert answer.refusal["field"] == "contactPhone"


def test_visitors_are_shut_out_by_a_setting(graphql: GraphQL, cast: Cast):
    SystemSetting.objects.update_or_create(
        key="leads.visitors", defaults={"value": "false", "setting_type": "BOOLEAN"}
    )
    category = gid(CategoryFactory())

    with nothing_changes():
        answer = _create(graphql, categoryId=category)

    assert answer.code == "visitors_not_allowed"
    assert "messages" not in _create(graphql, by=cast.ben).data["createLead"]


def test_a_repeat_by_a_visitor_answers_the_same(graphql: GraphQL):
    given = {"categoryId": gid(CategoryFactory()), "idempotencyKey": "k"}

    first, second = _create(graphql, **given), _create(graphql, **given)

    assert first.data == second.data
    assert (Lead.objects.count(), OutboundMessage.objects.count()) == (1, 1)


def test_two_visitors_with_the_same_key_do_not_meet(graphql: GraphQL):
    given = {"categoryId": gid(CategoryFactory()), "idempotencyKey": "k"}
    _create(graphql, **given)

    other = _create(graphql, **given, contactPhone="+27829876543").data["createLead"]

    assert other["__typename"] == "VisitorLead"
    assert Lead.objects.count() == 2


def test_an_area_says_where_and_in_which_currency(graphql: GraphQL, cast: Cast):
    area = AreaFactory(city="Durban", country="ZA", currency="ZAR")
    budget = {"amount": "500.00", "currency": "ZAR"}

    shown = _create(graphql, by=cast.ben, areaId=gid(area), city=None, budgetMax=budget).data[
        "createLead"
    ]

    assert (shown["city"], shown["currency"], shown["budgetMax"]) == ("Durban", "ZAR", budget)


@pytest.mark.parametrize("by", ["ben", "visitor"])
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"city": ""}, "no_area"),
        ({"city": None}, "no_area"),
        ({"contactPhone": "+27 82"}, "invalid_phone_number"),
        ({"contactPhone": "+27211234567"}, "invalid_phone_number"),
        ({"contactPhone": "+27 00 123 4567"}, "invalid_phone_number"),
        ({"country": "ZZ"}, "unknown_country"),
        ({"latitude": 91.0, "longitude": 0.0}, "invalid_place"),
        ({"latitude": 1.0}, "invalid_place"),
        ({"maxProviders": 0}, "invalid_max_providers"),
        ({"maxProviders": 11}, "invalid_max_providers"),
        ({"source": "STAFF"}, "invalid_source"),
        ({"title": ""}, "blank"),
        ({"title": "x" * 201}, "max_length"),
        ({"contactEmail": "nobody"}, "invalid"),
        ({"budgetMin": _zar("2"), "budgetMax": _zar("1")}, "invalid_budget"),
        (
            {"budgetMin": _zar("1"), "budgetMax": {"amount": "2", "currency": "USD"}},
            "currency_mismatch",
        ),
        ({"budgetMin": _zar("-1")}, "amount_not_positive"),
        ({"budgetMax": _zar("1.001")}, "invalid_amount"),
        ({"idempotencyKey": ""}, "invalid_idempotency_key"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_lead_is_refused(
    graphql: GraphQL, cast: Cast, by: str, given: dict[str, Any], code: str
):
    category = gid(CategoryFactory())
    user = cast.ben if by == "ben" else None

    with nothing_changes():
        answer = _create(graphql, by=user, categoryId=category, **given)

    assert answer.code == code


def test_a_budget_in_another_currency_than_the_area_s_is_refused(graphql: GraphQL, cast: Cast):
    given = {"areaId": gid(AreaFactory(currency="ZAR")), "categoryId": gid(CategoryFactory())}
    user = cast.ben

    with nothing_changes():
        answer = _create(graphql, by=user, **given, budgetMax={"amount": "1", "currency": "USD"})

    assert answer.code == "currency_mismatch"


def test_what_the_catalog_does_not_have_is_not_found(graphql: GraphQL, cast: Cast):
    gone, closed = CategoryFactory(), AreaFactory(is_active=False)
    gone.soft_delete()
    category, user = gid(CategoryFactory()), cast.ben

    with nothing_changes():
        answers = [
            _create(graphql, by=user, categoryId=gid(gone)),
            _create(graphql, by=user, categoryId=category, areaId=gid(closed)),
        ]

    assert [answer.code for answer in answers] == ["not_found", "not_found"]


def test_a_service_of_another_category_is_refused(graphql: GraphQL, cast: Cast):
    given = {"categoryId": gid(CategoryFactory()), "subcategoryId": gid(SubcategoryFactory())}
    user = cast.ben

    with nothing_changes():
        answer = _create(graphql, by=user, **given)

    assert answer.code == "subcategory_mismatch"


def test_one_address_makes_so_many_leads(graphql: GraphQL, settings: Any):
    settings.RATES = settings.RATES | {"CREATE_LEAD": (Rate(9, 60), Rate(2, 60))}
    category = gid(CategoryFactory())
    for number in ("+27821234561", "+27821234562"):
        _create(graphql, categoryId=category, contactPhone=number)

    with nothing_changes():
        answer = _create(graphql, categoryId=category)

    assert answer.code == "rate_limited"


def test_one_number_is_texted_so_often_a_day(graphql: GraphQL, settings: Any):
    settings.SMS_PER_NUMBER_AND_DAY = 1
    category = gid(CategoryFactory())
    _create(graphql, categoryId=category)

    with nothing_changes():
        answer = _create(graphql, categoryId=category)

    assert answer.code == "daily_limit_reached"


def test_a_lead_waits_a_day_for_its_code(graphql: GraphQL, cast: Cast):
    _create(graphql, by=cast.ben)

    lead = Lead.objects.get()
    assert lead.expires_at == lead.created_at + timedelta(hours=24)
