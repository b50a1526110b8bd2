"""Templates: their blanks are declared, used, and filled in."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.chat import access, errors
from apps.chat.events import (
    ChatTemplateCreated,
    ChatTemplateDeleted,
    ChatTemplateRestored,
    ChatTemplateUpdated,
)
from apps.chat.models import ChatTemplate
from apps.chat.services.templates import (
    create_template,
    delete_template,
    render,
    restore_template,
    update_template,
)
from kernel.errors import NotAllowed, NotFound, VersionConflict
from kernel.viewer import Viewer
from tests.factories.cast import Cast
from tests.factories.chat import ChatTemplateFactory
from tests.support.announced import announced

pytestmark = pytest.mark.django_db


def _details(**others: Any) -> dict[str, Any]:
    text = {"content": "Hello {{name}}, I come at {{ time }}.", "variables": ["name", "time"]}
    return {"name": "On my way", "category": "visits", **text, **others}


def test_a_template_is_made_and_staff_hear_of_it():
    with announced() as heard:
        template = create_template(details=_details())

    template.refresh_from_db()
    assert (template.name, template.is_active, template.usage_count) == ("On my way", True, 0)
    assert template.variables == ["name", "time"]
    assert heard == [ChatTemplateCreated(template_id=template.pk)]
    assert heard[0].topics() == ["chat-moderation"]


@pytest.mark.parametrize(
    ("details", "refusal"),
    [
        ({"content": "Hello {{name}}, {{time}}, {{place}}."}, errors.UnknownVariable),
        ({"subject": "{{place}}"}, errors.UnknownVariable),
        ({"content": "Hello {{name}}, {{time}}, {{}}."}, errors.UnknownVariable),
        ({"content": "Hello {{name}}, {{time}}, {{Name}}."}, errors.UnknownVariable),
        ({"variables": ["name", "time", "place"]}, errors.UnusedVariable),
        ({"content": "Hello {{name}} {time}."}, errors.UnusedVariable),
        ({"variables": ["name", "time", "name"]}, errors.InvalidVariable),
        ({"variables": ["name", "Time"]}, errors.InvalidVariable),
        ({"variables": ["name", "1time"]}, errors.InvalidVariable),
        ({"variables": ["name", "time "]}, errors.InvalidVariable),
    ],
)
def test_blanks_and_variables_are_the_same(details: dict[str, Any], refusal: type[Exception]):
    with announced() as heard, pytest.raises(refusal) as refused:
        create_template(details=_details(**details))

    assert getattr(refused.value, "code", None) == refusal.code  # type: ignore[attr-defined]
    assert not ChatTemplate.objects.exists()
    assert heard == []


def test_a_blank_in_the_subject_is_used():
    details = {"subject": "{{name}}", "content": "Hello.", "variables": ["name"]}

    assert create_template(details=_details(**details)).placeholders == ["name"]


def test_a_template_is_changed_as_a_whole():
    template = ChatTemplateFactory(usage_count=3)

    with announced() as heard:
        update_template(
            template=template,
            changes={"content": "At {{time}}.", "variables": ["time"], "is_active": False},
            version=1,
        )

    template.refresh_from_db()
    assert (template.content, template.variables) == ("At {{time}}.", ["time"])
    assert (template.is_active, template.usage_count, template.version) == (False, 3, 2)
    assert heard == [ChatTemplateUpdated(template_id=template.pk)]


def test_a_change_that_leaves_blanks_undeclared_or_comes_late_is_refused():
    template = ChatTemplateFactory()

    with pytest.raises(errors.UnknownVariable):
        update_template(template=template, changes={"content": "At {{time}}."})
    with pytest.raises(VersionConflict):
        update_template(template=template, changes={"category": "late"}, version=4)

    template.refresh_from_db()
    assert (template.content, template.category) == (
        "Hello {{name}}, I am on my way.",
        "visits",
    )


def test_two_templates_have_two_names_until_one_is_deleted():
    first = create_template(details=_details())
    with pytest.raises(ValidationError) as refused:
        create_template(details=_details())
    delete_template(template=first)
    create_template(details=_details())

    with pytest.raises(ValidationError) as in_the_way:
        restore_template(template=first)

    for error in (refused, in_the_way):
        ((problem,),) = error.value.error_dict.values()
        assert problem.code == "name_taken"
    assert ChatTemplate.objects.count() == 1


def test_a_deleted_template_comes_back():
    template = ChatTemplateFactory()

    with announced() as heard:
        delete_template(template=template)
        gone = not ChatTemplate.objects.exists()
        restore_template(template=template)

    assert gone
    assert ChatTemplate.objects.get() == template
    told = {"template_id": template.pk}
    assert heard == [ChatTemplateDeleted(**told), ChatTemplateRestored(**told)]


def test_blanks_are_filled_in_and_values_are_taken_as_they_are():
    template = ChatTemplateFactory(
        content="{{a}} and {{ b }}, again {{a}} \\1", variables=["a", "b"]
    )

    told = render(template=template, values={"a": "{{b}}", "b": r"\g<1>", "c": "unused"})

    assert told == r"{{b}} and \g<1>, again {{b}} \1"


@pytest.mark.parametrize("values", [{}, {"name": ""}, {"name": "  "}, {"Name": "Ada"}])
def test_a_blank_without_a_value_is_refused_by_name(values: dict[str, str]):
    with pytest.raises(errors.MissingVariable) as refused:
        render(template=ChatTemplateFactory(), values=values)

    assert refused.value.messages == ["Give a value for name."]


def test_the_signed_in_see_those_in_use_and_staff_all(cast: Cast):
    used, off = ChatTemplateFactory(), ChatTemplateFactory(is_active=False)

    seen = [
        {*ChatTemplate.objects.visible_to(Viewer(user=user))}
        for user in (cast.ben, cast.dora, cast.eve, None)
    ]

    assert seen == [{used}, {used, off}, {used}, set()]
    with pytest.raises(NotFound):
        access.template_visible_to(Viewer(user=cast.ben), off.pk)
    with pytest.raises(NotAllowed):
        access.TEMPLATE_ACTIONS.permit(Viewer(user=cast.ben), "updateChatTemplate", used.pk)


def test_staff_who_may_change_templates_find_deleted_ones(cast: Cast):
    template = ChatTemplateFactory()
    template.soft_delete()

    assert access.deleted_template(Viewer(user=cast.dora), template.pk) == template
    with pytest.raises(NotFound):
        access.deleted_template(Viewer(user=cast.eve), template.pk)
