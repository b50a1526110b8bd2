"""How often something may be tried: by account and by address, also within one document."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import strawberry
from django.conf import settings

from kernel.buckets import Bucket, network_of, take
from schema.base.context import Context


@dataclass(frozen=True, slots=True)
class Limit:
    """The rate of RATES that a field is held to.

    ``account`` finds in the input whose account is tried; without it, it is the caller's own.
    """

    name: str
    account: Callable[[Any], str] | None = None

    def take(self, info: strawberry.Info[Context], given: Any) -> None:
        """Count a try; raises RateLimited."""
        context, (by_account, by_address) = info.context, settings.RATES[self.name]
        owner = self.account(given) if self.account else context.viewer.user_id
        place = network_of(context.ip_address)
        buckets = [Bucket(f"{self.name}.address", place, by_address)]
        if owner:
            owner = str(owner).strip().lower()
            buckets.append(Bucket(f"{self.name}.account", owner, by_account))
        take(*buckets)


#: What each mutation that takes a file is held to, and each list that is searched by words.
UPLOAD, SEARCH = Limit("UPLOAD"), Limit("SEARCH")
