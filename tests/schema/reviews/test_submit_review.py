"""The two sides of finished work write about each other, once each."""

from datetime import timedelta
from typing import Any

import pytest

from apps.leads.models import LeadAssignment
from apps.orders.models import Order, OrderAssignment
from apps.reviews.events import ReviewRevealed, ReviewSubmitted
from apps.reviews.models import Review
from kernel import clock
from tests.factories.accounts import ClientFactory
from tests.factories.cast import Cast
from tests.factories.core import SettingFactory
from tests.factories.providers import ProviderFactory
from tests.factories.reviews import ReviewFactory, finished_order, won_lead
from tests.support.announced import announced
from tests.support.graphql import GraphQL, gid
from tests.support.unchanged import nothing_changes

SAID = (
    "... on Review { side rating qualityRating communicationRating punctualityRating valueRating"
    " title comment isPublic isVerified revealedAt moderationStatus authorName viewerCan }"
)
FULL = {
    "rating": 5,
    "qualityRating": 4,
    "communicationRating": 3,
    "punctualityRating": 2,
    "valueRating": 1,
    "title": "A quiet tap",
    "comment": "It does not drip any more.",
}


def _given(work: Any, **more: Any) -> dict[str, Any]:
    return {"orderAssignmentId": gid(work), "rating": 4} | more


def test_a_client_writes_about_the_provider_and_it_is_hidden(graphql: GraphQL, cast: Cast):
    work = cast.ada_finished_work()
    given = {"orderAssignmentId": gid(work)} | FULL

    with announced() as heard:
        answer = graphql.mutate("submitReview", given, SAID, by=cast.ben)

    assert answer.data["submitReview"] == FULL | {
        "__typename": "Review",
        "side": "CLIENT",
        "isPublic": True,
        "isVerified": True,
        "revealedAt": None,
        "moderationStatus": "APPROVED",
        "authorName": "Ben",
        "viewerCan": ["updateReview", "deleteReview"],
    }
    review = Review.objects.get()
    assert (review.provider, review.client, review.author) == (work.provider, cast.ben, cast.ben)
    assert heard == [ReviewSubmitted(review_id=review.pk, author_id=cast.ben.pk)]
    assert _figures(work) == (0, 0, 0)


def _figures(work: Any) -> tuple[Any, ...]:
    work.provider.refresh_from_db()
    found = work.provider
    return found.total_reviews, found.rating_sum, found.average_rating


def test_a_provider_writes_about_the_client_for_the_two_alone(graphql: GraphQL, cast: Cast):
    work = cast.ada_finished_work()

    answer = graphql.mutate("submitReview", _given(work, communicationRating=5), SAID, by=cast.ada)

    said = answer.data["submitReview"]
    assert (said["side"], said["rating"], said["communicationRating"]) == ("PROVIDER", 4, 5)
    assert (said["isPublic"], said["authorName"]) == (False, work.provider.business_name)
    assert Review.objects.get().client == cast.ben


@pytest.mark.parametrize(("first", "second"), [("ada", "ben"), ("ben", "ada")])
def test_both_are_shown_once_the_second_wrote(
    graphql: GraphQL, cast: Cast, first: str, second: str
):
    work = cast.ada_finished_work()
    graphql.mutate("submitReview", _given(work), by=getattr(cast, first))

    with announced() as heard:
        graphql.mutate("submitReview", _given(work), by=getattr(cast, second))

    shown = {review.author_id: review for review in Review.objects.all()}
    assert None not in {review.revealed_at for review in shown.values()}
    assert [type(fact) for fact in heard] == [ReviewSubmitted, ReviewRevealed, ReviewRevealed]
    assert {(fact.author_id, fact.subject_id) for fact in heard[1:]} == {
        (cast.ada.pk, cast.ben.pk),
        (cast.ben.pk, cast.ada.pk),
    }
    assert _figures(work) == (1, 4, 4)


