#include "service/measurement/journal_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "store/store.h"

struct unsure_row {
    int64_t id, organization_id, sensor_id;
};

struct journal_writer {
    int64_t node;
    bool end_read; /* last_id is at least that of the store's newest row */
    int64_t last_id;
    struct journal_append_in *rows; /* of the batch, in the arena of its call */
    size_t row_count;
    struct unsure_row *unsure; /* of a batch whose commit is in doubt; ids ascend */
    size_t unsure_count, unsure_done;
};

struct journal_writer *
journal_writer_open(void)
{
    struct journal_writer *writer = memory_new(1, sizeof *writer);

    journal_writer_draw(writer);
    return writer;
}

void
journal_writer_close(struct journal_writer *writer)
{
    if (!writer)
        return;
    free(writer->unsure);
    free(writer);
}

void
journal_writer_draw(struct journal_writer *writer)
{
    random_bytes(&writer->node, sizeof writer->node);
    writer->node &= (1 << JOURNAL_NODE_BITS) - 1;
}

static int64_t
writer_next_id(struct journal_writer *writer, utc_seconds now)
{
    int64_t first = journal_first_id(now);
    /* The last id may be another process's, with other bits. */
    int64_t next = ((writer->last_id >> JOURNAL_NODE_BITS) + 1) << JOURNAL_NODE_BITS;

    writer->last_id = (next > first ? next : first) | writer->node;
    return writer->last_id;
}

void
journal_writer_add(struct journal_writer *writer, const struct call *call, int64_t organization_id,
                   int64_t sensor_id, struct bytes message)
{
    writer->rows[writer->row_count++] = (struct journal_append_in){
        .id = writer_next_id(writer, call->now),
        .organization_id = organization_id,
        .sensor_id = sensor_id,
        .received_at = call->now,
        .message = message,
    };
}

enum status
journal_writer_write(struct journal_writer *writer, struct call *call)
{
    return writer->row_count > 0 ? journal_append(&call->db, writer->rows, writer->row_count, NULL)
                                 : STATUS_OK;
}

/* New ids are greater than those in the store, and than those that were compacted since the index
 * was made, even if the clock was set back meanwhile. */
static enum status
writer_read_end(struct journal_writer *writer, struct call *call)
{
    struct journal_newest_id_out newest;

    if (writer->end_read)
        return STATUS_OK;
    enum status status = journal_newest_id(&call->db, &newest);
    if (status)
        return status;
    int64_t indexed = call->journal_index ? journal_index_totals(call->journal_index).newest_id : 0;
    writer->last_id = indexed > newest.id ? indexed : newest.id;
    writer->end_read = true;
    return STATUS_OK;
}

struct unsure_context {
    const struct unsure_row *unsure; /* those that the statement reads */
    struct journal_index *index;
};

static enum status
writer_take_found(void *with, const struct journal_rows_out *row, struct fault *fault)
{
    const struct unsure_context *context = with;
    const struct unsure_row *unsure = context->unsure;

    (void)fault;
    while (unsure->id != row->id)
        unsure++;
    journal_index_add(context->index, unsure->organization_id, unsure->sensor_id, row->id,
                      row->received_at);
    return STATUS_OK;
}

/* The doubt is settled by now: transact() does that before its body runs. */
static enum status
writer_find_unsure(struct journal_writer *writer, struct call *call)
{
    enum { ROOM = sizeof((struct journal_rows_in *)0)->ids / sizeof(int64_t) };

    while (writer->unsure_done < writer->unsure_count) {
        const struct unsure_row *unsure = writer->unsure + writer->unsure_done;
        size_t left = writer->unsure_count - writer->unsure_done, count = left < ROOM ? left : ROOM;
        struct unsure_context context = { unsure, call->journal_index };
        struct journal_rows_in in;
        for (size_t i = 0; i < ROOM; i++)
            in.ids[i] = unsure[i < count ? i : 0].id;
        enum status status = journal_rows(&call->db, &in, writer_take_found, &context);
        if (status)
            return status;
        writer->unsure_done += count;
    }
    return STATUS_OK;
}

enum status
journal_writer_begin(struct journal_writer *writer, struct call *call, size_t most)
{
    writer->row_count = 0;
    enum status status = writer_find_unsure(writer, call);
    if (!status)
        status = writer_read_end(writer, call);
    if (status)
        return status;
    writer->rows = call_new(call, (most + 1) * sizeof *writer->rows);
    return writer->rows ? STATUS_OK : STATUS_TOO_LARGE;
}

static void
writer_keep_unsure(struct journal_writer *writer)
{
    if (writer->row_count == 0)
        return; /* the doubt is older than this batch, which has not begun: the kept rows stay */
    free(writer->unsure);
    writer->unsure = memory_new(writer->row_count + 1, sizeof *writer->unsure);
    writer->unsure_count = writer->row_count;
    writer->unsure_done = 0;
    for (size_t i = 0; i < writer->row_count; i++) {
        const struct journal_append_in *row = &writer->rows[i];
        writer->unsure[i] = (struct unsure_row){ row->id, row->organization_id, row->sensor_id };
    }
}

void
journal_writer_end(struct journal_writer *writer, struct call *call, enum status status)
{
    if (status && store_doubt(call->db.store))
        writer_keep_unsure(writer);
    for (size_t i = 0; i < writer->row_count && !status; i++) {
        const struct journal_append_in *row = &writer->rows[i];
        journal_index_add(call->journal_index, row->organization_id, row->sensor_id, row->id,
                          row->received_at);
    }
    writer->row_count = 0;
}
