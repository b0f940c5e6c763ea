#include "service/ingest/commit_split.h"

#include "base/log.h"
#include "service/ingest/ingest_isolation.h"

/* The first half may isolate organizations of the second one. */
static enum status
split_halves(struct ingest *ingest, struct call *call, struct ingest_item **items, size_t count)
{
    enum status first = commit_split(ingest, call, items, count / 2);

    if (first == STATUS_BUSY)
        return first;
    enum status second = commit_split(ingest, call, items + count / 2, count - count / 2);
    return first || second == STATUS_BUSY ? second : STATUS_OK;
}

enum status
commit_split(struct ingest *ingest, struct call *call, struct ingest_item **items, size_t count)
{
    size_t free_count;
    enum status status = ingest_isolation_part(ingest, call, items, count, &free_count);

    if (status || (count > 0 && free_count == 0))
        return status;
    status = ingest_commit(ingest, call, items, free_count);
    arena_clear(call->db.arena);
    if (!status || status == STATUS_BUSY || free_count == 0)
        return status;
    if (free_count > 1)
        return split_halves(ingest, call, items, free_count);
    log_often(LOG_ERROR, "ingest.failed", call->db.fault.reason, "%s", call->db.fault.reason);
    ingest_isolation_add(ingest, call, items[0]);
    return status;
}