def test_what_is_not_public_is_shown_and_not_counted(graphql: GraphQL, cast: Cast):
    work = cast.ada_finished_work()
    graphql.mutate("submitReview", _given(work), by=cast.ada)

    graphql.mutate("submitReview", _given(work, isPublic=False), by=cast.ben)

    assert Review.objects.get(side="CLIENT").revealed_at is not None
    assert _figures(work) == (0, 0, 0)


def test_a_lead_that_was_won_is_reviewed_too(graphql: GraphQL, cast: Cast):
    work = won_lead(lead__client=cast.ben, provider=cast.ada_business)
    given = {"leadAssignmentId": gid(work), "rating": 3}

    for by in (cast.ben, cast.ada):
        graphql.mutate("submitReview", given, by=by)

    assert set(Review.objects.values_list("side", "lead_assignment", "author")) == {
        ("CLIENT", work.pk, cast.ben.pk),
        ("PROVIDER", work.pk, cast.ada.pk),
    }
    assert _figures(work) == (1, 3, 3)


def _lead_before(cast: Cast, order: Order) -> LeadAssignment:
    """A lead that Ada won of Ben, which was turned into an order."""
    of_lead = {"client": cast.ben, "status": "CONVERTED", "order": order}
    traits = {f"lead__{name}": value for name, value in of_lead.items()}
    return won_lead(provider=cast.ada_business, **traits)


def _converted(cast: Cast) -> tuple[LeadAssignment, OrderAssignment]:
    """The same, and the order, which she carried out."""
    of_order = cast.ada_finished_work()
    return _lead_before(cast, of_order.order), of_order


def test_a_lead_that_became_an_order_is_reviewed_with_it_once(graphql: GraphQL, cast: Cast):
    of_lead, of_order = _converted(cast)
    by_lead = {"leadAssignmentId": gid(of_lead), "rating": 3}

    graphql.mutate("submitReview", by_lead, by=cast.ben)
    again = graphql.mutate("submitReview", _given(of_order), by=cast.ben)
    graphql.mutate("submitReview", by_lead, by=cast.ada)

    assert again.code == "already_reviewed"
    assert set(Review.objects.values_list("side", "order_assignment", "lead_assignment")) == {
        ("CLIENT", of_order.pk, None),
        ("PROVIDER", of_order.pk, None),
    }
    assert _figures(of_order) == (1, 3, 3)


def test_what_was_said_of_a_lead_before_it_became_an_order_stands(graphql: GraphQL, cast: Cast):
    of_lead, of_order = _converted(cast)
    ReviewFactory(lead_assignment=of_lead, hidden=True, rating=3)

    again = graphql.mutate("submitReview", _given(of_order), by=cast.ben)
    graphql.mutate("submitReview", _given(of_order), by=cast.ada)

    assert again.code == "already_reviewed"
    assert set(Review.objects.values_list("side", "order_assignment", "lead_assignment")) == {
        ("CLIENT", None, of_lead.pk),
        ("PROVIDER", None, of_lead.pk),
    }
    assert _figures(of_order) == (1, 3, 3)


def test_a_lead_whose_order_is_under_way_is_not_reviewed_yet(graphql: GraphQL, cast: Cast):
    of_lead = _lead_before(cast, cast.ada_work(status="IN_PROGRESS"))
    given = {"leadAssignmentId": gid(of_lead), "rating": 3}

    with nothing_changes():
        answer = graphql.mutate("submitReview", given, by=cast.ben)

    assert answer.code == "not_finished"


def test_a_lead_whose_order_another_one_carried_out_is_reviewed_by_itself(
    graphql: GraphQL, cast: Cast
):
    of_lead, of_order = _converted(cast)
    OrderAssignment.objects.filter(pk=of_order.pk).update(provider=ProviderFactory())

    graphql.mutate("submitReview", {"leadAssignmentId": gid(of_lead), "rating": 3}, by=cast.ben)
    graphql.mutate("submitReview", _given(of_order), by=cast.ben)

    assert set(Review.objects.values_list("order_assignment", "lead_assignment")) == {
        (None, of_lead.pk),
        (of_order.pk, None),
    }


