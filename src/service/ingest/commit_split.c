#include "service/ingest/commit_split.h"

#include "base/log.h"

enum status
commit_split(struct ingest *ingest, struct call *call, struct ingest_item **items, size_t count)
{
    enum status status = ingest_commit(ingest, call, items, count);

    arena_clear(call->db.arena);
    if (!status || status == STATUS_BUSY)
        return status;
    if (count == 1)
        log_line(LOG_ERROR, "ingest.failed", "%s", call->db.fault.reason);
    if (count < 2)
        return status;
    enum status first = commit_split(ingest, call, items, count / 2);
    if (first == STATUS_BUSY)
        return first;
    enum status second = commit_split(ingest, call, items + count / 2, count - count / 2);
    return first || second == STATUS_BUSY ? second : STATUS_OK;
}
