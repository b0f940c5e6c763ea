#include "store/migrate.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "statements.h"
#include "store/store_internal.h"
#include "store/text_forms.h"

enum { TRIES = 10, ANSWER_BYTES = 4096 };

static enum status
migrate_script(struct db *db, const struct migration *migration)
{
    const struct driver *driver = db->store->driver;
    bool sqlite = !strcmp(driver->name, "sqlite");

    return driver->script(db->store->connection, sqlite ? migration->sqlite : migration->postgres,
                          &db->fault);
}

static int
newest_number(void)
{
    const struct migration *migration = migrations_all;

    while (migration[1].name)
        migration++;
    return migration->number;
}

/* The number of the newest migration that ran. */
static enum status
migrate_read_last(struct db *db, int64_t *number)
{
    struct schema_migration_last_out last;
    enum status status = schema_migration_last(db, &last);

    *number = 0;
    if (status)
        return status;
    *number = last.number;
    if (last.number > newest_number())
        return fail(&db->fault, STATUS_CONFLICT, "", "store",
                    "the store was made by a newer version of this program: start that version");
    return STATUS_OK;
}

/* The same under the lock, and for a new store. */
static enum status
migrate_lock_and_read(struct db *db, int64_t *number)
{
    const struct driver *driver = db->store->driver;
    enum status status = STATUS_OK;

    if (driver->migration_lock)
        status = driver->script(db->store->connection, driver->migration_lock, &db->fault);
    if (!status)
        status = migrate_script(db, &migrations_all[0]);
    return status ? status : migrate_read_last(db, number);
}

/* Runs the next migration, if there is one. Call it in a transaction. */
static enum status
migrate_step(struct db *db, utc_seconds now, bool *done)
{
    int64_t number, changed;
    enum status status = migrate_lock_and_read(db, &number);

    if (status)
        return status;
    *done = number == newest_number();
    if (*done)
        return STATUS_OK;

    const struct migration *next = &migrations_all[number + 1];
    status = migrate_script(db, next);
    if (status)
        return status;
    log_line(LOG_INFO, "store.migrated", "number=%d name=%s", next->number, next->name);
    return schema_migration_insert(db,
                                   &(struct schema_migration_insert_in){
                                       .number = next->number,
                                       .name = next->name,
                                       .applied_at = now,
                                   },
                                   &changed);
}

static enum status
migrate_step_once(struct store *store, utc_seconds now, bool *done, struct fault *fault)
{
    struct arena arena;
    struct db db = { store, &arena, { 0 } };
    enum status status = store_begin(store, fault);

    if (status)
        return status;
    arena_init(&arena, ANSWER_BYTES);
    status = migrate_step(&db, now, done);
    arena_clear(&arena);
    if (status) {
        *fault = db.fault;
        store_rollback(store);
        return status;
    }
    return store_commit(store, fault);
}

enum status
migrate(struct store *store, utc_seconds now, struct fault *fault)
{
    bool done = false;
    int tries = 0;

    while (!done) {
        struct fault of_try = { 0 };
        enum status status = migrate_step_once(store, now, &done, &of_try);

        if (status && (status != STATUS_BUSY || ++tries >= TRIES)) {
            *fault = of_try;
            return status;
        }
        done = done && !status; /* no pause: store_begin() has waited */
    }
    return text_forms_complete(store, fault);
}

/* Without the state of the texts. */
static enum status
schema_find_number(struct db *db, enum schema_state *out)
{
    struct schema_exists_out table;
    int64_t number;
    enum status status = schema_exists(db, &table);

    *out = SCHEMA_NONE;
    if (status || !table.found)
        return status;
    status = migrate_read_last(db, &number);
    *out = number == newest_number() ? SCHEMA_CURRENT : number > 0 ? SCHEMA_OLDER : SCHEMA_NONE;
    return status;
}

enum status
schema_find(struct store *store, enum schema_state *out, struct fault *fault)
{
    struct arena arena;
    struct db db = { store, &arena, { 0 } };
    bool stale = false;

    arena_init(&arena, ANSWER_BYTES);
    enum status status = schema_find_number(&db, out);
    arena_clear(&arena);
    if (status) {
        *fault = db.fault;
        return status;
    }
    if (*out == SCHEMA_CURRENT)
        status = text_forms_stale(store, &stale, fault);
    if (stale)
        *out = SCHEMA_OLDER_TEXTS;
    return status;
}