def test_other_work_of_the_two_reveals_nothing(graphql: GraphQL, cast: Cast):
    graphql.mutate("submitReview", _given(cast.ada_finished_work()), by=cast.ada)

    graphql.mutate("submitReview", _given(cast.ada_finished_work()), by=cast.ben)

    assert set(Review.objects.values_list("revealed_at", flat=True)) == {None}


@pytest.mark.parametrize("by", ["ada", "ben"])
def test_each_writes_once(graphql: GraphQL, cast: Cast, by: str):
    work, author = cast.ada_finished_work(), getattr(cast, by)
    graphql.mutate("submitReview", _given(work), by=author)

    with nothing_changes():
        answer = graphql.mutate("submitReview", _given(work), by=author)

    assert answer.code == "already_reviewed"


def test_what_was_read_and_taken_away_is_not_written_anew(graphql: GraphQL, cast: Cast):
    work = cast.ada_finished_work()
    ReviewFactory(order_assignment=work).soft_delete()
    by = cast.ben

    with nothing_changes():
        answer = graphql.mutate("submitReview", _given(work), by=by)

    assert answer.code == "already_reviewed"


def test_what_was_taken_back_while_hidden_is_written_anew(graphql: GraphQL, cast: Cast):
    work = cast.ada_finished_work()
    ReviewFactory(order_assignment=work, hidden=True).soft_delete()

    answer = graphql.mutate("submitReview", _given(work), by=cast.ben)

    assert answer.data["submitReview"]["__typename"] == "Review"


@pytest.mark.parametrize("status", sorted(set(Order.Status) - {"CONFIRMED"}))
def test_unfinished_work_is_not_reviewed(graphql: GraphQL, cast: Cast, status: str):
    work, by = cast.ada_finished_work(bid__order__status=status), cast.ben

    with nothing_changes():
        answer = graphql.mutate("submitReview", _given(work), by=by)

    assert answer.code == "not_finished"


def test_a_lead_that_was_lost_is_not_reviewed(graphql: GraphQL, cast: Cast):
    work = won_lead(lead__client=cast.ben, provider=cast.ada_business, status="LOST")
    given = {"leadAssignmentId": gid(work), "rating": 3}

    with nothing_changes():
        answer = graphql.mutate("submitReview", given, by=cast.ben)

    assert answer.code == "not_finished"


@pytest.mark.parametrize(("days", "code"), [(59, None), (61, "review_window_over")])
def test_after_sixty_days_it_is_too_late(graphql: GraphQL, cast: Cast, days: int, code: str | None):
    finished = clock.now() - timedelta(days=days)
    work = cast.ada_finished_work(bid__order__confirmed_at=finished)

    answer = graphql.mutate("submitReview", _given(work), by=cast.ben)

    refused = answer.data["submitReview"].get("messages")
    assert (refused[0]["code"] if refused else None) == code


def test_the_window_is_a_setting(graphql: GraphQL, cast: Cast):
    SettingFactory(key="reviews.window_days", value="1", setting_type="INTEGER")
    work = cast.ada_finished_work(bid__order__confirmed_at=clock.now() - timedelta(days=2))

    answer = graphql.mutate("submitReview", _given(work), by=cast.ben)

    assert answer.code == "review_window_over"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("cleo", "not_found"),
        ("dora", "not_found"),
        ("eve", "not_found"),
        ("nobody", "not_signed_in"),
    ],
)
def test_who_was_not_there_writes_nothing(graphql: GraphQL, cast: Cast, who: str, code: str):
    work, by = cast.ada_finished_work(), getattr(cast, who)

    with nothing_changes():
        answer = graphql.mutate("submitReview", _given(work), by=by)

    assert answer.code == code


