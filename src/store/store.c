#include "store/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "base/memory.h"
#include "store/store_internal.h"

static const struct {
    const char *start;
    const struct driver *driver;
} schemes[] = {
    { "sqlite:", &driver_sqlite },
    { "postgresql://", &driver_postgres },
    { "postgres://", &driver_postgres },
};

const struct driver *
store_driver_for(const char *url)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (!strncmp(url, schemes[i].start, strlen(schemes[i].start)))
            return schemes[i].driver;
    return NULL;
}

enum status
store_open_with(struct store **out, const struct driver *driver,
                const struct store_options *options, struct fault *fault)
{
    struct store_options filled = *options;
    struct store *store = memory_new(1, sizeof *store);

    *out = NULL;
    if (!filled.busy_wait_ms)
        filled.busy_wait_ms = STORE_BUSY_WAIT_MS;
    store->driver = driver;
    store->late.deadline = options->deadline;
    store->mark.node = id_random();
    store->reads_only = options->mode == STORE_READ_ONLY;
    store->fence = driver->is_shared ? options->fence : NULL;
    enum status status = driver->open(&store->connection, &filled, fault);
    if (status) {
        free(store);
        return status;
    }
    *out = store;
    return STATUS_OK;
}

static enum status
no_driver(struct fault *fault)
{
    return fail(fault, STATUS_INVALID, "", "store",
                "write the store as sqlite:PATH or postgresql://USER@HOST/DATABASE");
}

enum status
store_open(struct store **out, const struct store_options *options, struct fault *fault)
{
    const struct driver *driver = store_driver_for(options->url);

    *out = NULL;
    return driver ? store_open_with(out, driver, options, fault) : no_driver(fault);
}

void
store_close(struct store *store)
{
    if (!store)
        return;
    store_rollback(store);
    store->driver->close(store->connection);
    free(store);
}

enum status
store_claim(struct store_claim **out, const char *url, struct fault *fault)
{
    const struct driver *driver = store_driver_for(url);
    struct store_claim claim;

    *out = NULL;
    if (!driver)
        return no_driver(fault);
    if (!driver->claim)
        return STATUS_OK;
    enum status status = driver->claim(&claim, url, fault);
    if (status)
        return status;
    *out = memory_new(1, sizeof **out);
    **out = claim;
    return STATUS_OK;
}

void
store_release(struct store_claim *claim)
{
    if (!claim)
        return;
    close(claim->store);
    close(claim->lock);
    free(claim);
}

const char *
store_driver_name(const struct store *store)
{
    return store->driver->name;
}

bool
store_is_shared(const struct store *store)
{
    return store->driver->is_shared;
}

const struct deadline *
store_deadline(const struct store *store)
{
    return store->late.deadline;
}

void
store_set_budget(struct store *store, const struct deadline *budget)
{
    store->late.budget = budget;
    store->driver->set_budget(store->connection, budget);
}

bool
store_is_late(const struct store *store)
{
    return late_is_over(&store->late);
}

enum status
store_fail_late(const struct store *store, struct fault *fault)
{
    return late_fail(&store->late, fault);
}

static enum status
store_begin_as(struct store *store, enum store_mode mode, struct fault *fault)
{
    assert(!store->in_transaction && !store->streaming);
    enum status status = store->driver->begin(store->connection, mode, fault);
    if (status)
        return status;
    store->in_transaction = true;
    store->doomed = store->marked = false;
    return STATUS_OK;
}

enum status
store_begin(struct store *store, struct fault *fault)
{
    return store_begin_as(store, STORE_READ_WRITE, fault);
}

enum status
store_begin_read(struct store *store, struct fault *fault)
{
    enum status status = store_begin_as(store, STORE_READ_ONLY, fault);

    if (status)
        return status;
    status = fence_prove_snapshot(store, fault);
    if (status)
        store_rollback(store);
    return status;
}

static void
mark_is_committed(struct store *store)
{
    store->mark.replaces = store->mark.number;
    fence_raise(store);
}

enum status
store_commit(struct store *store, struct fault *fault)
{
    bool in_doubt = false;
    enum status status;

    assert(store->in_transaction);
    /* PostgreSQL refuses to commit such a transaction; SQLite would commit a part of it. */
    if (store->doomed)
        status =
            fail(fault, STATUS_BROKEN, "", "", "an earlier statement of this transaction failed");
    else
        status = store->driver->commit(store->connection, &in_doubt, fault);
    if (store->marked && !status)
        mark_is_committed(store);
    store->in_doubt |= store->marked && in_doubt;
    if (status)
        store->driver->rollback(store->connection);
    store->in_transaction = false;
    return status;
}

void
store_rollback(struct store *store)
{
    if (!store->in_transaction)
        return;
    store->driver->rollback(store->connection);
    store->in_transaction = false;
}

struct store_mark
store_take_mark(struct store *store)
{
    assert(store->in_transaction && !store->in_doubt);
    store->mark.number++;
    store->marked = true;
    return store->mark;
}

void
store_note_loss(struct store *store)
{
    store->losses++;
}

unsigned
store_losses(const struct store *store)
{
    return store->losses;
}

const struct store_mark *
store_doubt(const struct store *store)
{
    return store->in_doubt ? &store->mark : NULL;
}

void
store_end_doubt(struct store *store, bool committed)
{
    store->in_doubt = false;
    if (committed)
        mark_is_committed(store);
}
