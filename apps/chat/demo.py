"""The chat's part of the demo data: clients and providers about their work, and some other talk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from apps.accounts.demo import People, Person
from apps.accounts.models import User
from apps.chat.models import (
    ChatMessage,
    ChatMessageEdit,
    ChatNotification,
    ChatParticipant,
    ChatReport,
    ChatRoom,
    ChatTemplate,
)
from apps.chat.services.templates import render
from apps.orders.demo import Orders
from apps.orders.demo.story import Story
from apps.orders.models import Bid, Order
from apps.organizations.demo import Crews
from apps.providers.demo import Businesses
from kernel.demo import Dice, read
from kernel.storage import private_storage

#: Of how many orders that somebody carries out, and of how many bids, there is a room.
WORKED, ASKED = 0.24, 0.08
#: So many ask the platform for help, besides Ben.
ASKING = 20
PICTURE = "chat/demo-picture.jpg"
PICTURE_SIZE = (400, 300)
#: The parts of a conversation about an order, and when each begins.
PARTS = (
    ("asking", "published_at"),
    ("coming", "assigned_at"),
    ("working", "started_at"),
    ("done", "completed_at"),
)

Role, Type = ChatParticipant.Role, ChatRoom.Type
Line = Sequence[str]


@dataclass
class Talk:
    """A room, who takes part by a letter each, and what they said."""

    room: ChatRoom
    people: dict[str, User]
    roles: dict[str, ChatParticipant.Role]
    messages: list[ChatMessage] = field(default_factory=list)
    edits: list[ChatMessageEdit] = field(default_factory=list)
    participants: list[ChatParticipant] = field(default_factory=list)
    notifications: list[ChatNotification] = field(default_factory=list)
    #: Where their days are, and the letter of who has read nothing since they last said something.
    zone: str = "Africa/Johannesburg"
    unread_by: str = ""


@dataclass
class Chats:
    """All that is said."""

    talks: list[Talk]
    templates: list[ChatTemplate]
    reports: list[ChatReport]

    def rows(self) -> list[list[Any]]:
        """What is to be stored, in an order that foreign keys allow."""
        return [
            self.templates,
            [talk.room for talk in self.talks],
            [part for talk in self.talks for part in talk.participants],
            [message for talk in self.talks for message in talk.messages],
            [edit for talk in self.talks for edit in talk.edits],
            [told for talk in self.talks for told in talk.notifications],
            self.reports,
        ]


def plan(
    seed: int,
    people: People,
    businesses: Businesses,
    crews: Crews,
    orders: Orders,
    now: datetime,
) -> Chats:
    """Make rooms for some of the orders, for help, and for those who work together."""
    users = {person.user.pk: person.user for person in (*people.providers, *people.clients)}
    maker = Maker(Dice(seed, "chat"), now, people.cast.dora)
    talks = maker.about_orders(orders, businesses)
    reports = [maker.report(talks)]
    talks += maker.for_help(people.cast.ben, people.clients)
    talks += maker.of_crews(businesses, crews, users)
    for talk in talks:
        maker.finish(talk)
    return Chats(talks, maker.templates, reports)


def keep_files() -> None:
    """Put the picture of the demo data where private files are kept, unless it is there."""
    if not private_storage().exists(PICTURE):
        private_storage().save(PICTURE, ContentFile(_picture()))


def _picture() -> bytes:
    page, output = Image.new("RGB", PICTURE_SIZE, "beige"), BytesIO()
    ImageDraw.Draw(page).text((40, 40), "How it looks now", fill="black")
    page.save(output, "JPEG")
    return output.getvalue()


def _by_day(at: datetime, ends: datetime, zone: str) -> datetime:
    """The same instant, or for one at night the morning after, where it is not too late then."""
    local = at.astimezone(ZoneInfo(zone))
    if 7 <= local.hour < 21:
        return at
    morning = local.replace(hour=7, minute=local.minute) + timedelta(days=local.hour >= 21)
    return morning.astimezone(at.tzinfo) if morning < ends else at


class Maker:
    """Makes rooms and what is said there."""

    def __init__(self, dice: Dice, now: datetime, staff: Person) -> None:
        self.dice = dice
        self.now = now
        self.staff = staff
        self.texts: dict[str, Any] = read(__file__, "demo_texts.json")
        self.templates = [self._template(details) for details in self.texts["templates"]]
        self.picture_size = len(_picture())

    def about_orders(self, orders: Orders, businesses: Businesses) -> list[Talk]:
        """A room of some orders' clients and those who carry them out or bid on them; of all that
        Ben and Ada have in common.
        """
        ran_by = {business.profile.pk: business.person for business in businesses.everyone}
        ada, talks = businesses.ada.person, []
        for story in orders.stories:
            for bid in self._talked_over(story):
                provider = ran_by[bid.provider_id]
                is_bens = provider is ada and story.client.user.email.startswith("ben@")
                if is_bens or self._happens(story, bid):
                    talks.append(self._about(story, bid, provider, is_bens=is_bens))
        return talks

    def for_help(self, ben: Person, clients: Sequence[Person]) -> list[Talk]:
        """Requests for help, Ben's among them."""
        asking = [ben, *self.dice.some(clients[1:], ASKING)]
        return [self._asking(person) for person in asking]

    def of_crews(self, businesses: Businesses, crews: Crews, users: dict[Any, User]) -> list[Talk]:
        """A group of each staffed business, and a room of its owner and one who works there."""
        talks = []
        for business in businesses.everyone:
            own = business.tenant.organization
            members = [users[m.user_id] for m in crews.memberships if m.organization is own]
            if members:
                talks.append(self._crew(business.person.user, members, business.profile))
                talks.append(self._pair(business.person.user, members[0]))
        return talks

    def report(self, talks: Sequence[Talk]) -> ChatReport:
        """An open report of what a provider said in one of the rooms."""
        talk = self.dice.choice([talk for talk in talks if self._is_over(talk)])
        at = talk.messages[-1].created_at + (self.now - talk.messages[-1].created_at) / 2
        message = self._say(talk, ["P", self.texts["scam"]], at)
        return ChatReport(
            id=self.dice.key(),
            message=message,
            reporter=talk.people["C"],
            reason=ChatReport.Reason.SCAM,
            description="They want the money outside of the app.",
            evidence={"content": message.content, "number": message.number},
            created_at=at + timedelta(minutes=30),
            updated_at=at + timedelta(minutes=30),
        )

    def finish(self, talk: Talk) -> None:
        """Say how far all have read, and who is told of news."""
        room = talk.room
        if talk.messages:
            room.last_number = len(talk.messages)
            room.last_message_at = room.updated_at = talk.messages[-1].created_at
        for letter, user in talk.people.items():
            part = self._part(talk, letter, user)
            missed = [
                message
                for message in talk.messages[part.read_number :]
                if message.sender is not user and not message.is_deleted
            ]
            part.unread_count = len(missed)
            talk.participants.append(part)
            if missed:
                talk.notifications.append(self._told(talk, user, missed[0]))

    def _talked_over(self, story: Story) -> Iterable[Bid]:
        gone = (Bid.Status.WITHDRAWN, Bid.Status.REJECTED)
        return [bid for bid in story.bids if bid.status not in gone]

    def _happens(self, story: Story, bid: Bid) -> bool:
        return self.dice.chance(WORKED if bid.status == Bid.Status.ACCEPTED else ASKED)

    def _is_over(self, talk: Talk) -> bool:
        last = talk.messages[-1]
        return last.sender is talk.people["C"] and self.now - last.created_at > timedelta(days=1)

    def _about(self, story: Story, bid: Bid, provider: Person, *, is_bens: bool) -> Talk:
        client, order = story.client, story.order
        talk = self._room(
            Type.ORDER,
            {"C": client.user, "P": provider.user},
            f"order:{order.pk}:{provider.user.pk}",
            bid.created_at,
            order=order,
        )
        talk.zone = client.city.zone
        if is_bens and order.status == Order.Status.PUBLISHED:
            talk.unread_by = "C"
        own = self.texts["ben"].get(order.service_subcategory.slug, []) if is_bens else []
        spoken = self.texts[self._language(client, provider)]
        for name, begins, ends in self._parts(order, bid):
            lines = [line[1:] for line in own if line[0] == name]
            if not own and (not talk.messages or self.dice.chance(0.75)):
                lines = self.dice.choice(spoken[name])
            self._hold(talk, lines, begins, ends, place=order)
        if not talk.messages:
            self._hold(talk, self.dice.choice(spoken["asking"]), bid.created_at, self.now)
        return talk

    def _parts(self, order: Order, bid: Bid) -> list[tuple[str, datetime, datetime]]:
        """The parts of a conversation, each with when it begins and ends."""
        is_taken = bid.status == Bid.Status.ACCEPTED
        starts = [
            (name, at)
            for name, column in (PARTS if is_taken else PARTS[:1])
            if (at := bid.created_at if name == "asking" else getattr(order, column)) is not None
        ]
        ends = [*(at for _, at in starts[1:]), self.now]
        return [(name, at, end) for (name, at), end in zip(starts, ends, strict=True) if at < end]

    def _language(self, client: Person, provider: Person) -> str:
        """What both speak, else English; in Nairobi some take Swahili."""
        if client.city.name == "Nairobi" and self.dice.chance(0.25):
            return "sw"
        is_shared = client.language == provider.language and client.language in self.texts
        return client.language if is_shared else "en"

    def _asking(self, person: Person) -> Talk:
        at = self.now - timedelta(days=self.dice.uniform(0.2, 30))
        people = {"C": person.user, "A": self.staff.user}
        talk = self._room(Type.SUPPORT, people, f"support:{person.user.pk}", at)
        talk.roles["A"] = Role.AGENT
        self._hold(talk, self.dice.choice(self.texts["support"]), at, self.now)
        return talk

    def _crew(self, owner: User, members: Sequence[User], profile: Any) -> Talk:
        at = self.now - timedelta(days=self.dice.uniform(10, 60))
        people = {"A": owner, **dict(zip("BCDEFGHI", members, strict=False))}
        talk = self._room(Type.GROUP, people, None, at, title=f"{profile.business_name}: crew")
        talk.roles["A"] = Role.OWNER
        for lines in self.dice.sample(self.texts["crew"], 3):
            begins = talk.messages[-1].created_at if talk.messages else at
            self._hold(talk, lines, begins, begins + (self.now - begins) / 2)
        return talk

    def _pair(self, owner: User, member: User) -> Talk:
        at = self.now - timedelta(days=self.dice.uniform(1, 20))
        smaller, larger = sorted((owner.pk, member.pk))
        identity = f"direct:{smaller}:{larger}"
        talk = self._room(Type.DIRECT, {"A": owner, "B": member}, identity, at)
        self._hold(talk, self.dice.choice(self.texts["pair"]), at, self.now)
        return talk

    def _room(
        self,
        kind: ChatRoom.Type,
        people: dict[str, User],
        identity: str | None,
        at: datetime,
        **details: Any,
    ) -> Talk:
        room = ChatRoom(
            id=self.dice.key(),
            chat_type=kind,
            identity=identity,
            created_by=next(iter(people.values())),
            created_at=at,
            updated_at=at,
            **details,
        )
        return Talk(room, people, dict.fromkeys(people, Role.MEMBER))

    def _hold(
        self,
        talk: Talk,
        lines: Sequence[Line],
        begins: datetime,
        ends: datetime,
        place: Order | None = None,
    ) -> None:
        """Have lines be said one after the other, within minutes, between two instants."""
        if talk.messages:
            begins = max(begins, talk.messages[-1].created_at)
        at = _by_day(begins + (ends - begins) * self.dice.uniform(0.02, 0.4), ends, talk.zone)
        gaps = [self.dice.uniform(0.5, 25) for _ in lines]
        room = (ends - at) / timedelta(minutes=1) * 0.95
        scale = min(room / sum(gaps), 1) if gaps else 1
        for line, gap in zip(lines, gaps, strict=True):
            at += timedelta(minutes=gap * scale)
            self._say(talk, line, at, place=place)

    def _say(
        self, talk: Talk, line: Line, at: datetime, *, place: Order | None = None
    ) -> ChatMessage:
        letter, text, *kind = line
        names = {"client": self._first_name(talk, "C"), "provider": self._first_name(talk, "P")}
        names["area"] = place.area.name if place is not None and place.area else ""
        message = ChatMessage(
            id=self.dice.key(),
            room=talk.room,
            sender=talk.people[letter],
            number=len(talk.messages) + 1,
            content=text.format(**names),
            created_at=at,
            updated_at=at,
        )
        self._dress(message, kind[0] if kind else "", names, place)
        self._change(talk, message)
        talk.messages.append(message)
        return message

    def _first_name(self, talk: Talk, letter: str) -> str:
        return talk.people[letter].first_name if letter in talk.people else ""

    def _dress(
        self, message: ChatMessage, kind: str, names: dict[str, str], place: Order | None
    ) -> None:
        """Make a message what it is besides words."""
        if kind == "IMAGE":
            message.message_type = ChatMessage.Type.IMAGE
            message.attachment_url, message.attachment_name = PICTURE, "photo.jpg"
            message.attachment_type, message.attachment_size = "image/jpeg", self.picture_size
        elif kind == "LOCATION" and place is not None and place.latitude is not None:
            message.message_type = ChatMessage.Type.LOCATION
            message.latitude, message.longitude = place.latitude, place.longitude
        elif kind == "TEMPLATE":
            template = self.templates[self.dice.randint(0, 1)]
            values = {"client": names["client"], "minutes": str(self.dice.randint(2, 6) * 5)}
            message.message_type, message.template = ChatMessage.Type.TEMPLATE, template
            message.content = render(template=template, values=values)
            template.usage_count += 1

    def _change(self, talk: Talk, message: ChatMessage) -> None:
        """Have some messages answer the one before, and some be changed or taken back."""
        earlier = talk.messages[-1] if talk.messages else None
        if earlier is not None and earlier.sender is not message.sender and self.dice.chance(0.12):
            message.reply_to = earlier
        is_plain = message.message_type == ChatMessage.Type.TEXT
        later = message.created_at + timedelta(seconds=20)
        if is_plain and self.dice.chance(0.02):
            message.edited_at = message.updated_at = later
            before = ChatMessageEdit(id=self.dice.key(), message=message)
            before.content = message.content.lower()
            before.created_at = before.updated_at = later
            talk.edits.append(before)
        elif is_plain and self.dice.chance(0.01):
            message.is_deleted, message.deleted_at = True, later
            message.deletion_batch = self.dice.key()

    def _part(self, talk: Talk, letter: str, user: User) -> ChatParticipant:
        """How far somebody has read: at least to what they said last."""
        own = [message.number for message in talk.messages if message.sender is user]
        least, last = max(own, default=0), len(talk.messages)
        read = last if self.dice.chance(self._attention(talk)) else self.dice.randint(least, last)
        if letter == talk.unread_by:
            read = least
        seen = talk.messages[read - 1].created_at if read else None
        delivered = talk.messages[-1].created_at if last else None
        return ChatParticipant(
            id=self.dice.key(),
            room=talk.room,
            user=user,
            role=talk.roles[letter],
            joined_at=talk.room.created_at,
            read_number=read,
            read_at=seen,
            delivered_number=last,
            delivered_at=delivered,
            last_seen=seen,
            notifications_enabled=not self.dice.chance(0.03),
            created_at=talk.room.created_at,
            updated_at=delivered or talk.room.created_at,
        )

    def _attention(self, talk: Talk) -> float:
        """How likely somebody has read all."""
        if not talk.messages:
            return 1
        is_new = self.now - talk.messages[-1].created_at < timedelta(days=2)
        return 0.5 if is_new else 0.93

    def _told(self, talk: Talk, user: User, message: ChatMessage) -> ChatNotification:
        is_answer = message.reply_to is not None and message.reply_to.sender is user
        kind = ChatNotification.Type.REPLY if is_answer else ChatNotification.Type.MESSAGE
        return ChatNotification(
            id=self.dice.key(),
            user=user,
            room=talk.room,
            message=message,
            notification_type=kind,
            created_at=message.created_at,
            updated_at=message.created_at,
        )

    def _template(self, details: dict[str, Any]) -> ChatTemplate:
        at = self.now - timedelta(days=120)
        return ChatTemplate(id=self.dice.key(), created_at=at, updated_at=at, **details)
