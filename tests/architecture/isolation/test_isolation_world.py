"""The world that isolation is tried in is complete, and its canaries can sing."""

import pytest

from schema.base.gates import Audience, GateDirective
from tests.architecture.isolation import documents
from tests.architecture.isolation.actors import ADMIN, NINE, OWNER
from tests.architecture.isolation.asking import ask
from tests.architecture.isolation.canaries import holds_values
from tests.architecture.isolation.grants import FUNCTIONAL, GRANTS
from tests.architecture.isolation.reading import arguments_of, reach
from tests.architecture.isolation.world import World, domain_models, wanted

pytestmark = pytest.mark.django_db

#: Columns of words and numbers that are too narrow for a canary, or bound to few values. Adding to
#: it is a decision.
NARROW = {
    "accounts.Challenge.attempts",
    "accounts.UserProfile.country",
    "catalog.ServiceArea.country",
    "catalog.ServiceArea.radius_km",
    "catalog.ServiceCategory.color",
    "catalog.ServiceCategory.commission_rate",
    "catalog.ServiceCategory.lead_credits",
    "catalog.ServicePackage.discount_percentage",
    "core.OutboundMessage.attempts",
    "leads.Lead.country",
    "leads.Lead.max_providers",
    "leads.Lead.seats_taken",
    "leads.Lead.verification_score",
    "leads.LeadAssignment.match_score",
    "leads.LeadMatch.rank",
    "leads.LeadMatch.score",
    "leads.LeadMatch.scoring_version",
    "leads.LeadVerificationCode.attempts",
    "orders.Order.country",
    "orders.OrderDispute.refund_share",
    "providers.ServiceProviderProfile.average_rating",
    "providers.ServiceProviderProfile.completion_rate",
    "providers.ServiceProviderProfile.conversion_rate",
    "providers.ServiceProviderProfile.country",
    "providers.ServiceProviderProfile.travel_radius",
    "providers.ServiceProviderProfile.years_of_experience",
    "providers.ServiceProviderService.estimated_duration",
    "reviews.Review.communication_rating",
    "reviews.Review.punctuality_rating",
    "reviews.Review.quality_rating",
    "reviews.Review.rating",
    "reviews.Review.value_rating",
}
#: Root fields whose answer holds no value of a row. Adding to it is a decision.
WITHOUT_VALUES = {"cursor", "deeds", "invitation", "permissions", "providerOpenings"}
WITHOUT_VALUES |= {"creditBalance", "leadMetrics", "visitorLead"}


def test_the_nine_are_there(world: World):
    assert len(world.nine()) == 9
    assert [actor.name for actor in world.nine()] == list(NINE)


def test_every_type_with_ids_has_a_row_of_the_owners_and_one_that_is_foreign_to_them(world: World):
    public = {grant.model for grant in GRANTS if grant.situation == "public"}
    missing = {
        name
        for name, model in documents.node_types().items()
        if model._meta.label not in public
        if {OWNER in owners for owners in owners_of(world, model._meta.label)} != {True, False}
    }

    assert missing == set()


def owners_of(world: World, label: str) -> list[frozenset[str]]:
    """Whose the rows of a model are."""
    return [found for (model, _), found in world.owners.items() if model == label]


def test_every_column_for_values_holds_a_canary_or_is_said_not_to(world: World):
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in domain_models()
        if wanted(model)
        for field in model._meta.concrete_fields
        if holds_values(field)
    }
    functional = {f"{label}.{name}" for label, names in FUNCTIONAL.items() for name in names}
    marked = {str(mark) for mark in world.canaries.marks.values()}

    assert columns - marked - functional == NARROW


@pytest.mark.parametrize("name", sorted(documents.QUERIES.keys() - {"node", "nodes"}))
def test_what_a_root_field_shows_its_owner_holds_canaries(world: World, name: str):
    field, (token, *_) = documents.QUERIES[name], world.actors[reader(name)].tokens
    replies = [
        ask(f"{{ {name}{selection} }}", token)
        for arguments in arguments_of(world, name)
        for selection in documents.whole(field.type, arguments, relations=reach(field))
    ]

    sung = {mark for reply in replies for mark in world.canaries.found(reply.text)}

    assert (len(sung) > 2) is (name not in WITHOUT_VALUES)


def reader(name: str) -> str:
    """Who reads a root field: its rows' owner, or staff where it is theirs alone."""
    directives = documents.QUERIES[name].extensions["strawberry-definition"].directives
    (gate,) = (found for found in directives if isinstance(found, GateDirective))
    return ADMIN if gate.allows is Audience.STAFF else OWNER
