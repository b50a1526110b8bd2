"""When providers work, as they say it."""

import datetime
from typing import Any, cast

import strawberry
from strawberry import relay
from strawberry.scalars import JSON

from apps.providers import access, models
from apps.providers.services import hours, profiles
from schema.base.context import Info
from schema.base.gates import SignedIn
from schema.base.ids import key
from schema.base.mutation import Keyed, mutation
from schema.providers.inputs import SetProviderAvailabilityInput
from schema.providers.types import (
    ProviderHoursException,
    ProviderTimeOff,
    ServiceProviderProfile,
)


@strawberry.input(description="A day with other hours than in the week.")
class SetHoursExceptionInput:
    """A day and its hours."""

    date: datetime.date = strawberry.field(description="The day, in the provider's zone.")
    hours: JSON = strawberry.field(
        description='Its hours, as [["08:00", "12:00"]]; none on a day that is free.'
    )


@strawberry.input(description="A day with other hours than in the week.")
class HoursExceptionInput:
    """Names such a day."""

    id: relay.GlobalID = strawberry.field(description="The day with other hours.")


@strawberry.input(description="A time in which one's business takes no work.")
class AddTimeOffInput(Keyed):
    """Time off."""

    starts_at: datetime.datetime = strawberry.field(description="When it begins: today or later.")
    ends_at: datetime.datetime = strawberry.field(description="When it ends: within a year.")
    reason: str = strawberry.field(default="", description="Why, for oneself.")


@strawberry.input(description="A time in which one's business takes no work.")
class TimeOffInput:
    """Names such a time."""

    id: relay.GlobalID = strawberry.field(description="The time off.")


@strawberry.type
class HoursMutation:
    """Mutations of hours."""

    @mutation(gate=SignedIn, description="Say whether and when one's business takes work.")
    def set_provider_availability(
        self, info: Info, input: SetProviderAvailabilityInput
    ) -> ServiceProviderProfile:
        """Set the own availability."""
        return profiles.set_provider_availability(
            provider=access.acting_provider(info.context.viewer),
            is_available=input.is_available,
            schedule=cast("Any", input.schedule),
            time_zone=input.time_zone,
            version=input.version,
        )

    @mutation(gate=SignedIn, description="Keep other hours on a day than in the week, or none.")
    def set_hours_exception(
        self, info: Info, input: SetHoursExceptionInput
    ) -> ProviderHoursException:
        """Set the hours of a day."""
        return hours.set_hours_exception(
            provider=access.acting_provider(info.context.viewer),
            date=input.date,
            hours=cast("Any", input.hours),
        )

    @mutation(gate=SignedIn, description="Keep the hours of the week on a day again.")
    def remove_hours_exception(
        self, info: Info, input: HoursExceptionInput
    ) -> ServiceProviderProfile:
        """Remove a day's own hours."""
        exception_id = key(input.id, of=models.ProviderHoursException)
        return hours.remove_hours_exception(
            exception=access.own_hours_exception(info.context.viewer, exception_id)
        )

    @mutation(gate=SignedIn, description="Take no work for a time.")
    def add_time_off(self, info: Info, input: AddTimeOffInput) -> ProviderTimeOff:
        """Take time off."""
        return hours.add_time_off(
            provider=access.acting_provider(info.context.viewer),
            starts_at=input.starts_at,
            ends_at=input.ends_at,
            reason=input.reason,
        )

    @mutation(gate=SignedIn, description="Take work after all in a time that one had taken off.")
    def remove_time_off(self, info: Info, input: TimeOffInput) -> ServiceProviderProfile:
        """Remove a time off."""
        time_off_id = key(input.id, of=models.ProviderTimeOff)
        return hours.remove_time_off(time_off=access.own_time_off(info.context.viewer, time_off_id))
