#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "store/migrate.h"
#include "support/check.h"
#include "support/store_fixture.h"

enum { WORKERS = 4 };

static int
released(void)
{
    int count = 0;

    while (migrations_all[count + 1].name)
        count++;
    return count;
}

static void
again_changes_nothing(struct fixture *fixture)
{
    struct fault fault = { 0 };

    check_int(fixture_count(fixture, "SELECT count(*) FROM schema_migration"), released());
    check_int(fixture_count(fixture, "SELECT max(number) FROM schema_migration"), released());
    check_int(migrate(fixture->call.store, fixture->call.now + 5, &fault), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM schema_migration"), released());
    check_int(fixture_count(fixture, "SELECT max(applied_at) FROM schema_migration"),
              fixture->call.now);
}

TEST(migrating_again_changes_nothing)
{
    with_each_store(again_changes_nothing);
}

static void
newer_is_refused(struct fixture *fixture)
{
    struct fault fault = { 0 };

    fixture_script(fixture, "INSERT INTO schema_migration (number, name, applied_at)"
                            " VALUES (9999, 'of_the_future', 1)");
    check_int(migrate(fixture->call.store, fixture->call.now, &fault), STATUS_CONFLICT);
    check_text(fault.field, "store");
    check_text(fault.reason,
               "the store was made by a newer version of this program: start that one");
    check_int(store_begin(fixture->call.store, &fault), STATUS_OK); /* nothing was left open */
    store_rollback(fixture->call.store);
}

TEST(a_newer_store_is_refused)
{
    with_each_store(newer_is_refused);
}

/* As before any start: without a single table. */
static const char empty_postgres[] =
    "DO $$ DECLARE own text := current_schema(); BEGIN"
    " EXECUTE 'DROP SCHEMA ' || own || ' CASCADE'; EXECUTE 'CREATE SCHEMA ' || own; END $$";

struct worker {
    pthread_t thread;
    struct store *store;
    struct fault fault;
    enum status status;
};

static void *
work(void *with)
{
    struct worker *worker = with;

    worker->status = migrate(worker->store, 1, &worker->fault);
    return NULL;
}

static void
many_at_once(struct fixture *fixture)
{
    struct worker workers[WORKERS] = { 0 };
    bool sqlite = !strcmp(fixture->driver_name, "sqlite");
    char url[1024];
    struct fixture fresh = *fixture;

    /* SQLite: a file that is not there yet; PostgreSQL: the same schema, emptied. */
    snprintf(url, sizeof url, "%s%s", fixture->url, sqlite ? "-fresh" : "");
    fresh.url = url;
    if (!sqlite)
        fixture_script(fixture, empty_postgres);
    for (int i = 0; i < WORKERS; i++) {
        workers[i].store = fixture_open_second(&fresh, STORE_READ_WRITE);
        check_int(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        check_int(pthread_join(workers[i].thread, NULL), 0);
        check_int(workers[i].status, STATUS_OK);
        check_text(workers[i].fault.reason, "");
    }
    for (int i = 0; i < WORKERS; i++)
        store_close(workers[i].store);
    if (sqlite)
        check_int(remove(url + strlen("sqlite:")), 0);
    else
        check_int(fixture_count(fixture, "SELECT count(*) FROM schema_migration"), released());
}

TEST(several_processes_may_migrate_a_fresh_store_at_once)
{
    with_each_store(many_at_once);
}

static void
half_is_rolled_back(struct fixture *fixture)
{
    struct fault fault = { 0 };

    /* As if only the first had ever run, though the tables of the second are there: it fails. */
    fixture_script(fixture, "DELETE FROM schema_migration WHERE number > 1");
    check_int(migrate(fixture->call.store, fixture->call.now, &fault), STATUS_BROKEN);
    check_int(fixture_count(fixture, "SELECT count(*) FROM schema_migration"), 1);
    check_int(store_begin(fixture->call.store, &fault), STATUS_OK);
    store_rollback(fixture->call.store);
}

TEST(a_migration_that_fails_leaves_nothing_behind)
{
    with_each_store(half_is_rolled_back);
}
