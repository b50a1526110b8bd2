"""What the database is not to read: sealed, bound to its place, found by a blind index."""

import base64
import re
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from pytest_django import Settings

from apps.accounts.models import Challenge, MfaDevice, UserProfile
from apps.core.models import OutboundMessage
from kernel.encryption import (
    BlindIndexField,
    EncryptedTextField,
    Sealed,
    Unreadable,
    blind_indexes,
    is_current,
    seal,
    unseal,
)
from kernel.ids import uuid7
from tests.factories.accounts import UserFactory, UserProfileFactory

PLACE = "shop_order.note.1"
SECRET = "JBSWY3DPEHPK3PXP"
PHONE = "+27821234567"
OLD, NEW = (f"{name}:{base64.b64encode(name.encode() * 16).decode()}" for name in ("k1", "k2"))


def device(secret: str = SECRET, **fields: Any) -> MfaDevice:
    """A saved authenticator app."""
    found: MfaDevice = MfaDevice.objects.create(
        user=UserFactory(), name="Phone", secret=secret, **fields
    )
    return found


def message(**fields: Any) -> OutboundMessage:
    """A saved message on its way out."""
    found: OutboundMessage = OutboundMessage.objects.create(
        **{
            "channel": "EMAIL",
            "template": "email_code",
            "language": "en",
            "recipient": "ben@example.org",
            "report_token": str(uuid7()),
        }
        | fields
    )
    return found


def stored(row: models.Model, column: str) -> str:
    """What lies in a column, past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s",
            [row.pk],
        )
        return str(cursor.fetchone()[0])


def put(row: models.Model, column: str, value: str) -> None:
    """Write a column, past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {column} = %s WHERE id = %s",
            [value, row.pk],
        )


def fresh(row: Any) -> Any:
    """The row as it is read anew."""
    return type(row).objects.get(pk=row.pk)


def dump() -> str:
    """Every table's content, as a backup holds it."""
    lines: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY (SELECT * FROM "{table}") TO STDOUT') as copy:
                lines += [bytes(data).decode() for data in copy]
    return "".join(lines)


@pytest.mark.parametrize("text", ["a", SECRET, "Ünïcode 𝄞 \n\t", "x" * 100_000])
def test_what_was_sealed_for_a_place_opens_there(text: str):
    sealed = seal(text, place=PLACE)

    assert unseal(sealed, place=PLACE) == text
    assert text not in sealed or len(text) == 1


@pytest.mark.parametrize(
    "place", ["", "shop_order.note.2", "shop_order.title.1", "shop_bid.note.1"]
)
def test_it_opens_nowhere_else(place: str):
    sealed = seal(SECRET, place=PLACE)

    with pytest.raises(Unreadable, match="does not belong where it was found"):
        unseal(sealed, place=place)


def test_the_same_text_is_sealed_differently_each_time():
    sealed = [seal(SECRET, place=PLACE) for _ in range(500)]

    nonces = {base64.b64decode(text.partition(".")[2])[:12] for text in sealed}
    assert len(nonces) == len(set(sealed)) == 500


@pytest.mark.parametrize("position", range(12 + len(SECRET) + 16))
def test_one_changed_bit_anywhere_makes_it_unreadable(position: int):
    key_id, _, encoded = seal(SECRET, place=PLACE).partition(".")
    data = bytearray(base64.b64decode(encoded))

    data[position] ^= 1

    with pytest.raises(Unreadable):
        unseal(f"{key_id}.{base64.b64encode(data).decode()}", place=PLACE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[:-4],
        lambda sealed: sealed[:20],
        lambda sealed: sealed.partition(".")[0] + ".",
        lambda sealed: sealed.partition(".")[0],
        lambda sealed: sealed + "!",
        lambda sealed: sealed + "é",
        lambda sealed: sealed.replace(".", " "),
        lambda sealed: "." + sealed.partition(".")[2],
        lambda sealed: SECRET,
        lambda sealed: "",
    ],
)
def test_what_was_cut_or_is_nothing_of_ours_is_unreadable(spoil: Any):
    sealed = seal(SECRET, place=PLACE)

    with pytest.raises(Unreadable):
        unseal(spoil(sealed), place=PLACE)


def test_the_newest_key_seals_and_all_of_them_open(settings: Settings):
    settings.ENCRYPTION_KEYS = [OLD]
    before = seal(SECRET, place=PLACE)

    settings.ENCRYPTION_KEYS = [NEW, OLD]
    after = seal(SECRET, place=PLACE)

    assert (before[:3], after[:3]) == ("k1.", "k2.")
    assert [unseal(text, place=PLACE) for text in (before, after)] == [SECRET, SECRET]
    assert (is_current(before), is_current(after)) == (False, True)


def test_what_a_key_sealed_that_is_gone_is_unreadable(settings: Settings):
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = seal(SECRET, place=PLACE)

    settings.ENCRYPTION_KEYS = [NEW]

    with pytest.raises(Unreadable, match="no encryption key 'k1'"):
        unseal(sealed, place=PLACE)


