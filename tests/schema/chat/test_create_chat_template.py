"""Staff write a template."""

from typing import Any

import pytest

from apps.chat.events import ChatTemplateCreated
from apps.chat.models import ChatTemplate
from tests.factories.cast import Cast
from tests.factories.chat import ChatTemplateFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL
from tests.support.unchanged import nothing_changes

SELECT = "... on ChatTemplate { name category subject content variables isActive usageCount }"
GIVEN = {
    "name": "On my way",
    "category": "visits",
    "subject": "For {{name}}",
    "content": "I am there at {{hour}}.",
    "variables": ["name", "hour"],
}


def _create(graphql: GraphQL, *, by: Any, **given: Any) -> Answer:
    return graphql.mutate("createChatTemplate", GIVEN | given, SELECT, by=by)


def test_it_is_offered_at_once(graphql: GraphQL, cast: Cast):
    by = cast.dora

    with announced() as heard:
        created = _create(graphql, by=by).data["createChatTemplate"]

    rest = {"isActive": True, "usageCount": 0, "__typename": "ChatTemplate"}
    assert created == GIVEN | rest
    assert heard == [ChatTemplateCreated(template_id=ChatTemplate.objects.get().pk)]


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"variables": ["name"]}, "unknown_variable", "content"),
        ({"variables": ["name", "hour", "day"]}, "unused_variable", "variables"),
        ({"variables": ["name", "hour", "hour"]}, "invalid_variable", "variables"),
        ({"variables": ["name", "Hour"]}, "invalid_variable", "variables"),
        ({"content": "{{ }}", "subject": "", "variables": []}, "unknown_variable", "content"),
        ({"content": "", "subject": "", "variables": []}, "blank", "content"),
        ({"content": "x" * 5_001, "subject": "", "variables": []}, "max_length", "content"),
        ({"name": ""}, "blank", "name"),
        ({"name": "x" * 81}, "max_length", "name"),
        ({"category": "x" * 61}, "max_length", "category"),
        ({"subject": "{{name}}" + "x" * 120}, "max_length", "subject"),
    ],
    ids=["unknown", "unused", "twice", "capital", "blank", "empty", "long", "nameless",
         "long name", "long category", "long subject"],
)  # fmt: skip
def test_a_bad_one_is_refused(graphql: GraphQL, cast: Cast, given: Any, code: str, field: str):
    by = cast.dora

    with nothing_changes():
        answer = _create(graphql, by=by, **given)

    assert (answer.code, answer.refusal["field"]) == (code, field)


def test_a_name_is_taken_once_and_free_again_when_its_template_is_deleted(
    graphql: GraphQL, cast: Cast
):
    taken, by = ChatTemplateFactory(name="On my way"), cast.dora

    with nothing_changes():
        refused = _create(graphql, by=by)
    taken.soft_delete()
    created = _create(graphql, by=by)

    assert refused.code == "name_taken"
    assert created.data["createChatTemplate"]["name"] == "On my way"


def test_a_repeat_under_the_same_key_answers_the_same_template(graphql: GraphQL, cast: Cast):
    first, again = (_create(graphql, by=cast.dora, idempotencyKey="way") for _ in range(2))

    assert first.data == again.data
    assert ChatTemplate.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "code"), [("ben", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")]
)
def test_nobody_but_staff_does(graphql: GraphQL, cast: Cast, who: str, code: str):
    by = getattr(cast, who)

    with nothing_changes():
        answer = _create(graphql, by=by)

    assert answer.code == code