def test_a_bidder_who_was_not_chosen_writes_nothing(graphql: GraphQL, cast: Cast):
    work = finished_order(bid__order__client_profile=cast.ben_client)
    bid = cast.ada_bid(order=work.order, status="REJECTED")

    with nothing_changes():
        answer = graphql.mutate("submitReview", _given(work), by=bid.provider.user_profile.user)

    assert answer.code == "not_found"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        *[({name: stars}, "invalid_rating")
          for name in ("rating", "qualityRating", "communicationRating", "punctualityRating",
                       "valueRating")
          for stars in (0, 6, -1, 2_000_000_000)],
        ({"title": "x" * 121}, "max_length"),
        ({"comment": "x" * 4001}, "max_length"),
        ({"orderAssignmentId": None}, "one_work"),
        ({"leadAssignmentId": "TGVhZEFzc2lnbm1lbnQ6MQ=="}, "one_work"),
        ({"orderAssignmentId": "T3JkZXI6MQ=="}, "invalid_id"),
        ({"idempotencyKey": ""}, "invalid_idempotency_key"),
    ],
)  # fmt: skip
def test_bad_input_has_its_code(graphql: GraphQL, cast: Cast, more: dict[str, Any], code: str):
    work, by = cast.ada_finished_work(), cast.ben

    with nothing_changes():
        answer = graphql.mutate("submitReview", _given(work, **more), by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"qualityRating": 3}, "rating_not_applicable"),
        ({"punctualityRating": 3}, "rating_not_applicable"),
        ({"valueRating": 3}, "rating_not_applicable"),
        ({"isPublic": True}, "review_of_client_private"),
    ],
)
def test_of_a_client_less_is_said(graphql: GraphQL, cast: Cast, more: dict[str, Any], code: str):
    work, by = cast.ada_finished_work(), cast.ada

    with nothing_changes():
        answer = graphql.mutate("submitReview", _given(work, **more), by=by)

    assert answer.code == code


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"comment": "Came on 2 May, paid 1200 rand."}, "APPROVED"),
        ({"comment": "Call me: 082 123 45 67"}, "PENDING"),
        ({"title": "See www.pipes.example"}, "PENDING"),
        ({"comment": "Cheaper at https://pipes.example/ada"}, "PENDING"),
        ({"comment": "Write to ada@pipes.example"}, "PENDING"),
        ({"comment": "pipes.co.za is better"}, "PENDING"),
    ],
)
def test_what_says_where_somebody_is_reached_waits_for_staff(
    graphql: GraphQL, cast: Cast, said: dict[str, str], status: str
):
    work = cast.ada_finished_work()
    graphql.mutate("submitReview", _given(work), by=cast.ada)

    answer = graphql.mutate("submitReview", _given(work, **said), SAID, by=cast.ben)

    assert answer.data["submitReview"]["moderationStatus"] == status
    assert _figures(work) == ((1, 4, 4) if status == "APPROVED" else (0, 0, 0))


def test_a_setting_has_all_wait_for_staff(graphql: GraphQL, cast: Cast):
    SettingFactory(key="reviews.moderated_first", value="true", setting_type="BOOLEAN")
    work = cast.ada_finished_work()

    answer = graphql.mutate("submitReview", _given(work), SAID, by=cast.ben)

    assert answer.data["submitReview"]["moderationStatus"] == "PENDING"


def test_a_repeat_under_its_key_answers_the_same(graphql: GraphQL, cast: Cast):
    given = _given(cast.ada_finished_work(), idempotencyKey="k")
    first = graphql.mutate("submitReview", given, "... on Review { id }", by=cast.ben)

    again = graphql.mutate("submitReview", given, "... on Review { id }", by=cast.ben)

    assert again == first
    assert Review.objects.count() == 1


def test_somebody_else_with_the_same_name_sees_no_more_of_it(graphql: GraphQL, cast: Cast):
    noise = ClientFactory(user__first_name="Ben").user_profile.user
    graphql.mutate("submitReview", _given(cast.ada_finished_work()), by=cast.ben)

    answer = graphql("{ reviews { totalCount } }", by=noise)

    assert answer.data["reviews"]["totalCount"] == 0
