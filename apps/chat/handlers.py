"""What is done about facts."""

from uuid import UUID

from apps.accounts.events import AccountErased
from apps.chat.events import ChatErasureWentOn, MessageSent, ParticipantAdded, RoomOpened
from apps.chat.services import departures, notifying
from kernel.events import on


@on(MessageSent)
def notify_missed(fact: MessageSent) -> None:
    """Tell those who are away."""
    notifying.notify_missed(room_id=fact.room_id, message_id=fact.message_id)


@on(RoomOpened)
def notify_members(fact: RoomOpened) -> None:
    """Tell the members of a new group that they are in it."""
    others = {UUID(user_id) for user_id in fact.user_ids} - {fact.opened_by_id}
    notifying.notify_added(room_id=fact.room_id, user_ids=others)


@on(ParticipantAdded)
def notify_added(fact: ParticipantAdded) -> None:
    """Tell somebody that they are in a group now."""
    notifying.notify_added(room_id=fact.room_id, user_ids=[fact.user_id])


@on(AccountErased)
def erase_chats(fact: AccountErased) -> None:
    """Forget what a user said who is gone for good."""
    departures.erase_chats_of(user_id=fact.user_id)


@on(ChatErasureWentOn)
def erase_more(fact: ChatErasureWentOn) -> None:
    """Go on with the next batch."""
    departures.erase_chats_of(user_id=fact.user_id)
