#include "support/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/migrate.h"
#include "store/store_internal.h"
#include "support/check.h"

enum { URL_SIZE = 1024, SQL_SIZE = 2048 };

static void
migrate_store(struct store *store)
{
    struct fault fault = { 0 };

    check_int(migrate(store, FIXTURE_NOW, &fault), STATUS_OK);
    check_text(fault.reason, "");
}

static _Noreturn void
give_up(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE); /* each test would go on with nothing */
}

struct image {
    char *bytes;
    size_t size;
};

static struct image
read_image(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size;

    if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) <= 0)
        give_up(path);
    struct image image = { malloc((size_t)size), (size_t)size };
    rewind(file);
    if (!image.bytes || fread(image.bytes, image.size, 1, file) != 1)
        give_up(path);
    fclose(file);
    return image;
}

/* Closing the only connection moves all of the write-ahead log into the file. */
static struct image
make_image(const char *path)
{
    char url[URL_SIZE];
    struct fault fault = { 0 };
    struct store *store;

    snprintf(url, sizeof url, "sqlite:%s", path);
    if (store_open(&store, &(struct store_options){ .url = url, .mode = STORE_READ_WRITE }, &fault))
        give_up(fault.reason);
    migrate_store(store);
    store_close(store);
    struct image image = read_image(path);
    unlink(path);
    return image;
}

void
template_copy_sqlite(const char *path)
{
    static struct image image; /* in memory: no file is left when the process ends */

    if (!image.bytes)
        image = make_image(path);
    FILE *file = fopen(path, "wbx");
    if (!file || fwrite(image.bytes, image.size, 1, file) != 1 || fclose(file))
        give_up(path);
}

/* Changes whenever a table, column, index or constraint does. TRUNCATE leaves it as it is. */
static const char fingerprint[] =
    "SELECT coalesce(sum(hashtext(it)), 0) FROM ("
    " SELECT attrelid || attname || a.xmin FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
    " WHERE relnamespace = current_schema()::regnamespace AND attnum > 0"
    " UNION ALL SELECT oid || conname || xmin FROM pg_constraint"
    " WHERE connamespace = current_schema()::regnamespace"
    " UNION ALL SELECT t.oid || tgname || t.xmin FROM pg_trigger t JOIN pg_class c"
    " ON c.oid = tgrelid WHERE relnamespace = current_schema()::regnamespace) all_of (it)";

/* A table of no bytes has no rows. */
#define TABLES_WITH_BYTES                                                                          \
    "SELECT relname FROM pg_class WHERE relnamespace = '%1$s'::regnamespace AND relkind = 'r'"     \
    " AND pg_relation_size(oid) > 0"

static const char keep_rows[] =
    "DO $$ DECLARE name text; BEGIN FOR name IN " TABLES_WITH_BYTES " LOOP"
    " EXECUTE format('CREATE TABLE %1$s_rows.%%1$I AS TABLE %%1$I', name); END LOOP; END $$";

static const char reset[] =
    "DO $$ DECLARE name text; filled text; BEGIN"
    " SELECT string_agg(quote_ident(relname), ', ') INTO filled FROM (" TABLES_WITH_BYTES
    ") all_of;"
    " EXECUTE 'TRUNCATE ' || filled || ' CASCADE';"
    " FOR name IN SELECT relname FROM pg_class"
    " WHERE relnamespace = '%1$s_rows'::regnamespace AND relkind = 'r' LOOP"
    " EXECUTE format('INSERT INTO %%1$I TABLE %1$s_rows.%%1$I', name); END LOOP; END $$";

static const char make[] = "CREATE SCHEMA %1$s; CREATE SCHEMA %1$s_rows";

static const char drop[] = "DROP SCHEMA IF EXISTS %1$s CASCADE;"
                           "DROP SCHEMA IF EXISTS %1$s_rows CASCADE";

static void
run_script(struct store *store, const char *script)
{
    char schema[32], sql[SQL_SIZE];
    struct fault fault = { 0 };

    snprintf(schema, sizeof schema, "test_%ld", (long)getpid());
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int size = snprintf(sql, sizeof sql, script, schema);
#pragma GCC diagnostic pop
    check(size > 0 && (size_t)size < sizeof sql);
    check_int(store->driver->script(store->connection, sql, &fault), STATUS_OK);
    check_text(fault.reason, "");
}

static char own_url[URL_SIZE];
static pid_t owner;

static void
drop_schemas(void)
{
    struct fault fault = { 0 };
    struct store *store;

    if (getpid() != owner) /* a child that a test has forked */
        return;
    if (store_open(&store, &(struct store_options){ .url = own_url, .mode = STORE_READ_WRITE },
                   &fault))
        return; /* its cluster has ended before */
    run_script(store, drop);
    store_close(store);
}

static void
drop_at_exit(const char *url)
{
    if (owner)
        return;
    owner = getpid();
    snprintf(own_url, sizeof own_url, "%s", url);
    atexit(drop_schemas);
}

void
template_reset_postgres(struct fixture *fixture)
{
    struct store *store = fixture->call.db.store;
    static int64_t migrated;

    drop_at_exit(fixture->url);
    if (migrated && fixture_count(fixture, fingerprint) == migrated) {
        run_script(store, reset);
        return;
    }
    run_script(store, drop);
    run_script(store, make);
    migrate_store(store);
    run_script(store, keep_rows);
    migrated = fixture_count(fixture, fingerprint);
}
