"""The one schema, merged from the domains."""

from strawberry import Schema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.accounts.mutations import AccountsMutation
from schema.accounts.queries import AccountsQuery
from schema.base.descriptions import describe, drop_patterns
from schema.base.execution import PlannedQueries, PreparedDocument
from schema.base.executor import Executor
from schema.base.nodes import NodesQuery
from schema.base.scalars import SCALARS
from schema.catalog.mutations import CatalogMutation
from schema.catalog.queries import CatalogQuery
from schema.catalog.quotes import QuotesQuery
from schema.chat.mutations import ChatMutation
from schema.chat.queries import ChatQuery
from schema.chat.subscriptions import ChatSubscription
from schema.core.mutations import CoreMutation
from schema.core.queries import CoreQuery
from schema.credits.mutations import CreditsMutation
from schema.credits.queries import CreditsQuery
from schema.leads.mutations import LeadsMutation
from schema.leads.queries import LeadsQuery
from schema.leads.subscriptions import LeadsSubscription
from schema.orders.mutations import OrdersMutation
from schema.orders.queries import OrdersQuery
from schema.orders.subscriptions import OrdersSubscription
from schema.organizations.mutations import OrganizationsMutation
from schema.organizations.queries import OrganizationsQuery
from schema.providers.documents import DocumentsQuery
from schema.providers.favorites import FavoritesQuery
from schema.providers.mutations import ProvidersMutation
from schema.providers.openings import OpeningsQuery
from schema.providers.queries import ProvidersQuery
from schema.reviews.mutations import ReviewsMutation
from schema.reviews.queries import ReviewsQuery

Query = merge_types(
    "Query",
    (
        NodesQuery,
        AccountsQuery,
        OrganizationsQuery,
        CatalogQuery,
        QuotesQuery,
        CoreQuery,
        ProvidersQuery,
        DocumentsQuery,
        FavoritesQuery,
        OpeningsQuery,
        CreditsQuery,
        OrdersQuery,
        LeadsQuery,
        ChatQuery,
        ReviewsQuery,
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        AccountsMutation,
        OrganizationsMutation,
        CatalogMutation,
        CoreMutation,
        ProvidersMutation,
        CreditsMutation,
        OrdersMutation,
        LeadsMutation,
        ChatMutation,
        ReviewsMutation,
    ),
)
Subscription = merge_types(
    "Subscription", (OrdersSubscription, LeadsSubscription, ChatSubscription)
)


class FundiSchema(Schema):
    """A schema whose errors are presented, and logged, at the edge alone."""

    def process_errors(self, errors: object, execution_context: object = None) -> None:
        """Nothing: ``schema.base.errors.present`` does it, once."""


schema = FundiSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    extensions=[
        PreparedDocument,
        lambda: PlannedQueries(prefetch_custom_queryset=True),
    ],
    execution_context_class=Executor,
    config=StrawberryConfig(relay_max_results=100, scalar_map=SCALARS),
)
drop_patterns(schema)
describe(schema)
