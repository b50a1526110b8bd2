"""A broken constraint is told in its public code, whoever notices it first."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from apps.orders.models import Bid
from kernel.constraints import save_checked
from tests.factories.orders import BidFactory

pytestmark = pytest.mark.django_db


def _rival(bid: Bid, **changes: object) -> Bid:
    """Another bid like this one, not saved."""
    copied = ("order", "provider", "currency", "amount")
    return Bid(**{name: getattr(bid, name) for name in copied} | changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, "already_bid"), ({"status": "WITHDRAWN", "amount": 0}, "amount_not_positive")],
)
def test_it_refuses_as_a_full_check_does(changes: dict[str, object], code: str):
    rival = _rival(BidFactory(), **changes)

    with pytest.raises(ValidationError) as ours:
        save_checked(rival)
    with pytest.raises(ValidationError) as theirs:
        rival.full_clean()

    assert ours.value.message_dict == theirs.value.message_dict
    assert [error.code for error in ours.value.error_dict["__all__"]] == [code]
    assert [error.code for error in theirs.value.error_dict["__all__"]] == [code]


def test_what_it_refuses_leaves_the_transaction_as_it_was():
    bid = BidFactory()

    with pytest.raises(ValidationError):
        save_checked(_rival(bid))

    assert Bid.objects.get() == bid


def test_fields_are_checked_before_the_database_is_asked():
    bid = BidFactory()
    bid.terms_conditions = "x" * 5_001

    with CaptureQueriesContext(connection) as asked, pytest.raises(ValidationError) as refusal:
        save_checked(bid, update_fields=["terms_conditions"])

    assert list(refusal.value.error_dict) == ["terms_conditions"]
    assert len(asked) == 0


def test_some_columns_are_saved_and_no_others():
    bid = BidFactory(description="Tomorrow.")
    bid.amount, bid.description = 5, "Never."

    save_checked(bid, update_fields=["amount"])

    assert Bid.objects.values_list("amount", "description").get() == (5, "Tomorrow.")


def test_what_no_constraint_of_the_model_says_is_an_error_as_ever():
    bid = BidFactory()

    with pytest.raises(IntegrityError):
        save_checked(_rival(bid, pk=bid.pk, status="WITHDRAWN"))
