/* A commit is good only when the synchronous standby has it. Changes settings
 * of the whole cluster: runs on one of its own. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utc.h"
#include "support/check.h"
#include "support/sample.h"

/* The checkpointer makes the setting take effect, and it may be busy for a while. */
#define MOST_NANOSECONDS INT64_C(60000000000)

/* From now on commits wait for a standby that is not there. */
static void
want_standby(struct fixture *fixture)
{
    fixture_script(fixture, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    fixture_script(fixture, "SELECT pg_reload_conf()");
}

static void
want_none(struct fixture *fixture)
{
    fixture_script(fixture, "ALTER SYSTEM RESET synchronous_standby_names");
    fixture_script(fixture, "SELECT pg_reload_conf()");
}

struct committer {
    pthread_t thread;
    struct store *store;
    struct fault fault;
    enum status status;
};

/* Commits until one does not go through: a reload takes effect at its own time. */
static void *
commit_until_refused(void *with)
{
    struct committer *committer = with;
    struct store *store = committer->store;
    int64_t end = monotonic_nanoseconds() + MOST_NANOSECONDS;
    enum status status = STATUS_OK;

    for (int64_t id = 1000; !status && monotonic_nanoseconds() < end; id++) {
        status = store_begin(store, &committer->fault);
        if (!status)
            status = sample_put(store, id, &committer->fault);
        if (!status)
            status = store_commit(store, &committer->fault);
    }
    committer->status = status;
    return NULL;
}

static void
a_cancelled_wait_is_no_success(struct fixture *fixture)
{
    struct committer committer = { 0 };
    struct fixture waiting = *fixture;
    char url[1024];
    int64_t end = monotonic_nanoseconds() + MOST_NANOSECONDS, waits = 0;

    if (on_sqlite(fixture))
        return;
    sample_table(fixture);
    snprintf(url, sizeof url, "%s&application_name=waiting", fixture->url);
    waiting.url = url;
    committer.store = fixture_open_second(&waiting, STORE_READ_WRITE);
    want_standby(fixture);
    check_int(pthread_create(&committer.thread, NULL, commit_until_refused, &committer), 0);
    while (!waits && monotonic_nanoseconds() < end)
        waits = fixture_count(fixture, "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                                       " WHERE application_name = 'waiting'"
                                       " AND wait_event = 'SyncRep'");
    check_int(waits, 1);
    check_int(pthread_join(committer.thread, NULL), 0);
    want_none(fixture);
    check_int(committer.status, STATUS_BUSY);
    check_text(committer.fault.reason, "the standby of the store did not confirm");
    store_close(committer.store);
}

TEST(a_commit_whose_wait_for_the_standby_was_cancelled_is_no_success)
{
    with_each_store(a_cancelled_wait_is_no_success);
}

static void
waits_only_so_long(struct fixture *fixture)
{
    struct committer committer = { 0 };
    struct call *call = &fixture->call;

    if (on_sqlite(fixture))
        return;
    sample_table(fixture);
    committer.store = open_impatient(fixture, STORE_READ_WRITE);
    want_standby(fixture);
    commit_until_refused(&committer);
    check_int(committer.status, STATUS_BUSY);
    check_text(committer.fault.reason, "the store does not answer");
    want_none(fixture);

    /* It rests, then begins on a new connection. */
    check_int(begin_patiently(committer.store, &call->db.fault), STATUS_OK);
    check_int(sample_put(committer.store, 1, &call->db.fault), STATUS_OK);
    store_rollback(committer.store);
    store_close(committer.store);
}

TEST(a_commit_waits_for_the_standby_only_so_long)
{
    with_each_store(waits_only_so_long);
}
