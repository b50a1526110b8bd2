"""The tree of categories: moved without cycles, and sorted, also by two at the same moment."""

from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog import errors
from apps.catalog.events import CatalogChanged
from apps.catalog.models import Language, ServiceAddon, ServiceCategory
from apps.catalog.services.entries import create_entry, delete_entry, restore_entry, update_entry
from apps.catalog.services.sorting import sort_service_categories, sort_service_subcategories
from tests.factories.catalog import (
    AddonFactory,
    CategoryFactory,
    LanguageFactory,
    SubcategoryFactory,
)
from tests.support.announced import announced
from tests.support.races import race
from tests.support.unchanged import nothing_changes

rounds = pytest.mark.parametrize("round", range(5))


def move(branch: ServiceCategory, below: ServiceCategory | None) -> ServiceCategory:
    """Have a branch grow from another one."""
    return update_entry(entry=branch, changes={"parent": below})


@pytest.mark.django_db
def test_a_branch_is_moved_with_all_below_it():
    house, garden = CategoryFactory(name="House"), CategoryFactory(name="Garden")
    water = CategoryFactory(name="Water", parent=house)
    pipes = CategoryFactory(name="Pipes", parent=water)

    move(water, garden)

    assert [*ServiceCategory.objects.ancestors(pipes)] == [garden, water]
    assert move(water, None).parent is None


@pytest.mark.django_db
@pytest.mark.parametrize("to", [0, 1, 2])
def test_a_branch_does_not_grow_from_itself_or_from_what_is_below_it(to: int):
    house = CategoryFactory()
    water = CategoryFactory(parent=house)
    branches = [house, water, CategoryFactory(parent=water)]

    with nothing_changes(), pytest.raises(errors.TreeCycle):
        move(house, branches[to])


@pytest.mark.django_db(transaction=True)
@rounds
def test_two_moves_at_once_make_no_cycle(round: int):
    left, right = CategoryFactory(name="Left"), CategoryFactory(name="Right")
    far_left, far_right = CategoryFactory(parent=left), CategoryFactory(parent=right)

    outcomes = race(partial(move, left, far_right), partial(move, right, far_left))

    assert sorted(type(each).__name__ for each in outcomes) == ["ServiceCategory", "TreeCycle"]
    assert ServiceCategory.objects.with_tree_fields().count() == 4
    assert ServiceCategory.objects.filter(parent=None).count() == 1


@pytest.mark.django_db(transaction=True)
@rounds
def test_two_addons_do_not_come_to_need_each_other(round: int):
    service = SubcategoryFactory()
    one, other = (AddonFactory(subcategory=service) for _ in range(2))

    def need(addon: ServiceAddon, needed: ServiceAddon) -> Any:
        return update_entry(entry=addon, changes={"prerequisites": [needed]})

    outcomes = race(partial(need, one, other), partial(need, other, one))

    assert sorted(type(each).__name__ for each in outcomes) == ["PrerequisiteCycle", "ServiceAddon"]
    assert ServiceAddon.prerequisites.through.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@rounds
def test_nothing_is_put_into_a_branch_while_it_is_deleted(round: int):
    water = CategoryFactory(name="Water")
    details = {"name": "Pipes", "parent": water}

    race(
        partial(delete_entry, entry=water),
        *[partial(create_entry, model=ServiceCategory, details=details) for _ in range(4)],
    )

    assert not ServiceCategory.objects.exists()


@pytest.mark.django_db(transaction=True)
@rounds
def test_of_many_that_become_the_default_at_once_one_is_it(round: int):
    LanguageFactory(code="en", is_default=True)
    others = [LanguageFactory(code=code) for code in ("fr", "ru", "ky", "sw")]

    outcomes = race(
        *[partial(update_entry, entry=each, changes={"is_default": True}) for each in others]
    )

    assert {type(each).__name__ for each in outcomes} == {"Language"}
    assert Language.objects.filter(is_default=True).count() == 1


@pytest.mark.django_db(transaction=True)
@rounds
def test_entries_of_one_name_made_at_once_have_slugs_of_their_own(round: int):
    details = {"name": "Water"}

    race(*[partial(create_entry, model=ServiceCategory, details=details) for _ in range(4)])

    slugs = ServiceCategory.objects.order_by("slug").values_list("slug", flat=True)
    assert [*slugs] == ["water", "water-2", "water-3", "water-4"]


@pytest.mark.django_db(transaction=True)
@rounds
def test_of_two_restores_onto_one_slug_at_once_one_comes_back(round: int):
    old = []
    for _ in range(2):
        row = CategoryFactory(slug="water")
        delete_entry(entry=row)
        old.append(row)

    outcomes = race(*[partial(restore_entry, entry=row) for row in old])

    assert sorted(type(each).__name__ for each in outcomes) == [
        "ServiceCategory",
        "ValidationError",
    ]
    assert ServiceCategory.objects.count() == 1


@pytest.mark.django_db
def test_branches_are_sorted_in_one_statement():
    house = CategoryFactory()
    water, roofs, doors = (CategoryFactory(parent=house) for _ in range(3))
    noise = CategoryFactory(sort_order=7)
    CategoryFactory(parent=house).soft_delete()

    with announced() as heard, CaptureQueriesContext(connection) as asked:
        sort_service_categories(parent=house, ids=[doors.pk, water.pk, roofs.pk])

    verbs = [query["sql"].split()[0] for query in asked if '"catalog_' in query["sql"]]
    assert verbs == ["SELECT", "UPDATE"]
    places = {row.pk: row.sort_order for row in ServiceCategory.objects.all()}
    assert [places[row.pk] for row in (doors, water, roofs, noise)] == [1, 2, 3, 7]
    assert heard == [CatalogChanged(model="catalog.ServiceCategory", entry_id=house.pk)]


@pytest.mark.django_db
def test_the_roots_are_sorted_among_themselves():
    water, roofs = CategoryFactory(), CategoryFactory()
    CategoryFactory(parent=water)

    sort_service_categories(parent=None, ids=[roofs.pk, water.pk])

    roots = ServiceCategory.objects.filter(parent=None).order_by("sort_order")
    assert [*roots] == [roofs, water]


@pytest.mark.django_db
def test_services_are_sorted_in_their_category():
    water = CategoryFactory()
    tap, sink = (SubcategoryFactory(category=water) for _ in range(2))

    with announced() as heard:
        sort_service_subcategories(category=water, ids=[sink.pk, tap.pk])

    assert [*water.subcategories.order_by("sort_order")] == [sink, tap]
    assert heard == [CatalogChanged(model="catalog.ServiceCategory", entry_id=water.pk)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "choose",
    [
        lambda own, other: own[:1],
        lambda own, other: [*own, other],
        lambda own, other: [own[0], own[0]],
        lambda own, other: [*own, own[0]],
        lambda own, other: [own[0], other],
        lambda own, other: [],
    ],
    ids=["too few", "too many", "one for two", "one twice", "another's", "none"],
)
def test_an_order_names_all_siblings_once_and_no_other(choose: Any):
    water = CategoryFactory()
    branches = [CategoryFactory(parent=water).pk for _ in range(2)]
    services = [SubcategoryFactory(category=water).pk for _ in range(2)]
    branch, service = CategoryFactory().pk, SubcategoryFactory().pk

    with nothing_changes(), pytest.raises(errors.InvalidOrder):
        sort_service_categories(parent=water, ids=choose(branches, branch))
    with nothing_changes(), pytest.raises(errors.InvalidOrder):
        sort_service_subcategories(category=water, ids=choose(services, service))
