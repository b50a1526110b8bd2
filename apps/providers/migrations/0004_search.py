"""Search by words in three languages, and by place on a sphere.

Both extensions are trusted: the owner of a database may make them. Here and not in the migration
before, for rows are written at the end, after which their tables cannot be altered.
"""

from django.contrib.postgres.indexes import GistIndex
from django.contrib.postgres.operations import CreateExtension, UnaccentExtension
from django.db import migrations
from django.db.models import Q

from kernel.places import whereabouts

LANGUAGES = ("english", "french", "russian")
WORDS = "asciiword, asciihword, hword_asciipart, word, hword, hword_part"

#: Words that mean nothing in one language are dropped in all, before accents are folded: in the
#: list of French they have theirs.
MAKE_STOPS = [
    f"CREATE TEXT SEARCH DICTIONARY fundi_stop_{language}"
    f" (TEMPLATE = simple, STOPWORDS = {language}, ACCEPT = false)"
    for language in LANGUAGES
]
STOPS = ", ".join(f"fundi_stop_{language}" for language in LANGUAGES)
MAKE_CONFIGURATIONS = [
    statement
    for language in LANGUAGES
    for statement in (
        f"CREATE TEXT SEARCH CONFIGURATION fundi_{language} (COPY = pg_catalog.simple)",
        f"ALTER TEXT SEARCH CONFIGURATION fundi_{language}"
        f" ALTER MAPPING FOR {WORDS} WITH {STOPS}, unaccent, {language}_stem",
    )
]
DROP = [
    *(f"DROP TEXT SEARCH CONFIGURATION fundi_{language}" for language in LANGUAGES),
    *(f"DROP TEXT SEARCH DICTIONARY fundi_stop_{language}" for language in LANGUAGES),
]

TEXTS = {
    "A": "p.business_name",
    "B": "coalesce(offers, '')",
    "C": "left(p.business_description, 10000)",
    "D": "concat_ws(' ', p.city, areas)",
}
FILL = f"""
INSERT INTO providers_providersearchentry (provider_id, words)
SELECT p.id, {" || ".join(
    f"setweight(to_tsvector('fundi_{language}', normalize({text})), '{weight}')"
    for language in LANGUAGES
    for weight, text in TEXTS.items()
)}
FROM providers_serviceproviderprofile p
LEFT JOIN LATERAL (
    WITH RECURSIVE services AS (
        SELECT s.category_id, s.name
        FROM providers_serviceproviderservice o
        JOIN catalog_servicesubcategory s ON s.id = o.subcategory_id
        WHERE o.provider_id = p.id AND o.is_available AND NOT o.is_deleted AND NOT s.is_deleted
    ), branches AS (
        SELECT category_id FROM services
        UNION
        SELECT c.parent_id
        FROM branches b JOIN catalog_servicecategory c ON c.id = b.category_id
        WHERE c.parent_id IS NOT NULL
    ), names AS (
        SELECT name FROM services
        UNION ALL
        SELECT concat_ws(' ', c.name, array_to_string(c.keywords, ' '))
        FROM branches b JOIN catalog_servicecategory c ON c.id = b.category_id
        WHERE NOT c.is_deleted
    )
    SELECT string_agg(name, ' ' ORDER BY name) AS offers FROM names
) o ON true
LEFT JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', a.name, a.city), ' ' ORDER BY a.name) AS areas
    FROM providers_serviceproviderprofile_service_areas w
    JOIN catalog_servicearea a ON a.id = w.servicearea_id
    WHERE w.serviceproviderprofile_id = p.id AND NOT a.is_deleted
) w ON true
"""


class Migration(migrations.Migration):

    dependencies = [("providers", "0003_marketplace")]

    operations = [
        CreateExtension("cube"),
        UnaccentExtension(),
        migrations.RunSQL([*MAKE_STOPS, *MAKE_CONFIGURATIONS], DROP),
        migrations.RemoveIndex("serviceproviderprofile", "provider_location"),
        migrations.AddIndex(
            "serviceproviderprofile",
            GistIndex(
                whereabouts(),
                condition=Q(is_deleted=False),
                name="provider_location",
            ),
        ),
        # No entry of the catalog has translations yet: their column is as new as this.
        migrations.RunSQL(FILL, "DELETE FROM providers_providersearchentry"),
    ]
