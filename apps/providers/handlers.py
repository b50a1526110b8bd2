"""What is done about facts."""

from apps.accounts.events import AccountErased, AccountRestored
from apps.catalog.events import CatalogChanged
from apps.providers.events import DocumentsDiscarded, ProvidersIndexed
from apps.providers.services import documents, profiles, search
from kernel.events import on


@on(AccountErased)
def erase_provider(fact: AccountErased) -> None:
    """Forget the business of a user who is gone for good."""
    profiles.erase_provider_profile(user_id=fact.user_id)


@on(AccountRestored)
def index_restored_provider(fact: AccountRestored) -> None:
    """Have the business of a user who came back found by all that it offers."""
    search.index_business_of(user_id=fact.user_id)


@on(DocumentsDiscarded)
def remove_files(fact: DocumentsDiscarded) -> None:
    """Remove the files of documents that are gone."""
    documents.remove_files(files=fact.files)


@on(CatalogChanged)
def index_catalog_entry(fact: CatalogChanged) -> None:
    """Have providers found by what the catalog says now, batch by batch."""
    search.index_offering(model=fact.model, entry_id=fact.entry_id)


@on(ProvidersIndexed)
def index_next_providers(fact: ProvidersIndexed) -> None:
    """Go on with the next batch."""
    search.index_offering(model=fact.model, entry_id=fact.entry_id, after=fact.last_id)