def test_another_key_of_the_same_name_does_not_open_it(settings: Settings):
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = seal(SECRET, place=PLACE)

    settings.ENCRYPTION_KEYS = [NEW.replace("k2:", "k1:")]

    with pytest.raises(Unreadable, match="does not belong"):
        unseal(sealed, place=PLACE)


@pytest.mark.django_db
def test_a_row_reads_as_it_was_written_and_lies_sealed():
    row = device()

    assert row.secret == fresh(row).secret == SECRET
    assert re.fullmatch(r"[\w-]+\.[A-Za-z0-9+/]+=*", stored(row, "secret"))
    assert SECRET not in stored(row, "secret")


@pytest.mark.django_db
def test_an_empty_text_is_stored_as_one():
    row = UserProfileFactory()

    assert (row.phone_number, fresh(row).phone_number) == ("", "")
    assert (stored(row, "phone_number"), stored(row, "phone_number_index")) == ("", "")


@pytest.mark.django_db
def test_a_value_that_was_copied_to_another_row_is_unreadable():
    own, victim = device("MINE"), device("YOURS")

    put(victim, "secret", stored(own, "secret"))

    with pytest.raises(Unreadable):
        _ = fresh(victim).secret
    assert fresh(own).secret == "MINE"


@pytest.mark.django_db
def test_a_value_that_was_copied_to_another_column_is_unreadable():
    row = message(text="Your code is 123456.")

    put(row, "recipient", stored(row, "text"))

    with pytest.raises(Unreadable):
        _ = fresh(row).recipient
    assert fresh(row).text == "Your code is 123456."


@pytest.mark.django_db
def test_a_value_that_was_copied_to_another_table_is_unreadable():
    row, key = device(), uuid7()
    twin = message(id=row.pk, text="anything")
    noise = device(id=key)

    put(twin, "text", stored(row, "secret"))

    assert (twin.pk, noise.pk) == (row.pk, key)
    with pytest.raises(Unreadable):
        _ = fresh(twin).text


@pytest.mark.django_db
def test_a_value_is_bound_to_table_column_and_row():
    row = device()

    place = f"accounts_mfadevice.secret.{row.pk}"

    assert unseal(stored(row, "secret"), place=place) == SECRET
    for elsewhere in ("accounts_device", "shop_mfadevice"):
        with pytest.raises(Unreadable):
            unseal(stored(row, "secret"), place=place.replace("accounts_mfadevice", elsewhere))


@pytest.mark.django_db
def test_a_row_that_was_copied_under_another_key_is_not_saved():
    row = fresh(device())

    row.pk, row._state.adding = uuid7(), True

    with pytest.raises(Unreadable):
        row.save()


@pytest.mark.django_db
def test_saving_an_unchanged_row_leaves_the_sealed_value_as_it_was():
    row = device()
    before = stored(row, "secret")

    row.save()
    read = fresh(row)
    read.secret = SECRET
    read.clean_fields(exclude=["confirmed_at", "last_used_at"])
    read.save()
    read.refresh_from_db()
    read.save()

    assert stored(row, "secret") == before


@pytest.mark.django_db
def test_saving_an_unchanged_row_does_not_seal_it_anew_by_a_newer_key(settings: Settings):
    settings.ENCRYPTION_KEYS = [OLD]
    row = device()

    settings.ENCRYPTION_KEYS = [NEW, OLD]
    fresh(row).save()
    kept = stored(row, "secret")
    changed = fresh(row)
    changed.secret = "ANOTHER"
    changed.save()

    assert (kept[:3], stored(row, "secret")[:3]) == ("k1.", "k2.")
    assert fresh(row).secret == "ANOTHER"


@pytest.mark.django_db
def test_an_unreadable_value_can_be_replaced():
    row = device()
    put(row, "secret", "gone.AAAA")

    read = fresh(row)
    read.secret = "NEW"
    read.save()

    assert fresh(row).secret == "NEW"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ask",
    [
        lambda: MfaDevice.objects.update(secret="plain"),
        lambda: MfaDevice.objects.filter(secret=SECRET).exists(),
        lambda: MfaDevice.objects.exclude(secret=SECRET).exists(),
        lambda: MfaDevice.objects.filter(secret__in=[SECRET, "other"]).exists(),
        lambda: MfaDevice.objects.bulk_update([MfaDevice.objects.get()], ["secret"]),
    ],
    ids=["update", "filter", "exclude", "in", "bulk_update"],
)
def test_a_plain_text_that_belongs_to_no_row_is_refused(ask: Any):
    row = device()
    before = stored(row, "secret")

    with pytest.raises(TypeError, match="secret is encrypted"), transaction.atomic():
        ask()

    assert stored(row, "secret") == before


