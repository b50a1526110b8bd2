"""What clients, providers and staff do with orders and bids."""

from strawberry.tools import merge_types

from schema.orders.mutations.bids import BidMutation
from schema.orders.mutations.disputes import DisputeMutation
from schema.orders.mutations.orders import OrderMutation
from schema.orders.mutations.parts import PartMutation
from schema.orders.mutations.visits import VisitMutation
from schema.orders.mutations.work import WorkMutation

OrdersMutation = merge_types(
    "OrdersMutation",
    (OrderMutation, PartMutation, BidMutation, WorkMutation, VisitMutation, DisputeMutation),
)
