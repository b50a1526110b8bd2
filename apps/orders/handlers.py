"""What is done about facts."""

from apps.accounts.events import AccountDeleted, AccountErased
from apps.orders.events import OrderConfirmed
from apps.orders.services import departures
from kernel.events import on


@on(AccountDeleted)
def end_orders(fact: AccountDeleted) -> None:
    """End what can be ended of a user who left."""
    departures.end_orders_of(user_id=fact.user_id)


@on(AccountErased)
def erase_orders(fact: AccountErased) -> None:
    """Forget the places of a user who is gone for good."""
    departures.erase_orders_of(user_id=fact.user_id)


@on(OrderConfirmed)
def award_parties(fact: OrderConfirmed) -> None:
    """Give both sides of a finished order their points."""
    departures.award_parties(order_id=fact.order_id, client_user_id=fact.client_user_id)
