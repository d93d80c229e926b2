"""The migrations make exactly what schema.py says."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from labelmill.store.database import HEAD, Database
from labelmill.store.schema import metadata

CATALOG = {
    "columns": """
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attstorage, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d
        ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0 AND c.relkind IN ('r', 'p')
    """,
    "constraints": """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype <> 'n'
    """,
    "indexes": """
        SELECT c.relname, i.relname, replace(pg_get_indexdef(x.indexrelid), c.relnamespace::regnamespace || '.', '')
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    """,
    "tables": """
        SELECT c.relname, c.relkind, c.reloptions, pg_get_partkeydef(c.oid) FROM pg_class c
        WHERE c.relkind IN ('r', 'p')
    """,
}
ENUMS = """
SELECT t.typname, array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typnamespace = CAST(:schema AS regnamespace) AND t.typname IN ('status', 'outcome', 'work') GROUP BY 1
"""


def _said(conn: sa.Connection, schema: str) -> dict[str, list[str]]:
    """What PostgreSQL says of our tables in a schema, as sorted text without the schema's name."""
    ours = "AND c.relnamespace = CAST(:schema AS regnamespace) AND c.relname = ANY(:tables)"
    told = {"schema": schema, "tables": [table.name for table in metadata.tables.values()]}
    found = {}
    for name, query in CATALOG.items():
        where = f"{query} {ours if 'WHERE' in query else ours.replace('AND', 'WHERE', 1)}"
        found[name] = sorted(str(tuple(row)).replace(f"{schema}.", "") for row in conn.execute(sa.text(where), told))
    found["enums"] = sorted(str(tuple(row)) for row in conn.execute(sa.text(ENUMS), {"schema": schema}))
    return found


def test_alembic_sees_no_difference(database: Database) -> None:
    ours = {table.name for table in metadata.tables.values()}
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, kind, parents: kind != "table" or name in ours,
    }
    with database.begin() as conn:
        assert compare_metadata(MigrationContext.configure(conn, opts=options), metadata) == []


def test_postgresql_sees_no_difference(database: Database) -> None:
    """Types, defaults, identities, comments, constraints, partial indexes, enums, fill factors, partitions."""
    with database.session() as conn, conn.begin() as undone:
        conn.execute(sa.text("CREATE SCHEMA declared"))
        conn.execute(sa.text("SET LOCAL search_path TO declared"))
        metadata.create_all(conn, checkfirst=False)
        declared = _said(conn, "declared")
        conn.execute(sa.text("SET LOCAL search_path TO public"))
        migrated = _said(conn, "public")
        undone.rollback()
    assert {name: len(found) > 2 for name, found in migrated.items()} == dict.fromkeys(migrated, True)
    assert migrated == declared


def test_the_newest_migration_is_the_one_a_start_compares_with(database: Database) -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "labelmill:store/migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
    with database.begin() as conn:
        assert conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD


def test_the_queue_of_jobs_is_there(database: Database) -> None:
    with database.begin() as conn:
        assert conn.execute(sa.text("SELECT count(*) FROM procrastinate_jobs")).scalar_one() == 0