@pytest.mark.parametrize(
    "lookup", ["contains", "icontains", "startswith", "iexact", "regex", "gt", "range", "search"]
)
def test_it_cannot_be_searched(lookup: str):
    with pytest.raises(FieldError, match=f"Unsupported lookup '{lookup}'"):
        MfaDevice.objects.filter(**{f"secret__{lookup}": "A"})


@pytest.mark.django_db
def test_many_rows_at_once_are_sealed_each_for_its_own_place():
    user = UserFactory()
    devices = [MfaDevice(user=user, name="Phone", secret=f"SECRET{n}") for n in range(3)]

    MfaDevice.objects.bulk_create(devices)

    read = MfaDevice.objects.order_by("pk")
    assert [row.secret for row in read] == [row.secret for row in devices]
    assert [row.secret for row in read] == ["SECRET0", "SECRET1", "SECRET2"]
    assert "SECRET" not in "".join(stored(row, "secret") for row in devices)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rows",
    [MfaDevice.objects.defer("secret"), MfaDevice.objects.only("name")],
    ids=["defer", "only"],
)
def test_a_column_that_is_loaded_later_opens_too(rows: Any):
    row, noise = device(), device("NOISE")

    late = rows.get(pk=row.pk)

    assert "secret" not in late.__dict__
    assert (late.secret, fresh(noise).secret) == (SECRET, "NOISE")


@pytest.mark.django_db
def test_saving_a_row_without_its_sealed_column_leaves_that_alone():
    row = device()
    before = stored(row, "secret")

    late = MfaDevice.objects.defer("secret").get(pk=row.pk)
    late.name = "Tablet"
    late.save()

    assert (fresh(row).name, stored(row, "secret")) == ("Tablet", before)


@pytest.mark.django_db
def test_values_that_are_read_past_the_row_stay_sealed_and_its_field_opens_them():
    row, field = device(), MfaDevice._meta.get_field("secret")

    (value,) = MfaDevice.objects.values_list("secret", flat=True)

    assert isinstance(value, Sealed)
    assert SECRET not in value
    assert field.open(row, value) == SECRET


@pytest.mark.django_db
def test_a_blind_index_finds_the_row_whichever_key_made_it(settings: Settings):
    settings.ENCRYPTION_KEYS = [OLD]
    before, noise = (UserProfileFactory(phone_number=phone) for phone in (PHONE, "+27820000000"))
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    after = UserProfileFactory(phone_number=PHONE)
    index = UserProfile._meta.get_field("phone_number_index")

    digests = index.digests(PHONE)

    found = UserProfile.objects.filter(phone_number_index__in=digests)
    assert set(found) == {before, after}
    assert noise not in found
    assert digests == [fresh(after).phone_number_index, fresh(before).phone_number_index]


@pytest.mark.django_db
def test_a_blind_index_follows_its_source():
    row = UserProfileFactory(phone_number=PHONE)
    first = stored(row, "phone_number_index")

    row.phone_number = "+27820000000"
    row.save(update_fields=["phone_number", "phone_number_index"])
    second = stored(row, "phone_number_index")
    UserProfile.objects.update_or_create(pk=row.pk, defaults={"phone_number": PHONE})

    assert len({first, second, ""}) == 3
    assert stored(row, "phone_number_index") == first


def test_the_same_text_has_another_digest_in_another_column_and_by_another_key(settings: Settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    here, there = (blind_indexes(PHONE, column=name) for name in ("a.phone", "b.phone"))

    settings.ENCRYPTION_KEYS = [OLD]

    assert len({*here, *there}) == 4
    assert blind_indexes(PHONE, column="a.phone") == [here[1]]


@pytest.mark.django_db
def test_nothing_of_it_is_in_clear_anywhere_in_the_database():
    profile, target = UserProfileFactory(phone_number=PHONE), "canary-target@example.org"
    row = device("CANARYSECRET")
    Challenge.objects.create(
        user=row.user, kind="EMAIL", target=target, secret_hash="h", expires_at=row.created_at
    )
    sent = message(recipient="canary-to@example.org", text="canary-text", html="canary-html")
    row.secret, profile.phone_number = "CANARYOTHER", "+27829999999"
    row.save()
    profile.save()
    sent.delete()
    removed = str(row.pk)
    row.delete()

    everything = dump()

    assert str(profile.pk) in everything
    assert removed in everything, "The audit entries of the removed row are looked at too."
    for hidden in (PHONE, PHONE[1:], "27829999999", target, "canary", "CANARY"):
        assert hidden not in everything, hidden


def encrypted_columns() -> list[Any]:
    """Every encrypted column of every model."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def test_rows_with_encrypted_columns_know_their_key_before_they_are_stored():
    unbound = [field for field in encrypted_columns() if not field.model().pk]

    assert len(encrypted_columns()) >= 5
    assert unbound == []


def test_each_blind_index_has_an_encrypted_column_as_its_source():
    indexes = [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, BlindIndexField)
    ]

    assert len(indexes) >= 2
    assert {index.model._meta.get_field(index.source) for index in indexes} <= set(
        encrypted_columns()
    )
