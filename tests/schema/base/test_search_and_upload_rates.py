"""Searches and uploads have rates of their own, whichever field they are asked of."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from graphql import GraphQLInputObjectType, get_named_type, is_required_argument

from kernel.rates import Rate
from tests.architecture.isolation.documents import QUERIES, asks
from tests.factories.cast import Cast
from tests.support.graphql import Answer, GraphQL
from tests.support.pictures import picture
from tests.support.unchanged import nothing_changes

UPLOAD = """
mutation($input: UploadPhotoInput!) { uploadPhoto(input: $input) {
  __typename ... on OperationInfo { messages { code retryAfter } } } }
"""


def by_filter(kind: Any) -> bool:
    """Whether a filter can ask for words."""
    named = get_named_type(kind)
    return isinstance(named, GraphQLInputObjectType) and "search" in named.fields


#: How each list is searched, by an argument or by its filter.
SEARCHES = [
    *(
        (name, 'search: "tap"')
        for name, field in QUERIES.items()
        if "search" in field.args
        if not any(is_required_argument(arg) for key, arg in field.args.items() if key != "search")
    ),
    *(
        (name, 'filter: { OR: { search: "tap" } }')
        for name, field in QUERIES.items()
        if "filter" in field.args and by_filter(field.args["filter"].type)
        if not asks(field)
    ),
]


@pytest.fixture
def twice(settings: Any) -> None:
    """Both rates let two through."""
    rates = (Rate(2, 60), Rate(100, 60))
    settings.RATES = settings.RATES | {"SEARCH": rates, "UPLOAD": rates}


@pytest.mark.usefixtures("twice")
@pytest.mark.parametrize(("name", "given"), SEARCHES)
def test_a_search_is_held_to_its_rate(graphql: GraphQL, cast: Cast, name: str, given: str):
    document = f"{{ {name}({given}) {{ edges {{ node {{ id }} }} }} }}"
    *found, refused = [graphql(document, by=cast.dora) for _ in range(3)]

    (error,) = refused.body["errors"]
    assert [answer.status for answer in found] == [200, 200]
    assert error["extensions"] == {"code": "rate_limited", "retryAfter": 30}


@pytest.mark.usefixtures("twice")
def test_an_upload_is_held_to_its_rate(graphql: GraphQL, cast: Cast):
    def upload(by: Any) -> Answer:
        file, given = SimpleUploadedFile("me.jpg", picture()), {"input": {"photo": None}}
        return graphql.upload(UPLOAD, given, file, at="variables.input.photo", by=by)

    found = [upload(cast.ben).data["uploadPhoto"]["__typename"] for _ in range(2)]
    with nothing_changes():
        refused = upload(cast.ben)

    assert found == ["User", "User"]
    assert refused.refusal == {"code": "rate_limited", "retryAfter": 30}
    assert upload(cast.cleo).data["uploadPhoto"]["__typename"] == "User"
