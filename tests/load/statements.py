"""The same answers, each made by PostgreSQL in one statement.

The rules are those of ``visible_to`` and of the schema's types, written out; a benchmark that
finds the two answers unequal stops before it measures.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson


def _gid(kind: str, column: str) -> str:
    text = f"convert_to('{kind}:' || {column}, 'UTF8')"
    return f"translate(encode({text}, 'base64'), E'\\n', '')"


def _instant(column: str) -> str:
    """Six digits of the second, always."""
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"


def _money(alias: str, column: str) -> str:
    """All currencies of the demo data have hundredths."""
    return (
        f"CASE WHEN {alias}.{column} IS NOT NULL THEN json_build_object("
        f"'amount', round({alias}.{column} / 100.0, 2)::text, 'currency', {alias}.currency) END"
    )


_BUSINESS = """
    SELECT p.id FROM providers_serviceproviderprofile p
    JOIN accounts_userprofile u ON u.id = p.user_profile_id
    WHERE NOT p.is_deleted AND u.user_id = %(viewer)s
"""

#: Orders with those who placed them, as far as the viewer may see them.
_VISIBLE = f"""
    FROM orders_order o
    JOIN accounts_clientprofile c ON c.id = o.client_profile_id
    JOIN accounts_userprofile cp ON cp.id = c.user_profile_id
    WHERE NOT o.is_deleted AND (
        cp.user_id = %(viewer)s
        OR o.id IN (
            SELECT b.order_id FROM orders_bid b
            WHERE NOT b.is_deleted AND b.provider_id IN ({_BUSINESS}))
        OR (EXISTS ({_BUSINESS} AND p.is_verified_provider) AND o.status = 'PUBLISHED'))
"""

_LOOK_UP = f"""
    SELECT json_build_object('data', json_build_object('order', json_build_object(
        'id', {_gid("Order", "o.id")}, 'title', o.title, 'status', o.status,
        'urgency', o.urgency, 'city', o.city, 'country', o.country,
        'createdAt', {_instant("o.created_at")}, 'budgetMax', {_money("o", "budget_max")}
    )))::text
    {_VISIBLE} AND o.id = %(id)s
"""

_NAME = """
    CASE WHEN cp.user_id = %(viewer)s OR EXISTS (
        SELECT 1 FROM orders_orderassignment a
        JOIN orders_order ao ON ao.id = a.order_id
        JOIN providers_serviceproviderprofile ap ON ap.id = a.provider_id
        JOIN accounts_userprofile au ON au.id = ap.user_profile_id
        WHERE ao.client_profile_id = c.id AND au.user_id = %(viewer)s)
    THEN cu.name END
"""

_BIDS = f"""
    SELECT json_agg(json_build_object('node', json_build_object(
        'id', {_gid("Bid", "b.id")}, 'status', b.status,
        'createdAt', {_instant("b.created_at")}, 'amount', {_money("b", "amount")},
        'provider', json_build_object(
            'id', {_gid("ServiceProviderProfile", "bp.id")},
            'businessName', bp.business_name, 'averageRating', bp.average_rating::text)
    )) ORDER BY b.created_at DESC, b.id) AS edges
    FROM (
        SELECT b.* FROM orders_bid b
        JOIN providers_serviceproviderprofile p ON p.id = b.provider_id
        JOIN accounts_userprofile u ON u.id = p.user_profile_id
        WHERE b.order_id = o.id AND NOT b.is_deleted
            AND (o.viewers_own OR u.user_id = %(viewer)s)
        ORDER BY b.created_at DESC, b.id LIMIT 5
    ) b JOIN providers_serviceproviderprofile bp ON bp.id = b.provider_id
"""

_NESTED = f"""
    SELECT json_build_object('data', json_build_object('orders', json_build_object('edges',
        coalesce(json_agg(json_build_object('node', json_build_object(
            'id', {_gid("Order", "o.id")}, 'title', o.title, 'status', o.status, 'city', o.city,
            'createdAt', {_instant("o.created_at")},
            'client', json_build_object(
                'id', {_gid("ClientProfile", "c.id")}, 'name', {_NAME}),
            'serviceSubcategory', json_build_object(
                'id', {_gid("ServiceSubcategory", "s.id")}, 'name', s.name,
                'category', json_build_object(
                    'id', {_gid("ServiceCategory", "k.id")}, 'name', k.name)),
            'bids', json_build_object('edges', coalesce(bids.edges, '[]'))
        )) ORDER BY o.bid_count DESC, o.id), '[]')
    )))::text
    FROM (
        SELECT o.*, cp.user_id = %(viewer)s AS viewers_own {_VISIBLE}
        ORDER BY o.bid_count DESC, o.id LIMIT 50
    ) o
    JOIN accounts_clientprofile c ON c.id = o.client_profile_id
    JOIN accounts_userprofile cp ON cp.id = c.user_profile_id
    JOIN accounts_user cu ON cu.id = cp.user_id
    JOIN catalog_servicesubcategory s ON s.id = o.service_subcategory_id
    JOIN catalog_servicecategory k ON k.id = s.category_id
    CROSS JOIN LATERAL ({_BIDS}) bids
