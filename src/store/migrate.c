#include "store/migrate.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "statements.h"
#include "store/store_internal.h"
#include "store/text_forms.h"

enum { TRIES = 10, ANSWER_BYTES = 4096 };

static enum status
script(struct store *store, const struct migration *migration, struct fault *fault)
{
    bool sqlite = !strcmp(store->driver->name, "sqlite");

    return store->driver->script(store->connection,
                                 sqlite ? migration->sqlite : migration->postgres, fault);
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
read_last(struct store *store, struct arena *arena, int64_t *number, struct fault *fault)
{
    struct schema_migration_last_out last;
    enum status status = schema_migration_last(store, arena, &last, fault);

    if (status)
        return status;
    *number = last.number;
    if (last.number > newest_number())
        return fail(fault, STATUS_CONFLICT, "", "store",
                    "the store was made by a newer version of this program: start that one");
    return STATUS_OK;
}

/* The same under the lock, also of a store that is new. */
static enum status
look(struct store *store, struct arena *arena, int64_t *number, struct fault *fault)
{
    enum status status = STATUS_OK;

    if (store->driver->migration_lock)
        status = store->driver->script(store->connection, store->driver->migration_lock, fault);
    if (!status)
        status = script(store, &migrations_all[0], fault);
    return status ? status : read_last(store, arena, number, fault);
}

/* In a transaction: the one that comes next, if any. */
static enum status
step(struct store *store, struct arena *arena, utc_seconds now, bool *done, struct fault *fault)
{
    int64_t number, changed;
    enum status status = look(store, arena, &number, fault);

    if (status)
        return status;
    *done = number == newest_number();
    if (*done)
        return STATUS_OK;

    const struct migration *next = &migrations_all[number + 1];
    status = script(store, next, fault);
    if (status)
        return status;
    log_line(LOG_INFO, "store.migrated", "number=%d name=%s", next->number, next->name);
    return schema_migration_insert(store, arena,
                                   &(struct schema_migration_insert_in){
                                       .number = next->number,
                                       .name = next->name,
                                       .applied_at = now,
                                   },
                                   &changed, fault);
}

static enum status
step_once(struct store *store, utc_seconds now, bool *done, struct fault *fault)
{
    struct arena arena;
    enum status status = store_begin(store, fault);

    if (status)
        return status;
    arena_init(&arena, ANSWER_BYTES);
    status = step(store, &arena, now, done, fault);
    arena_clear(&arena);
    if (status) {
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
        enum status status = step_once(store, now, &done, fault);

        if (status == STATUS_BUSY && ++tries < TRIES)
            done = false; /* begin has waited already: no pause */
        else if (status)
            return status;
    }
    return text_forms_update(store, fault);
}

enum status
migrations_missing(struct store *store, int *out, struct fault *fault)
{
    struct arena arena;
    int64_t number = 0;

    arena_init(&arena, ANSWER_BYTES);
    enum status status = read_last(store, &arena, &number, fault);
    bool stale = false;
    arena_clear(&arena);
    *out = newest_number() - (int)number;
    if (!status && *out == 0)
        status = text_forms_stale(store, &stale, fault);
    *out += stale;
    return status;
}
