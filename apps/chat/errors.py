"""What can be refused here."""

from kernel.errors import DomainError, NotAllowed


class ChatBlocked(NotAllowed):
    """Who was blocked reads, and says nothing."""

    code = "chat_blocked"
    message = "You were blocked from writing here."


class RoomClosed(DomainError):
    """Nothing is said in a room that was closed."""

    code = "room_closed"
    message = "The room is closed."


class EmptyMessage(DomainError):
    """The message says nothing."""

    code = "empty_message"
    message = "Say something, or send a file or a place."
    field = "content"


class MessageTooLong(DomainError):
    """The message is longer than messages are."""

    code = "message_too_long"
    message = "A message has 20,000 characters at most."
    field = "content"


class InvalidPlace(DomainError):
    """A place is a latitude and a longitude."""

    code = "invalid_place"
    message = "Give both a latitude and a longitude on Earth."
    field = "latitude"


class ReplyElsewhere(DomainError):
    """The message that is replied to was said in another room, or is gone."""

    code = "reply_elsewhere"
    message = "The message that you reply to is not in this room."
    field = "replyToId"


class EditTooLate(DomainError):
    """What was said long ago stays as it is."""

    code = "edit_too_late"
    message = "The message is too old to be changed."


class NotEditable(DomainError):
    """Only words can be changed."""

    code = "not_editable"
    message = "Only the words of a message can be changed."


class NotSender(NotAllowed):
    """Only who said it may do this."""

    message = "Only who sent the message may do this."


class NotRoomOwner(NotAllowed):
    """Only an owner of the group may do this."""

    message = "Only an owner of the group may do this."


class NotAGroup(DomainError):
    """Only groups have other members than those that they began with."""

    code = "not_a_group"
    message = "Only a group can do this."


class GroupTooLarge(DomainError):
    """The group has no room for as many."""

    code = "group_too_large"
    message = "A group has %(most)s members at most."
    field = "userIds"


class MessageNotThere(DomainError):
    """The room has no message of that number yet."""

    code = "message_not_there"
    message = "There is no such message in the room yet."
    field = "upTo"


class InvalidMute(DomainError):
    """A room is muted until an instant to come."""

    code = "invalid_mute"
    message = "A room is muted until a time in the future."
    field = "until"


class OwnRoom(DomainError):
    """One does not write to oneself."""

    code = "own_room"
    message = "You cannot open a room with yourself."


class UnknownVariable(DomainError):
    """A placeholder stands for nothing that was declared."""

    code = "unknown_variable"
    message = "The placeholder {{%(name)s}} is not among the variables."
    field = "content"


class UnusedVariable(DomainError):
    """A variable that was declared stands nowhere."""

    code = "unused_variable"
    message = "The variable %(name)s stands nowhere in the text."
    field = "variables"


class InvalidVariable(DomainError):
    """Variables have plain names, each its own."""

    code = "invalid_variable"
    message = "Variables are named once each, by small letters, digits and underscores."
    field = "variables"


class MissingVariable(DomainError):
    """A placeholder was given no value."""

    code = "missing_variable"
    message = "Give a value for %(name)s."
    field = "templateValues"


class OwnMessage(DomainError):
    """Nobody reports their own message."""

    code = "own_message"
    message = "You cannot report your own message."


class OwnReport(NotAllowed):
    """Nobody decides about themselves."""

    code = "own_report"
    message = "You are a party to this report: somebody else of the staff decides it."


class ReportResolved(DomainError):
    """The report was decided."""

    code = "report_resolved"
    message = "The report has been decided."


class ActionNotPossible(DomainError):
    """The action does not fit the decision, or what was reported."""

    code = "action_not_possible"
    message = "This cannot be done about the report."
    field = "actionTaken"


class SearchTooLong(DomainError):
    """What is searched for is longer than searches are."""

    code = "search_too_long"
    message = "A search has 200 characters at most."
    field = "search"


class CannotLeave(DomainError):
    """Who is a party to what the room is about stays in it."""

    code = "cannot_leave"
    message = "The parties to an order, a lead or a request for help stay in its room."


class TitleRequired(DomainError):
    """A group has a name."""

    code = "title_required"
    message = "Say what the group is called."
    field = "title"


class ProviderRequired(DomainError):
    """An order may have a room with each of its bidders."""

    code = "provider_required"
    message = "Say which provider you want to talk with."
    field = "providerId"


class NobodyNamed(DomainError):
    """A group begins with somebody else in it."""

    code = "nobody_named"
    message = "Name those who shall take part."
    field = "userIds"
