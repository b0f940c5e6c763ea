/* journal_index_load.c - reads the journal into its index (journal_index.h). */
#include "service/measurement/journal_index.h"

#include "service/core/transaction.h"
#include "service/measurement/journal.h"
#include "statements.h"
#include "store/store.h"

enum {
    LEFT_AGE_SECONDS = 2 * 3600,
    LEFT_LOOK_SECONDS = 60,
};

static enum status
load_row(void *with, const struct journal_index_load_out *row, struct fault *fault)
{
    (void)fault;
    journal_index_add(with, row->organization_id, row->sensor_id, row->id, row->received_at);
    return STATUS_OK;
}

/* *out: the rows with smaller ids; NULL after a failure. */
static enum status
load_rows_before(struct call *call, int64_t id, struct journal_index **out)
{
    struct journal_index_load_in in = { .before = id };
    struct journal_index *rows = journal_index_open();
    enum status status = journal_index_load(&call->db, &in, load_row, rows);

    if (status)
        journal_index_close(rows);
    *out = status ? NULL : rows;
    return status;
}

enum status
journal_index_rebuild(struct call *call)
{
    struct journal_index *rows;
    enum status status = load_rows_before(call, INT64_MAX, &rows);

    if (!status)
        journal_index_replace(call->journal_index, rows);
    return status;
}

static enum status
add_left_rows(struct call *call, void *with)
{
    size_t *added = with;
    struct journal_index *rows;
    enum status status =
        load_rows_before(call, journal_first_id(call->now - LEFT_AGE_SECONDS), &rows);

    if (status)
        return status;
    *added += journal_index_merge(call->journal_index, rows);
    journal_index_close(rows);
    return STATUS_OK;
}

enum status
journal_index_add_left(struct call *call, utc_seconds *looked_at, size_t *added)
{
    bool is_due = call->now < *looked_at || call->now - *looked_at >= LEFT_LOOK_SECONDS;

    *added = 0;
    if (!is_due || !store_is_shared(call->db.store))
        return STATUS_OK;
    *looked_at = call->now;
    return read_transact(call, add_left_rows, added);
}
