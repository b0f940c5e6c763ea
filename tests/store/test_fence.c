/* A reading store that shows an older state than this process has committed is not believed. */
#include <stdatomic.h>

#include "service/core/store_pool.h"
#include "service/core/transaction.h"
#include "service/threads/writer.h"
#include "store/store_internal.h"
#include "support/check.h"
#include "support/sample.h"
#include "support/verbs.h"

static enum status
nothing(struct call *call, void *with)
{
    (void)call, (void)with;
    return STATUS_OK;
}

static struct store *
open_fenced(struct fixture *fixture, struct store_fence *fence, enum store_mode mode)
{
    struct store_options options = {
        .url = fixture->url, .mode = mode, .busy_wait_ms = 200, .fence = fence
    };
    struct store *store;

    check_int(store_open(&store, &options, &fixture->call.db.fault), STATUS_OK);
    return store;
}

static void
stale_reader_is_dropped(struct fixture *fixture)
{
    struct call *call = &fixture->call, writing = *call;
    struct store_fence fence = { 0 };
    struct store *reader = open_fenced(fixture, &fence, STORE_READ_ONLY);
    struct sample_total_out total;

    sample_table(fixture);
    writing.db.store = open_fenced(fixture, &fence, STORE_READ_WRITE);
    check_int(sample_total_on(fixture, reader, &total), STATUS_OK);
    check_int(transact(&writing, nothing, NULL), STATUS_OK);
    check_int(atomic_load(&fence.number), on_sqlite(fixture) ? 0 : 1);
    check_int(sample_total_on(fixture, reader, &total), STATUS_OK);
    check_int(store_begin_read(reader, &call->db.fault), STATUS_OK);
    check_int(store_commit(reader, &call->db.fault), STATUS_OK);

    /* A commit of this process that the store does not show: as on a standby that lags. */
    atomic_store(&fence.number, 2);
    if (!on_sqlite(fixture)) {
        check_failed(fixture, sample_total_on(fixture, reader, &total), STATUS_BUSY, "", "");
        check_failed(fixture, store_begin_read(reader, &call->db.fault), STATUS_BUSY, "", "");
    }
    check_int(transact(&writing, nothing, NULL), STATUS_OK);
    check_int(sample_total_on(fixture, reader, &total), STATUS_OK);
    check_int(store_begin_read(reader, &call->db.fault), STATUS_OK);
    check_int(sample_total_on(fixture, reader, &total), STATUS_OK);
    check_int(store_commit(reader, &call->db.fault), STATUS_OK);
    store_close(reader);
    store_close(writing.db.store);
}

TEST(a_reading_store_that_is_behind_is_dropped)
{
    with_each_store(stale_reader_is_dropped);
}

/* The look at a new connection fails, and the connection stays. */
static void
looks_again(struct fixture *fixture)
{
    struct call *call = &fixture->call, writing = *call;
    struct store_fence fence = { 0 };
    struct sample_total_out total;

    if (on_sqlite(fixture))
        return;
    sample_table(fixture);
    writing.db.store = open_fenced(fixture, &fence, STORE_READ_WRITE);
    check_int(transact(&writing, nothing, NULL), STATUS_OK);
    struct store *reader = open_fenced(fixture, &fence, STORE_READ_ONLY);
    check_int(sample_total_on(fixture, reader, &total), STATUS_OK);

    reader->driver->drop(reader->connection);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    fixture_script(fixture, "LOCK TABLE transaction_mark; DELETE FROM transaction_mark");
    check_failed(fixture, sample_total_on(fixture, reader, &total), STATUS_BUSY, "", "");
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_OK);
    check_failed(fixture, sample_total_on(fixture, reader, &total), STATUS_BUSY, "", "");
    store_close(reader);
    store_close(writing.db.store);
}

TEST(a_new_connection_is_looked_at_until_a_look_ends_well)
{
    with_each_store(looks_again);
}

static void
writer_needs_no_proof(struct fixture *fixture)
{
    struct call writing = fixture->call;
    struct store_fence fence = { .node = 1, .number = 9 };
    struct sample_total_out total;

    sample_table(fixture);
    writing.db.store = open_fenced(fixture, &fence, STORE_READ_WRITE);
    check_int(sample_total(&writing.db, &total), STATUS_OK);
    check_int(read_transact(&writing, nothing, NULL), STATUS_OK);
    check_int(transact(&writing, nothing, NULL), STATUS_OK);
    store_close(writing.db.store);
}

TEST(the_writing_store_needs_no_proof)
{
    with_each_store(writer_needs_no_proof);
}

/* Also where the clock was set back, so that it writes nothing more. */
static void
start_is_a_commit(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct store_fence fence = { 0 };
    const struct store_options store = { .url = fixture->url, .fence = &fence };
    const struct writer_options options = { .store = &store, .secret = call->secret };
    struct writer *writer;

    fixture_script(fixture, "INSERT INTO clock_mark (id, latest_at) VALUES (1, 32503680000)"
                            " ON CONFLICT (id) DO UPDATE SET latest_at = 32503680000");
    check_int(writer_start(&writer, &options, &call->db.fault), STATUS_OK);
    check_int(atomic_load(&fence.number), on_sqlite(fixture) ? 0 : 1);
    writer_stop(writer);
}

TEST(a_writer_that_has_started_has_committed_a_mark)
{
    with_each_store(start_is_a_commit);
}
