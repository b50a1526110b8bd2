"""What is done about facts."""

from apps.accounts.events import AccountErased
from apps.providers.services import profiles
from kernel.events import on


@on(AccountErased)
def erase_provider(fact: AccountErased) -> None:
    """Forget the business of a user who is gone for good."""
    profiles.erase_provider_profile(user_id=fact.user_id)
