"""From ids to the orders on which an action is permitted."""

from strawberry import relay

from apps.orders import access
from apps.orders.models import Order as OrderModel
from schema.base.context import Info
from schema.base.ids import key


def permitted_order(info: Info, action: str, id: relay.GlobalID) -> OrderModel:
    """The order, where the viewer may do that to it; raises NotFound or the action's refusal."""
    order: OrderModel = access.ORDER_ACTIONS.permit(
        info.context.viewer, action, key(id, of=OrderModel)
    )
    return order
