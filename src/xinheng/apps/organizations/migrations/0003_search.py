"""The search index: one row for each organization, and what each database adds.

The tables have no models, because nothing but the search reads them and each database
has its own (`docs/adr/0015-search-index.md`). They are filled at the end.
"""

from django.db import migrations

TABLES = {
    "sqlite": (
        "CREATE TABLE organizations_search (place INTEGER PRIMARY KEY,"
        " organization_id INTEGER NOT NULL UNIQUE, band INTEGER NOT NULL,"
        " code TEXT NOT NULL, names TEXT NOT NULL, initials TEXT NOT NULL)",
        "CREATE VIRTUAL TABLE organizations_search_text"
        " USING fts5(names, initials, content='', tokenize='ascii')",
    ),
    "postgresql": (
        "CREATE TABLE organizations_search (place bigint PRIMARY KEY,"
        " organization_id bigint NOT NULL UNIQUE, band integer NOT NULL,"
        ' code varchar(18) COLLATE "C" NOT NULL, names text NOT NULL,'
        " initials text NOT NULL, grams bigint[] NOT NULL)"
        " WITH (toast_tuple_target = 128)",
        # The pairs are for the index alone: kept beside the rows, they are not read
        # along with every name that is looked at.
        "ALTER TABLE organizations_search ALTER grams SET STORAGE EXTERNAL,"
        " ALTER names SET STORAGE MAIN, ALTER initials SET STORAGE MAIN",
        "CREATE INDEX organizations_search_grams ON organizations_search"
        " USING gin (grams) WITH (fastupdate = off)",
        "CREATE TABLE organizations_search_gram (gram bigint PRIMARY KEY,"
        " frequency integer NOT NULL, first_place bigint NOT NULL)",
    ),
}
INDEXES = (
    "CREATE UNIQUE INDEX organizations_search_order"
    " ON organizations_search (band, code)",
    "CREATE UNIQUE INDEX organizations_search_code ON organizations_search (code)",
)
BESIDE = {
    "sqlite": "organizations_search_text",
    "postgresql": "organizations_search_gram",
}


def create(apps, schema_editor):
    for statement in (*TABLES[schema_editor.connection.vendor], *INDEXES):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    beside = BESIDE[schema_editor.connection.vendor]
    schema_editor.execute(f"DROP TABLE {beside}")
    schema_editor.execute("DROP TABLE organizations_search")


def fill(apps, schema_editor):
    """Index what a register that is older than the index holds."""
    if apps.get_model("organizations", "Organization").objects.exists():
        from xinheng.apps.organizations import search_index

        search_index.rebuild()


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_register")]

    operations = [
        migrations.RunPython(create, drop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
