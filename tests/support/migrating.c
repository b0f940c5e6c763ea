#include "support/migrating.h"

#include <stdio.h>
#include <string.h>

#include "store/migrate.h"
#include "support/check.h"
#include "support/sample.h"

/* As before any start: without a single table. */
static const char empty_postgres[] =
    "DO $$ DECLARE own text := current_schema(); BEGIN"
    " EXECUTE 'DROP SCHEMA ' || own || ' CASCADE'; EXECUTE 'CREATE SCHEMA ' || own; END $$";

struct fixture
fresh_place(struct fixture *fixture, char url[MIGRATING_URL_SIZE])
{
    struct fixture fresh = *fixture;

    snprintf(url, MIGRATING_URL_SIZE, "%s%s", fixture->url, on_sqlite(fixture) ? "-fresh" : "");
    fresh.url = url;
    if (!on_sqlite(fixture))
        fixture_script(fixture, empty_postgres);
    return fresh;
}

void
leave_place(const struct fixture *fresh)
{
    if (on_sqlite(fresh))
        check_int(remove(fresh->url + strlen("sqlite:")), 0);
}

void
migrate_to(struct fixture *fresh, int newest)
{
    char sql[256];

    for (const struct migration *next = migrations_all; next->number <= newest; next++) {
        fixture_script(fresh, on_sqlite(fresh) ? next->sqlite : next->postgres);
        snprintf(sql, sizeof sql,
                 "INSERT INTO schema_migration (number, name, applied_at) VALUES (%d, '%s', 1)",
                 next->number, next->name);
        if (next->number > 0)
            fixture_script(fresh, sql);
    }
}
