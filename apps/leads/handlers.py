"""What is done about facts."""

from apps.accounts.events import AccountDeleted, AccountErased, PhoneVerified
from apps.leads.services import departures, visitors
from kernel.events import on


@on(PhoneVerified)
def adopt_leads(fact: PhoneVerified) -> None:
    """Give a user what they asked for before they had an account."""
    visitors.adopt_leads_of(user_id=fact.user_id)


@on(AccountDeleted)
def end_leads(fact: AccountDeleted) -> None:
    """Take back what a user asked for who left."""
    departures.end_leads_of(user_id=fact.user_id)


@on(AccountErased)
def erase_leads(fact: AccountErased) -> None:
    """Forget the places and the names of a user who is gone for good."""
    departures.erase_leads_of(user_id=fact.user_id)
