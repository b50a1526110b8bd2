"""Lists cost no more statements for twenty rows than for two, and come in one order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.services.sessions import start_session
from apps.chat.models import ChatMessageEdit
from apps.credits.services.purchases import settle_purchase
from apps.orders.models import (
    CounterOffer,
    OrderAddon,
    OrderAttachment,
    OrderPhoto,
    OrderTransition,
    ProgressPhoto,
)
from apps.organizations.models import Organization
from apps.providers.models import ProviderAddonPrice, ServiceProviderProfile
from kernel import clock
from kernel.viewer import Viewer, acting_as
from tests.architecture.isolation import documents
from tests.factories.accounts import UserFactory
from tests.factories.cast import Cast
from tests.factories.catalog import (
    AddonFactory,
    AreaFactory,
    CategoryFactory,
    LanguageFactory,
    PackageFactory,
    SubcategoryFactory,
)
from tests.factories.chat import (
    ChatNotificationFactory,
    ChatReportFactory,
    ChatRoomFactory,
    ChatTemplateFactory,
    MessageFactory,
)
from tests.factories.community import VerificationFactory
from tests.factories.core import AppVersionFactory, SettingFactory
from tests.factories.credits import PurchaseFactory, give_credits
from tests.factories.leads import LeadFactory, bought_lead
from tests.factories.leads import offer as offer_lead
from tests.factories.orders import (
    AssignmentFactory,
    BidFactory,
    DisputeFactory,
    EvidenceFactory,
    OrderFactory,
    ProgressNoteFactory,
    VisitFactory,
)
from tests.factories.organizations import (
    InvitationFactory,
    MembershipFactory,
    ProjectFactory,
    RoleFactory,
    TeamFactory,
)
from tests.factories.providers import DocumentFactory, OfferedServiceFactory, ProviderFactory
from tests.factories.refunds import RefundReasonFactory
from tests.factories.reviews import ReviewFactory
from tests.support.graphql import GraphQL
from tests.support.settled import settle

#: The lists, each with selections that reach all that is two relations below: three levels.
DOCUMENTS = {
    name: documents.whole(field.type, relations=2, everything=True)
    for name, field in documents.QUERIES.items()
    # Those that list the rows of one object are measured by the tests of their own.
    if documents.is_connection(field.type) and not documents.asks(field)
}
#: What staff alone list, and what they list of everybody's.
FOR_STAFF = {"systemSettings", "appVersions"}
WAITING = {"verifications", "providerDocuments", "orders", "bids", "visits", "disputes"}
WAITING |= {"chatRooms", "chatReports", "leads", "reviews"}
READERS = [
    *((name, "dora" if name in FOR_STAFF else "ben") for name in sorted(DOCUMENTS)),
    *((name, "dora") for name in sorted(WAITING)),
]
QUESTIONS = [(name, part, by) for name, by in READERS for part in range(len(DOCUMENTS[name]))]
#: Codes are of letters alone.
LETTERS = str.maketrans("0123456789", "ghijklmnop")
UNSEEN = "Have grow() make rows of this list that Ben sees, or say that it is FOR_STAFF."


def grow(cast: Cast, count: int) -> None:
    """Make rows of everything, all of Ben's side, each with rows below it."""
    for _ in range(count):
        SettingFactory(is_public=True)
        AppVersionFactory()
        LanguageFactory()
        category = CategoryFactory(parent=CategoryFactory())
        service = SubcategoryFactory(category=category)
        addon, second = AddonFactory(subcategory=service), AddonFactory(subcategory=service)
        second.prerequisites.add(addon)
        PackageFactory(subcategory=service).addons.add(addon)
        area = AreaFactory()
        area.service_categories.add(category)
        provider = ProviderFactory()
        provider.service_areas.add(area)
        offer(provider, service, addon)
        DocumentFactory(provider=own_business(cast), category=category, approved=True)
        cast.ben_client.favorite_providers.add(provider)
        order = OrderFactory(
            client_profile=cast.ben_client, area=area, service_subcategory=service, assigned=True
        )
        fill(order, addon, BidFactory(order=order, provider=provider, accepted=True), cast)
        grow_organization(cast)
        VerificationFactory(user_profile=cast.ben_client.user_profile, status="APPROVED")
        talk(cast, order, provider.user_profile.user)
        give_credits(own_business(cast), 5)
        settle_purchase(
            purchase_id=PurchaseFactory(provider=own_business(cast), created_by=UserFactory()).pk
        )
        LeadFactory(client=cast.ben, category=category, subcategory=service, area=area)
        held = bought_lead(provider, client=cast.ben, category=category, subcategory=service)
        offer_lead(held.lead, own_business(cast))
        RefundReasonFactory(code=f"reason_{held.lead_id.hex}".translate(LETTERS))


def offer(provider: Any, service: Any, addon: Any) -> None:
    """Have a provider offer a service with an addon at a price of its own."""
    offered = OfferedServiceFactory(provider=provider, subcategory=service)
    offered.available_addons.add(addon)
    ProviderAddonPrice.objects.create(service=offered, addon=addon, currency="ZAR", price=5)


