#include "service/core/commit_doubt.h"

#include "base/log.h"
#include "service/core/ledger_cache.h"
#include "statements.h"

enum { KEPT_SECONDS = 7 * UTC_DAY };

/* For example after a failover to a standby that lagged. */
static void
lost_commits(struct call *call)
{
    log_line(LOG_ERROR, "store.lost_commits",
             "the store does not hold what this server has committed: everything that the server "
             "remembers is read again");
    ledger_cache_forget(call->ledger_cache);
    store_note_loss(call->db.store);
}

enum status
commit_doubt_mark(struct call *call, struct store_mark mark, struct clock_stored *stored,
                  bool *is_new)
{
    struct transaction_open_in in = {
        .node = mark.node,
        .number = mark.number,
        .replaces = mark.replaces,
        .saves = call->saving == SAVING_DONE_HERE,
    };
    struct transaction_open_out row = { 0 };
    enum status status = transaction_open(&call->db, &in, &row, is_new);

    if (status || !*is_new)
        return status;
    *stored = (struct clock_stored){ row.latest_at, row.resets, row.database_at.is,
                                     row.database_at.value };
    if (mark.replaces > 0 && row.replaced == 0)
        lost_commits(call);
    return STATUS_OK;
}

/* A standby that confirms a newer commit also has the one in doubt. */
static enum status
check_mark(struct call *call, struct store_mark doubt, bool *committed)
{
    struct clock_stored stored;
    bool is_new;
    enum status status = commit_doubt_mark(call, doubt, &stored, &is_new);

    struct transaction_mark_touch_in touch = { doubt.node, doubt.number };
    *committed = !status && !is_new;
    if (*committed)
        status = transaction_mark_touch(&call->db, &touch, NULL);
    if (status || !*committed) {
        store_rollback(call->db.store);
        return status;
    }
    return store_commit(call->db.store, &call->db.fault);
}

enum status
commit_doubt_settle(struct call *call, bool *committed)
{
    const struct store_mark doubt = *store_doubt(call->db.store);
    enum status status = store_begin(call->db.store, &call->db.fault);

    *committed = false;
    if (status)
        return status;
    status = check_mark(call, doubt, committed);
    if (status)
        return status;
    store_end_doubt(call->db.store, *committed);
    log_line(LOG_WARNING, "store.commit_cut", "the answer to a commit was lost; it was %scommitted",
             *committed ? "" : "not ");
    return STATUS_OK;
}

enum status
commit_doubt_forget_old(struct call *call)
{
    struct transaction_mark_forget_in in = { KEPT_SECONDS };

    return transaction_mark_forget(&call->db, &in, NULL);
}
