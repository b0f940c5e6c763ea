/* fence.c - checks that a reading store shows all commits of this process. */
#include <stdatomic.h>

#include "base/log.h"
#include "statements.h"
#include "store/store_internal.h"

enum { ANSWER_BYTES = 1024 };

void
fence_raise(struct store *store)
{
    if (!store->fence || store->reads_only)
        return;
    atomic_store(&store->fence->node, store->mark.node);
    atomic_store(&store->fence->number, store->mark.number);
}

static enum status
fence_drop(struct store *store, struct fault *fault)
{
    log_often(LOG_WARNING, "store.behind", "", "%s",
              "a reading connection shows an older state than this server has committed: it is "
              "dropped");
    store->driver->drop(store->connection);
    return fail(fault, STATUS_BUSY, "", "", "the store shows an older state; try again");
}

/* Reads the fence before the store: a commit in between does no harm. */
static enum status
fence_check(struct store *store, struct fault *fault)
{
    int64_t number = atomic_load(&store->fence->number);
    struct transaction_mark_get_in in = { atomic_load(&store->fence->node) };
    struct transaction_mark_get_out seen;
    struct arena arena;
    struct db db = { store, &arena, { 0 } };
    bool found;

    if (number == 0)
        return STATUS_OK;
    arena_init(&arena, ANSWER_BYTES);
    store->proving = true;
    enum status status = transaction_mark_get(&db, &in, &seen, &found);
    store->proving = false;
    arena_clear(&arena);
    if (status) {
        *fault = db.fault;
        return status;
    }
    if (!found || seen.number < number)
        return fence_drop(store, fault);
    store->proven = number;
    return STATUS_OK;
}

enum status
fence_prove_snapshot(struct store *store, struct fault *fault)
{
    return store->fence && store->reads_only ? fence_check(store, fault) : STATUS_OK;
}

static enum status
prove_once(struct store *store, struct fault *fault)
{
    bool is_new;
    enum status status = store->driver->ready(store->connection, &is_new, fault);
    if (is_new)
        store->proven = 0; /* and stays so if the check fails */
    if (status || store->proven == atomic_load(&store->fence->number))
        return status;
    return fence_check(store, fault);
}

enum status
fence_prove(struct store *store, struct fault *fault)
{
    if (!store->fence || !store->reads_only || store->in_transaction || store->proving)
        return STATUS_OK;
    enum status status = prove_once(store, fault);
    return status == STATUS_BUSY ? prove_once(store, fault) : status; /* on a new connection */
}
