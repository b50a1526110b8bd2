"""Friendships: asked for, answered, ended."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.accounts import errors
from apps.accounts.events import (
    FriendRemoved,
    FriendshipAccepted,
    FriendshipDeclined,
    FriendshipRequested,
)
from apps.accounts.models import FriendRequest, User
from apps.accounts.selectors import takes_mail
from apps.accounts.services.letters import write_to
from kernel import clock, events
from kernel.errors import NotFound

Status = FriendRequest.Status


@transaction.atomic
def request_friendship(*, sender: User, receiver: User) -> FriendRequest:
    """Ask a user to be friends; where they have asked before, their request is accepted instead.

    Raises OwnFriend, AlreadyFriends or FriendshipRequested.
    """
    if sender.pk == receiver.pk:
        raise errors.OwnFriend
    _lock(sender.pk, receiver.pk)
    if sender.friends.filter(pk=receiver.pk).exists():
        raise errors.AlreadyFriends
    between = _between(sender.pk, receiver.pk)
    waiting = between.filter(status=Status.PENDING).first()
    if waiting is not None and waiting.sender_id == sender.pk:
        raise errors.FriendshipRequested
    if waiting is not None:
        return _accept(waiting)
    is_first = not between.exists()
    request = FriendRequest.objects.create(sender=sender, receiver=receiver)
    # Told once: who was turned down could go on writing mails otherwise.
    if is_first and takes_mail(receiver):
        _write_to(receiver, sender)
    events.publish(FriendshipRequested(**_facts(request)))
    return request


@transaction.atomic
def accept_friendship(*, request: FriendRequest) -> FriendRequest:
    """Become friends with who asked. Raises FriendshipAnswered."""
    return _accept(_pending(request))


@transaction.atomic
def decline_friendship(*, request: FriendRequest) -> FriendRequest:
    """Turn a request down, or take one's own back. Raises FriendshipAnswered."""
    request = _answered(_pending(request), Status.DECLINED)
    events.publish(FriendshipDeclined(**_facts(request)))
    return request


@transaction.atomic
def remove_friend(*, user: User, friend_id: UUID) -> None:
    """End a friendship. Raises NotFound where there is none."""
    _lock(user.pk, friend_id)
    friend = User._base_manager.filter(pk=friend_id, friends=user.pk).first()
    if friend is None:
        raise NotFound
    user.friends.remove(friend)
    events.publish(FriendRemoved(sender_id=user.pk, receiver_id=friend_id))


def _lock(*user_ids: UUID) -> None:
    """Let nobody else change what is between the same two until the transaction ends."""
    users = User._base_manager.filter(pk__in=user_ids).order_by("pk")
    list(users.select_for_update(no_key=True).values_list("pk", flat=True))


def _between(one: UUID, other: UUID) -> Any:
    return FriendRequest.objects.filter(
        Q(sender=one, receiver=other) | Q(sender=other, receiver=one)
    )


def _pending(request: FriendRequest) -> FriendRequest:
    """The request as it stands now, with its two locked; FriendshipAnswered unless it waits."""
    _lock(request.sender_id, request.receiver_id)
    found = FriendRequest.objects.filter(pk=request.pk, status=Status.PENDING).first()
    if found is None:
        raise errors.FriendshipAnswered
    assert isinstance(found, FriendRequest)
    return found


def _accept(request: FriendRequest) -> FriendRequest:
    request.sender.friends.add(request.receiver)
    request = _answered(request, Status.ACCEPTED)
    events.publish(FriendshipAccepted(**_facts(request)))
    return request


def _answered(request: FriendRequest, status: FriendRequest.Status) -> FriendRequest:
    request.status, request.answered_at = status, clock.now()
    request.save(update_fields=["status", "answered_at"])
    return request


def _write_to(receiver: User, sender: User) -> None:
    write_to(receiver, "friend_request", sender=sender.name)


def _facts(request: FriendRequest) -> dict[str, UUID]:
    return {
        "request_id": request.pk,
        "sender_id": request.sender_id,
        "receiver_id": request.receiver_id,
    }