def own_business(cast: Cast) -> Any:
    """Ben's own business."""
    profile = cast.ben_client.user_profile
    found = ServiceProviderProfile.objects.filter(user_profile=profile).first()
    return found or ProviderFactory(user_profile=profile)


def own_organization(cast: Cast) -> Organization:
    """The one that Ben acts for."""
    own: Organization = cast.ben.memberships.order_by("joined_at").first().organization
    return own


def grow_organization(cast: Cast) -> None:
    """Give Ben a further organization, and his first one a row of everything."""
    MembershipFactory(user=cast.ben)
    own = own_organization(cast)
    with acting_as(Viewer(user=cast.ben, organization_id=own.pk)):
        colleague = MembershipFactory(organization=own, role=RoleFactory(organization=own)).user
        InvitationFactory(organization=own, invited_by=colleague)
    team = TeamFactory(organization=own, lead=colleague, of=[cast.ben], sales_target=500)
    ProjectFactory(organization=own, team=team)


def fill(order: Any, addon: Any, bid: Any, cast: Cast) -> None:
    """Give an order all that an order can have."""
    BidFactory(order=order, status="REJECTED")
    AssignmentFactory(bid=bid)
    CounterOffer.objects.create(bid=bid, party="CLIENT", currency="ZAR", amount=5)
    OrderAddon.objects.create(order=order, addon=addon, currency="ZAR", price=5)
    OrderPhoto.objects.create(order=order, photo_url="a.png")
    OrderAttachment.objects.create(order=order, file="a.pdf", name="a.pdf", size=9)
    OrderTransition.objects.create(
        order=order, name="publish", from_status="DRAFT", to_status="PUBLISHED"
    )
    EvidenceFactory(dispute=DisputeFactory(order=order), file="disputes/a.pdf")
    VisitFactory(order=order)
    note = ProgressNoteFactory(assignment=order.assignment)
    ProgressPhoto.objects.create(note=note, file="progress/a.jpg")
    ReviewFactory(order_assignment=order.assignment)


def talk(cast: Cast, order: Any, provider: Any) -> None:
    """Have Ben and a provider talk about an order."""
    room = ChatRoomFactory(of_order=True, order=order, between=[cast.ben, provider])
    said = MessageFactory(room=room, sender=cast.ben, attachment_url="chat/a.pdf")
    template = ChatTemplateFactory()
    answer = MessageFactory(room=room, sender=provider, reply_to=said, template=template)
    ChatMessageEdit.objects.create(message=said, content="Before")
    ChatNotificationFactory(user=cast.ben, message=answer)
    decided = {"status": "UPHELD", "resolved_by": UserFactory(), "resolved_at": clock.now()}
    ChatReportFactory(message=answer, reporter=cast.ben, **decided)


@dataclass(frozen=True)
class Cost:
    """What a list answered, and the statements that it took."""

    rows: int
    statements: list[str]


@pytest.fixture(scope="module")
def tokens(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """Tokens of those who ask; the rows are there until the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = Cast()
        grow(cast, 20)
        # First among his, for of the others he sees nothing that is below them.
        Organization.objects.filter(pk=own_organization(cast).pk).update(created_at=clock.now())
        # Else who asks first has them looked up.
        ContentType.objects.get_for_models(*apps.get_models())
        settle()
        yield {by: start_session(user=getattr(cast, by)).access_token for _, by in READERS}
        transaction.set_rollback(True)


def cost(name: str, part: int, token: str, *, first: int) -> Cost:
    """What so many rows of a list cost, with one of its selections."""
    selection = DOCUMENTS[name][part].replace(f"first: {documents.ROOT_PAGE}", f"first: {first}", 1)
    with CaptureQueriesContext(connection) as queries:
        found = GraphQL()(f"{{ {name}{selection} }}", token=token).data[name]
    return Cost(len(found["edges"]), [query["sql"][:200] for query in queries])


@pytest.mark.parametrize(("name", "part", "by"), QUESTIONS)
def test_a_list_costs_no_more_for_twenty_rows_than_for_two(
    tokens: dict[str, str], unpriced: None, name: str, part: int, by: str
):
    two, twenty = (cost(name, part, tokens[by], first=first) for first in (2, 20))

    assert two.rows == 2, UNSEEN
    assert twenty.rows == 20, UNSEEN
    assert len(twenty.statements) <= len(two.statements), "\n".join(twenty.statements)


@pytest.mark.parametrize(("name", "by"), READERS)
def test_a_list_keeps_its_order(graphql: GraphQL, tokens: dict[str, str], name: str, by: str):
    whole = "{ " + name + "(first: 100) { edges { node { id } } } }"
    page = "{ " + name + '(first: 3, after: "YXJyYXljb25uZWN0aW9uOjE=") { edges { node { id } } } }'
    token = tokens[by]

    ids = [edge["node"]["id"] for edge in graphql(whole, token=token).data[name]["edges"]]
    part = [edge["node"]["id"] for edge in graphql(page, token=token).data[name]["edges"]]

    assert len(ids) == len(set(ids)) >= 20
    assert part == ids[2:5]
