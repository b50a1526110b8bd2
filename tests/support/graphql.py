"""A client of the real endpoint, in this process."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from strawberry.relay import to_base64

from apps.accounts.models import User
from apps.accounts.services.sessions import start_session

RESPONSE_JSON = "application/graphql-response+json"


def gid(row: Any) -> str:
    """The global id of a row."""
    return to_base64(type(row).__name__, str(row.pk))


@dataclass
class Answer:
    """What the endpoint answered."""

    status: int
    body: dict[str, Any]
    #: What is told besides: what it cost, and what is left.
    extensions: dict[str, Any] = field(compare=False)

    @classmethod
    def of(cls, response: Any) -> "Answer":
        """The answer of a response."""
        body = json.loads(response.content)
        return cls(response.status_code, body, body.pop("extensions", {}))

    @property
    def data(self) -> Any:
        """The data, where nothing went wrong."""
        assert "errors" not in self.body, self.body
        return self.body["data"]

    @property
    def code(self) -> str:
        """The code of the only error: of the request, or of the only mutation in it."""
        if self.body.get("errors"):
            (error,) = self.body["errors"]
            return str(error["extensions"]["code"])
        return str(self.refusal["code"])

    @property
    def refusal(self) -> dict[str, Any]:
        """The only message of the only mutation, which was refused."""
        (payload,) = self.data.values()
        (message,) = payload["messages"]
        return dict(message)


class GraphQL:
    """Asks the endpoint, as a user or as nobody."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=True)

    def __call__(
        self,
        document: str,
        variables: dict[str, Any] | None = None,
        *,
        by: User | None = None,
        token: str | None = None,
    ) -> Answer:
        """Run a document and give its answer."""
        response = self.client.post(
            "/graphql/",
            json.dumps({"query": document, "variables": variables}),
            content_type="application/json",
            headers=self._headers(by, token),
        )
        return Answer.of(response)

    def mutate(
        self,
        name: str,
        given: dict[str, Any],
        select: str = "__typename",
        *,
        by: User | None = None,
        token: str | None = None,
    ) -> Answer:
        """Run one mutation with one input; its answer's data is that of the object."""
        kind = name[0].upper() + name[1:]
        document = (
            f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ __typename "
            f"... on OperationInfo {{ messages {{ kind message field code }} }} {select} }} }}"
        )
        return self(
            document.replace(f"{kind}Input!", INPUTS.get(name, f"{kind}Input") + "!"),
            {"input": given},
            by=by,
            token=token,
        )

    def upload(
        self,
        document: str,
        variables: dict[str, Any],
        file: SimpleUploadedFile | list[SimpleUploadedFile],
        *,
        at: str,
        by: User | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Run a document with a file, put at a path of the variables, or with a list of them."""
        files = {at: file}
        if isinstance(file, list):
            files = {f"{at}.{number}": each for number, each in enumerate(file)}
        response = self.client.post(
            "/graphql/",
            {
                "operations": json.dumps({"query": document, "variables": variables}),
                "map": json.dumps({str(number): [path] for number, path in enumerate(files)}),
                **{str(number): each for number, each in enumerate(files.values())},
            },
            headers=self._headers(by, None) | (headers or {"Apollo-Require-Preflight": "true"}),
        )
        return Answer.of(response)

    def _headers(self, by: User | None, token: str | None) -> dict[str, str]:
        headers = {"Accept": RESPONSE_JSON}
        if by is not None:
            token = start_session(user=by).access_token
        return headers | ({"Authorization": f"Bearer {token}"} if token else {})


#: Mutations whose input is named for what it holds.
INPUTS = {
    "publishOrder": "OrderInput",
    "startOrder": "OrderInput",
    "confirmOrder": "OrderInput",
    "deleteOrder": "OrderInput",
    "restoreOrder": "OrderInput",
    "removeOrderPhoto": "OrderPhotoInput",
    "removeOrderAttachment": "OrderAttachmentInput",
    "withdrawBid": "BidInput",
    "rejectBid": "BidInput",
    "acceptBid": "BidInput",
    "acceptCounterOffer": "BidInput",
    "confirmVisit": "VisitInput",
    "cancelVisit": "VisitInput",
    "withdrawProviderDocument": "ProviderDocumentInput",
    "removeHoursException": "HoursExceptionInput",
    "removeTimeOff": "TimeOffInput",
    "removeProviderService": "ProviderServiceInput",
    "addFavoriteProvider": "ProviderInput",
    "removeFavoriteProvider": "ProviderInput",
    "acceptFriendship": "FriendRequestInput",
    "declineFriendship": "FriendRequestInput",
    "switchOrganization": "OrganizationInput",
    "deleteOrganization": "OrganizationInput",
    "suspendMember": "MembershipInput",
    "reinstateMember": "MembershipInput",
    "removeMember": "MembershipInput",
    "revokeInvitation": "InvitationInput",
    "deleteRole": "RoleInput",
    "deleteTeam": "TeamInput",
    "deleteProject": "ProjectInput",
    "deleteReview": "ReviewInput",
    "leaveChatRoom": "ChatRoomInput",
    "closeChatRoom": "ChatRoomInput",
    "reopenChatRoom": "ChatRoomInput",
    "joinSupportRoom": "ChatRoomInput",
    "removeChatParticipant": "ChatParticipantInput",
    "blockChatParticipant": "ChatParticipantInput",
    "unblockChatParticipant": "ChatParticipantInput",
    "markRoomRead": "ChatReadingInput",
    "markRoomDelivered": "ChatReadingInput",
    "deleteMessage": "ChatMessageInput",
    "deleteChatTemplate": "ChatTemplateInput",
    "restoreChatTemplate": "ChatTemplateInput",
    "contactLead": "LeadAssignmentInput",
    "winLead": "LeadAssignmentInput",
    "loseLead": "LeadAssignmentInput",
    "approveLeadRefund": "LeadRefundInput",
    "rejectLeadRefund": "LeadRefundInput",
}
