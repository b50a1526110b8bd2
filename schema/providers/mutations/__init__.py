"""What providers do with their profiles, clients with their favourites, and staff with both."""

from strawberry.tools import merge_types

from schema.providers.mutations.documents import DocumentsMutation
from schema.providers.mutations.favorites import FavoritesMutation
from schema.providers.mutations.hours import HoursMutation
from schema.providers.mutations.offers import OffersMutation
from schema.providers.mutations.profiles import ProfilesMutation

ProvidersMutation = merge_types(
    "ProvidersMutation",
    (ProfilesMutation, HoursMutation, OffersMutation, DocumentsMutation, FavoritesMutation),
)
