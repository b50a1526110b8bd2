"""What went wrong with credits is found, and told."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from apps.core.tasks import verify_invariants
from apps.credits.services.purchases import settle_purchase
from kernel.invariants import invariants
from tests.factories.credits import PurchaseFactory, give_credits
from tests.factories.providers import ProviderFactory

pytestmark = pytest.mark.django_db

#: Switches off the trigger that keeps the ledger.
UNGUARDED = """
DO $$ DECLARE name text; BEGIN
    SELECT tgname INTO STRICT name FROM pg_trigger
    WHERE tgrelid = 'credits_credittransaction'::regclass AND tgname LIKE 'pgtrigger_append%';
    EXECUTE format('ALTER TABLE credits_credittransaction DISABLE TRIGGER %I', name);
END $$
"""


@pytest.fixture
def books():
    """Credits of two, of which all is well."""
    give_credits(ProviderFactory(), 5, expires_at=datetime(2099, 1, 1, tzinfo=UTC))
    give_credits(ProviderFactory(), 9)
    settle_purchase(purchase_id=PurchaseFactory().pk)


def broken() -> list[tuple[int, str]]:
    """The rules that are broken, by their numbers and the functions that found out."""
    return [(found.number, found.check.__name__) for found in invariants() if found.breaches()]


def sql(statement: str) -> None:
    """Write past all services."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_all_is_well(books, capsys):
    call_command("verify_invariants")

    told = capsys.readouterr().out
    assert broken() == []
    assert "ok      1 the balance of a wallet is the sum of its ledger" in told


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE credits_creditwallet SET balance = balance + 1", [(1, "balances")]),
        ("UPDATE credits_creditwallet SET entries = entries + 1", [(1, "balances")]),
        ("UPDATE credits_creditlot SET remaining = 6", [(1, "lots")]),
        (
            "UPDATE credits_creditpurchase SET credits = 21",
            [(7, "purchases")],
        ),
        (
            "UPDATE credits_creditpurchase"
            " SET status = 'SETTLED', settled_at = now(), transaction_id ="
            " (SELECT id FROM credits_credittransaction WHERE amount = 9)",
            [(7, "purchases")],
        ),
    ],
)
def test_damage_is_found(books, damage: str, found: list):
    sql(damage)

    assert broken() == found


def test_a_row_that_was_changed_in_spite_of_its_trigger_is_found(books):
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql(UNGUARDED)
    sql("UPDATE credits_credittransaction SET amount = 8 WHERE amount = 9")

    found = broken()

    assert found == [(1, "balances"), (1, "running_balances"), (3, "append_only")]


def test_the_command_tells_what_is_broken(books, capsys):
    sql("UPDATE credits_creditwallet SET balance = 6 WHERE balance = 5")

    with pytest.raises(CommandError, match="1 rules are broken"):
        call_command("verify_invariants")

    told = capsys.readouterr().out
    assert "BROKEN  1 the balance of a wallet is the sum of its ledger" in told
    assert "holds 6 after 1 moves, its ledger 5 after 1." in told


def test_the_clock_has_them_checked(books, caplog):
    sql("UPDATE credits_creditwallet SET balance = 6 WHERE balance = 5")

    assert verify_invariants() == 1
    assert "invariant_broken" in caplog.text