"""


def _cursor(row_number: str) -> str:
    text = f"convert_to('arrayconnection:' || ({row_number} - 1), 'UTF8')"
    return f"encode({text}, 'base64')"


_FLAT = f"""
    SELECT json_build_object('data', json_build_object('orders', json_build_object(
        'totalCount', coalesce(max(o.total), 0),
        'pageInfo', json_build_object(
            'hasNextPage', coalesce(max(o.total), 0) > count(*),
            'endCursor', CASE WHEN count(*) > 0 THEN {_cursor("count(*)")} END),
        'edges', coalesce(json_agg(json_build_object(
            'cursor', {_cursor("o.place")},
            'node', json_build_object(
                'id', {_gid("Order", "o.id")}, 'title', o.title, 'status', o.status,
                'city', o.city, 'createdAt', {_instant("o.created_at")},
                'budgetMax', {_money("o", "budget_max")}
            )) ORDER BY o.place), '[]')
    )))::text
    FROM (
        SELECT o.*, count(*) OVER () AS total,
            row_number() OVER (ORDER BY o.created_at DESC, o.id) AS place
        {_VISIBLE} ORDER BY o.created_at DESC, o.id LIMIT 100
    ) o
"""

_PLACE_BID = f"""
    WITH business AS ({_BUSINESS} AND p.is_verified_provider),
    target AS MATERIALIZED (
        SELECT o.id, o.bid_count, business.id AS provider_id {
    _VISIBLE.replace("WHERE", "CROSS JOIN business WHERE", 1)
} AND o.id = %(order)s AND o.status = 'PUBLISHED' AND o.currency = %(currency)s
            AND cp.user_id <> %(viewer)s
        FOR UPDATE OF o
    ),
    bid AS (
        INSERT INTO orders_bid (
            id, created_at, updated_at, version, is_deleted, currency, amount, description,
            terms_conditions, is_negotiable, status, provider_id, order_id)
        SELECT gen_random_uuid(), now(), now(), 1, false, %(currency)s, %(minor)s, '', '', false,
            'PENDING', provider_id, id FROM target
        RETURNING *
    ),
    counted AS (
        UPDATE orders_order o
        SET bid_count = o.bid_count + 1, version = o.version + 1, updated_at = now()
        FROM bid WHERE o.id = bid.order_id
        RETURNING o.bid_count
    ),
    record AS (
        INSERT INTO core_eventrecord (type, payload, actor_id, topics, request_id, occurred_at)
        SELECT 'BidPlaced',
            jsonb_build_object(
                'order_id', order_id, 'bid_id', id, 'provider_id', provider_id),
            %(viewer)s, ARRAY['order:' || order_id], '', now()
        FROM bid
        RETURNING id, topics
    ),
    place AS (
        INSERT INTO core_eventtopic (event_id, topic) SELECT id, unnest(topics) FROM record
    )
    SELECT json_build_object('data', json_build_object('placeBid', json_build_object(
        '__typename', 'Bid', 'id', {_gid("Bid", "b.id")}, 'status', b.status,
        'createdAt', {_instant("b.created_at")}, 'amount', {_money("b", "amount")},
        'order', json_build_object(
            'id', {_gid("Order", "b.order_id")}, 'bidCount', counted.bid_count)
    )))::text
    FROM bid b CROSS JOIN counted
"""


@dataclass(frozen=True)
class Statement:
    """A statement, and how its parameters are read from a request's variables."""

    text: str
    parameters: Callable[[dict[str, Any]], dict[str, Any]]


def _key(global_id: str) -> str:
    return base64.b64decode(global_id).decode().partition(":")[2]


def _none(_variables: dict[str, Any]) -> dict[str, Any]:
    return {}


def _of_look_up(variables: dict[str, Any]) -> dict[str, Any]:
    return {"id": _key(variables["id"])}


def _of_place_bid(variables: dict[str, Any]) -> dict[str, Any]:
    amount = variables["input"]["amount"]
    return {
        "order": _key(variables["input"]["orderId"]),
        "currency": amount["currency"],
        "minor": int(amount["amount"].replace(".", "")),
    }


def _typed(text: str) -> str:
    """Name the parameters' types, which PostgreSQL cannot tell everywhere."""
    kinds = {"viewer": "uuid", "id": "uuid", "order": "uuid", "currency": "text", "minor": "bigint"}
    for name, kind in kinds.items():
        text = text.replace(f"%({name})s", f"%({name})s::{kind}")
    return text


STATEMENTS = {
    "LookUp": Statement(_typed(_LOOK_UP), _of_look_up),
    "Nested": Statement(_typed(_NESTED), _none),
    "Flat": Statement(_typed(_FLAT), _none),
    "PlaceBid": Statement(_typed(_PLACE_BID), _of_place_bid),
}


def read_request(body: bytes) -> tuple[Statement, dict[str, Any]]:
    """The statement that a request asks for, and the parameters that it names."""
    request = orjson.loads(body)
    statement = STATEMENTS[request["operationName"]]
    return statement, statement.parameters(request["variables"])
