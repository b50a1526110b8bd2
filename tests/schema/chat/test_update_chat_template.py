"""Staff change a template, delete it and bring it back."""

from typing import Any

import pytest

from apps.chat.events import ChatTemplateDeleted, ChatTemplateRestored, ChatTemplateUpdated
from apps.chat.models import ChatTemplate
from tests.factories.cast import Cast
from tests.factories.chat import ChatTemplateFactory
from tests.support.announced import announced
from tests.support.graphql import Answer, GraphQL, gid
from tests.support.unchanged import nothing_changes

SELECT = "... on ChatTemplate { name content variables isActive isDeleted version }"


@pytest.fixture
def template(db: None) -> ChatTemplate:
    """One that is in use."""
    found: ChatTemplate = ChatTemplateFactory(name="On my way")
    return found


def _call(
    graphql: GraphQL, mutation: str, template: ChatTemplate, *, by: Any, **given: Any
) -> Answer:
    return graphql.mutate(mutation, {"templateId": gid(template)} | given, SELECT, by=by)


def _update(graphql: GraphQL, template: ChatTemplate, *, by: Any, **given: Any) -> Answer:
    return _call(graphql, "updateChatTemplate", template, by=by, **given)


def test_staff_change_what_they_name_and_the_rest_stays(
    graphql: GraphQL, cast: Cast, template: ChatTemplate
):
    by = cast.dora

    with announced() as heard:
        changed = _update(graphql, template, by=by, isActive=False, version=1)

    assert changed.data["updateChatTemplate"] == {
        "__typename": "ChatTemplate",
        "name": "On my way",
        "content": "Hello {{name}}, I am on my way.",
        "variables": ["name"],
        "isActive": False,
        "isDeleted": False,
        "version": 2,
    }
    assert heard == [ChatTemplateUpdated(template_id=template.pk)]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"content": "Hello {{you}}"}, "unknown_variable"),
        ({"content": "Hello"}, "unused_variable"),
        ({"content": None}, "blank"),
        ({"variables": None}, "unknown_variable"),
        ({"isActive": None}, "invalid"),
        ({"name": "Taken"}, "name_taken"),
        ({"version": 7}, "version_conflict"),
    ],
)
def test_a_bad_change_is_refused(
    graphql: GraphQL, cast: Cast, template: ChatTemplate, given: Any, code: str
):
    ChatTemplateFactory(name="Taken")
    by = cast.dora

    with nothing_changes():
        answer = _update(graphql, template, by=by, **given)

    assert answer.code == code


def test_a_deleted_one_is_offered_no_longer_until_it_is_brought_back(
    graphql: GraphQL, cast: Cast, template: ChatTemplate
):
    by = cast.dora

    with announced() as heard:
        deleted = _call(graphql, "deleteChatTemplate", template, by=by)
        again = _call(graphql, "deleteChatTemplate", template, by=by)
        restored = _call(graphql, "restoreChatTemplate", template, by=by)

    assert deleted.data["deleteChatTemplate"]["isDeleted"] is True
    assert again.code == "not_found"
    assert restored.data["restoreChatTemplate"]["isDeleted"] is False
    kinds = (ChatTemplateDeleted, ChatTemplateRestored)
    assert heard == [kind(template_id=template.pk) for kind in kinds]


def test_one_whose_name_was_taken_is_not_brought_back(
    graphql: GraphQL, cast: Cast, template: ChatTemplate
):
    by = cast.dora
    template.soft_delete()
    ChatTemplateFactory(name="On my way")

    with nothing_changes():
        answer = _call(graphql, "restoreChatTemplate", template, by=by)

    assert answer.code == "name_taken"


def test_one_that_stands_is_not_brought_back(graphql: GraphQL, cast: Cast, template: ChatTemplate):
    by = cast.dora

    with nothing_changes():
        answer = _call(graphql, "restoreChatTemplate", template, by=by)

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    "name", ["updateChatTemplate", "deleteChatTemplate", "restoreChatTemplate"]
)
@pytest.mark.parametrize(
    ("who", "code"), [("ben", "not_allowed"), ("eve", "not_allowed"), ("nobody", "not_signed_in")]
)
def test_nobody_but_staff_does(
    graphql: GraphQL, cast: Cast, template: ChatTemplate, name: str, who: str, code: str
):
    by = getattr(cast, who)
    if name == "restoreChatTemplate":
        template.soft_delete()

    with nothing_changes():
        answer = _call(graphql, name, template, by=by)

    assert answer.code == code
