"""Opening a draft to bids."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from strawberry.relay import to_base64

from apps.accounts.models import ClientProfile
from apps.core.models import SystemSetting
from apps.orders.events import OrderPublished
from apps.orders.models import Order, OrderAddon, OrderTransition
from kernel import clock
from tests.factories.cast import Cast
from tests.factories.catalog import AddonFactory, AreaFactory, PackageFactory, SubcategoryFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes


def test_a_draft_is_opened_to_bids(graphql: GraphQL, cast: Cast):
    order, noise = cast.ben_order(), cast.ben_order()

    with announced() as heard:
        answer = graphql.mutate(
            "publishOrder", {"orderId": gid(order)}, "... on Order { status }", by=cast.ben
        )

    assert answer.data["publishOrder"]["status"] == "PUBLISHED"
    order.refresh_from_db()
    step = OrderTransition.objects.get()
    assert (step.name, step.from_status, step.to_status) == ("publish", "DRAFT", "PUBLISHED")
    assert (step.order, step.actor) == (order, cast.ben)
    assert step.created_at == order.published_at
    assert ClientProfile.objects.get().total_orders == 1
    assert heard == [OrderPublished(order_id=order.pk, client_user_id=cast.ben.pk)]
    assert Order.objects.get(pk=noise.pk).status == "DRAFT"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("ada", "not_found"),
        ("cleo", "not_found"),
        ("dora", "not_allowed"),
        ("nobody", "not_signed_in"),
    ],
)
def test_only_the_client_publishes_it(graphql: GraphQL, cast: Cast, who: str, code: str):
    order, by = cast.ben_order(), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("publishOrder", {"orderId": gid(order)}, by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("named", "urgency", "lines"),
    [({}, "URGENT", ["BASE", "URGENCY"]), ({"urgency": "LOW"}, "LOW", ["BASE"])],
)
def test_how_urgent_it_is_follows_from_the_day_at_the_publication(
    graphql: GraphQL, cast: Cast, named: dict[str, str], urgency: str, lines: list[str]
):
    day = clock.today() + timedelta(days=9)
    given = {"title": "Tap", "serviceDate": str(day), "areaId": gid(AreaFactory())}
    given |= {"serviceSubcategoryId": gid(SubcategoryFactory())}
    draft = graphql.mutate("createOrder", given | named, "... on Order { id }", by=cast.ben)

    with time_machine.travel(datetime.combine(day, time(9), UTC)):
        graphql.mutate("publishOrder", {"orderId": draft.data["createOrder"]["id"]}, by=cast.ben)

    order = Order.objects.get()
    assert (order.status, order.urgency) == ("PUBLISHED", urgency)
    assert [line["kind"] for line in order.price_lines] == lines


def test_a_hidden_draft_and_a_missing_one_look_alike(graphql: GraphQL, cast: Cast):
    hidden, missing = gid(cast.ben_order()), to_base64("Order", uuid4())

    of_hidden = graphql.mutate("publishOrder", {"orderId": hidden}, by=cast.cleo)
    of_missing = graphql.mutate("publishOrder", {"orderId": missing}, by=cast.cleo)

    assert of_hidden.code == "not_found"
    assert of_hidden == of_missing


@pytest.mark.parametrize("status", [s for s in Order.Status if s != "DRAFT"])
def test_only_a_draft_is_published(graphql: GraphQL, cast: Cast, status: str):
    order = cast.ben_order(status=status)

    with nothing_changes():
        answer = graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)

    assert answer.code == "illegal_transition"


def test_a_draft_whose_day_went_by_is_refused(graphql: GraphQL, cast: Cast):
    order = cast.ben_order(service_date=date(2020, 2, 29))

    with nothing_changes():
        answer = graphql.mutate("publishOrder", {"orderId": gid(order)}, by=cast.ben)

    assert (answer.code, answer.refusal["field"]) == ("service_date_past", "serviceDate")


@pytest.mark.parametrize("rubbish", [to_base64("User", UUID(int=7)), to_base64("Order", 7)])
def test_an_id_of_another_type_or_of_nothing_is_refused(graphql: GraphQL, cast: Cast, rubbish: str):
    by = cast.ben

    with nothing_changes():
        answer = graphql.mutate("publishOrder", {"orderId": rubbish}, by=by)

    assert (answer.code, answer.refusal["field"]) == ("invalid_id", "id")


def _publish(graphql: GraphQL, order: Order, cast: Cast) -> Answer:
    return graphql.mutate(
        "publishOrder",
        {"orderId": gid(order)},
        "... on Order { estimatedPrice { amount } addons { edges { node { price { amount } } } } }",
        by=cast.ben,
    )


def test_it_is_open_for_thirty_days_or_as_many_as_are_set(graphql: GraphQL, cast: Cast):
    first, second = cast.ben_order(), cast.ben_order()

    _publish(graphql, first, cast)
    SystemSetting.objects.update_or_create(
        key="orders.open_days", defaults={"value": "3", "setting_type": "INTEGER"}
    )
    _publish(graphql, second, cast)

    open_for = [order.expires_at - order.published_at for order in _again(first, second)]
    assert [round(each / timedelta(days=1), 3) for each in open_for] == [30, 3]


def test_it_is_open_no_longer_than_its_day_by_the_clocks_of_its_area(graphql: GraphQL, cast: Cast):
    day = clock.today() + timedelta(days=5)
    in_fiji = cast.ben_order(service_date=day, area=AreaFactory(time_zone="Pacific/Fiji"))
    anywhere = cast.ben_order(service_date=day)

    _publish(graphql, in_fiji, cast)
    _publish(graphql, anywhere, cast)

    last_second = datetime.combine(day, time(23, 59, 59), UTC)
    ends = [order.expires_at - last_second for order in _again(in_fiji, anywhere)]
    assert ends == [timedelta(hours=-12), timedelta(hours=12)]


def _again(*orders: Order) -> list[Order]:
    return [Order.objects.get(pk=order.pk) for order in orders]


def test_it_is_priced_at_what_the_catalog_says_that_day(graphql: GraphQL, cast: Cast):
    washer = AddonFactory()
    order = cast.ben_order(
        service_subcategory=washer.subcategory, area=AreaFactory(), estimated_price=1
    )
    OrderAddon.objects.create(order=order, addon=washer, currency="ZAR", price=1)
    washer.price = 10_00
    washer.save()

    published = _publish(graphql, order, cast).data["publishOrder"]

    assert published["estimatedPrice"]["amount"] == "720.00"
    assert published["addons"]["edges"][0]["node"]["price"]["amount"] == "180.00"


def test_what_is_not_on_offer_any_more_cannot_be_published(graphql: GraphQL, cast: Cast):
    washer, area = AddonFactory(), AreaFactory()
    service = washer.subcategory
    package = PackageFactory(subcategory=service)
    about = {"service_subcategory": service, "area": area}
    plain, packed = cast.ben_order(**about), cast.ben_order(package=package, **about)
    added = cast.ben_order(**about)
    OrderAddon.objects.create(order=added, addon=washer, currency="ZAR", price=1)
    washer.soft_delete()
    package.soft_delete()

    refused = [_publish(graphql, order, cast).code for order in (added, packed)]
    area.is_active = False
    area.save()
    refused.append(_publish(graphql, plain, cast).code)
    service.soft_delete()
    with nothing_changes():
        refused.append(_publish(graphql, plain, cast).code)

    assert refused == [
        "addon_not_offered",
        "package_not_offered",
        "service_not_in_area",
        "service_not_offered",
    ]
