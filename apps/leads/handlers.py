"""What is done about facts."""

from apps.accounts.events import AccountErased
from apps.leads.services import departures
from kernel.events import on


@on(AccountErased)
def erase_leads(fact: AccountErased) -> None:
    """Forget the places and the names of a user who is gone for good."""
    departures.erase_leads_of(user_id=fact.user_id)
