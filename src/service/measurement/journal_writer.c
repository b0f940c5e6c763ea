#include "service/measurement/journal_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "service/measurement/journal.h"
#include "service/measurement/journal_index.h"
#include "store/store.h"

enum { IN_LIST = 32 };

struct unsure_row {
    int64_t id, organization_id, sensor_id;
};

struct journal_writer {
    int64_t node;
    bool end_read; /* last_id is at least that of the store's newest row */
    int64_t last_id;
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

int64_t
journal_writer_next_id(struct journal_writer *writer, utc_seconds now)
{
    int64_t first = journal_first_id(now);
    /* The last one may be another process's: its bits are not ours. */
    int64_t next = ((writer->last_id >> JOURNAL_NODE_BITS) + 1) << JOURNAL_NODE_BITS;

    writer->last_id = (next > first ? next : first) | writer->node;
    return writer->last_id;
}

/* Ids go on above those in the store, and above those that have been compacted out of it since the
 * index was made, even if the clock was set back meanwhile. */
static enum status
read_end(struct journal_writer *writer, struct call *call)
{
    struct journal_newest_id_out newest;

    if (writer->end_read)
        return STATUS_OK;
    enum status status = journal_newest_id(&call->db, &newest);
    if (status)
        return status;
    writer->last_id = newest.id;
    if (call->journal_index && journal_index_newest_id(call->journal_index) > newest.id)
        writer->last_id = journal_index_newest_id(call->journal_index);
    writer->end_read = true;
    return STATUS_OK;
}

struct found_rows {
    struct {
        int64_t id;
        utc_seconds received_at;
    } at[IN_LIST];
    size_t count;
};

static enum status
take_found(void *with, const struct journal_rows_out *row, struct fault *fault)
{
    struct found_rows *found = with;

    (void)fault;
    found->at[found->count].id = row->id;
    found->at[found->count++].received_at = row->received_at;
    return STATUS_OK;
}

/* The next unsure rows, as many as fit into one statement. */
static enum status
find_some(struct journal_writer *writer, struct call *call)
{
    const struct unsure_row *unsure = writer->unsure + writer->unsure_done;
    size_t left = writer->unsure_count - writer->unsure_done;
    size_t count = left < IN_LIST ? left : IN_LIST;
    struct found_rows found = { .count = 0 };
    struct journal_rows_in in;

    for (size_t i = 0; i < IN_LIST; i++)
        in.ids[i] = unsure[i < count ? i : 0].id;
    enum status status = journal_rows(&call->db, &in, take_found, &found);
    for (size_t i = 0, at = 0; i < found.count && !status; i++) {
        while (unsure[at].id != found.at[i].id) /* both ascend */
            at++;
        journal_index_add(call->journal_index, unsure[at].organization_id, unsure[at].sensor_id,
                          found.at[i].id, found.at[i].received_at);
    }
    if (!status)
        writer->unsure_done += count;
    return status;
}

/* The doubt is settled by now: transact() does that before its body runs. */
static enum status
find_unsure(struct journal_writer *writer, struct call *call)
{
    enum status status = STATUS_OK;

    while (!status && writer->unsure_done < writer->unsure_count)
        status = find_some(writer, call);
    return status;
}

enum status
journal_writer_begin(struct journal_writer *writer, struct call *call)
{
    enum status status = find_unsure(writer, call);

    return status ? status : read_end(writer, call);
}

static void
keep_unsure(struct journal_writer *writer, const struct journal_append_in *rows, size_t count)
{
    if (count == 0)
        return; /* the doubt is older than this batch, which has not begun: the kept rows stay */
    free(writer->unsure);
    writer->unsure = memory_new(count + 1, sizeof *writer->unsure);
    writer->unsure_count = count;
    writer->unsure_done = 0;
    for (size_t i = 0; i < count; i++)
        writer->unsure[i] =
            (struct unsure_row){ rows[i].id, rows[i].organization_id, rows[i].sensor_id };
}

void
journal_writer_end(struct journal_writer *writer, struct call *call,
                   const struct journal_append_in *rows, size_t count, enum status status)
{
    if (status && store_doubt(call->db.store))
        keep_unsure(writer, rows, count);
    for (size_t i = 0; i < count && !status; i++)
        journal_index_add(call->journal_index, rows[i].organization_id, rows[i].sensor_id,
                          rows[i].id, rows[i].received_at);
}
