"""Keeping providers in mind."""

import pytest

from apps.accounts.services.favorites import add_favorite_provider
from tests.factories.cast import Cast
from tests.factories.providers import ProviderFactory
from tests.support.graphql import GraphQL, gid
from tests.support.races import race
from tests.support.unchanged import nothing_changes

LIST = """query($filter: ProviderFilter) { favoriteProviders(filter: $filter) {
  totalCount edges { node { businessName } } } }"""


def _listed(graphql: GraphQL, **asked) -> list[str]:
    edges = graphql(LIST, **asked).data["favoriteProviders"]["edges"]
    return [edge["node"]["businessName"] for edge in edges]


def test_favourites_come_the_newest_first(graphql: GraphQL, cast: Cast):
    assert cast.ben_client
    businesses = [ProviderFactory(business_name=name) for name in ("A", "B", "C")]
    cast.cleo.profile.client_profile.favorite_providers.add(businesses[0])

    for business in (businesses[1], businesses[2], businesses[0]):
        graphql.mutate("addFavoriteProvider", {"providerId": gid(business)}, by=cast.ben)

    assert _listed(graphql, by=cast.ben) == ["A", "C", "B"]


def test_they_can_be_filtered(graphql: GraphQL, cast: Cast):
    for name in ("A", "B"):
        cast.ben_client.favorite_providers.add(ProviderFactory(business_name=name))

    chosen = {"filter": {"businessName": {"exact": "B"}}}

    assert _listed(graphql, variables=chosen, by=cast.ben) == ["B"]


def test_twice_is_once_and_forgetting_none_is_fine(graphql: GraphQL, cast: Cast):
    assert cast.ben_client
    given = {"providerId": gid(cast.ada_business)}

    for _ in range(2):
        answer = graphql.mutate("addFavoriteProvider", given, by=cast.ben)
    kept = cast.ben_client.favorite_providers.count()
    for _ in range(2):
        gone = graphql.mutate("removeFavoriteProvider", given, by=cast.ben)

    assert answer.data["addFavoriteProvider"]["__typename"] == "ServiceProviderProfile"
    assert gone.data["removeFavoriteProvider"]["__typename"] == "ServiceProviderProfile"
    assert (kept, cast.ben_client.favorite_providers.count()) == (1, 0)


def test_a_deleted_provider_is_hidden_and_back_when_restored(graphql: GraphQL, cast: Cast):
    cast.ben_client.favorite_providers.add(cast.ada_business)

    cast.ada_business.soft_delete()
    hidden = _listed(graphql, by=cast.ben)
    cast.ada_business.restore()

    assert hidden == []
    assert _listed(graphql, by=cast.ben) == [cast.ada_business.business_name]


def test_a_deleted_provider_is_not_found(graphql: GraphQL, cast: Cast):
    business, by = cast.ada_business, cast.ben
    business.soft_delete()

    with nothing_changes():
        answer = graphql.mutate("addFavoriteProvider", {"providerId": gid(business)}, by=by)

    assert answer.code == "not_found"


@pytest.mark.parametrize(("who", "code"), [("nobody", "not_signed_in"), ("dora", "not_found")])
def test_only_clients_have_some(graphql: GraphQL, cast: Cast, who: str, code: str):
    by, given = getattr(cast, who), {"providerId": gid(cast.ada_business)}
    cast.ben_client.favorite_providers.add(cast.ada_business)

    with nothing_changes():
        added = graphql.mutate("addFavoriteProvider", given, by=by)
        removed = graphql.mutate("removeFavoriteProvider", given, by=by)

    assert (added.code, removed.code) == (code, code)
    assert graphql(LIST).code == "not_signed_in"


def test_forgetting_one_leaves_those_of_others(graphql: GraphQL, cast: Cast):
    given = {"providerId": gid(cast.ada_business)}
    cast.ben_client.favorite_providers.add(cast.ada_business)

    graphql.mutate("removeFavoriteProvider", given, by=cast.cleo)

    assert _listed(graphql, by=cast.ben) == [cast.ada_business.business_name]
    assert _listed(graphql, by=cast.cleo) == []


@pytest.mark.usefixtures("transactional_db")
def test_many_at_once_keep_it_once(cast: Cast):
    client, business = cast.ben_client, cast.ada_business

    outcomes = race(*[lambda: add_favorite_provider(client=client, provider=business)] * 8)

    assert outcomes == [None] * 8
    assert client.favorite_providers.count() == 1
