"""The steps of orders: who took them, and when."""

from apps.orders.models import OrderTransition
from apps.orders.services.orders import publish_order
from kernel import clock
from kernel.viewer import SYSTEM, Viewer, acting_as
from tests.factories.cast import Cast


def test_a_step_notes_who_acts_and_when(cast: Cast):
    order, before = cast.ben_order(), clock.now()

    with acting_as(Viewer(user=cast.ben)):
        publish_order(order=order)

    step = OrderTransition.objects.get()
    assert step.actor == cast.ben
    assert before < step.created_at < clock.now()


def test_a_step_of_the_systems_has_no_actor(cast: Cast):
    with acting_as(SYSTEM):
        publish_order(order=cast.ben_order())

    assert OrderTransition.objects.get().actor is None
