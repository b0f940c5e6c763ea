/* The outcome of a commit with a lost answer is looked up: its change happens once, and is
 * reported. */
#include "service/core/commit_doubt.h"

#include <string.h>

#include "service/core/transaction.h"
#include "service/ingest/ingest.h"
#include "service/license/licensing.h"
#include "service/measurement/journal_index.h"
#include "service/measurement/readings.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/sample.h"
#include "support/verbs.h"

struct counting {
    int64_t id;
    int runs;
    struct fixture *fixture;
};

static enum status
put_sample(struct call *call, void *with)
{
    struct counting *counting = with;

    counting->runs++;
    return sample_put(call->db.store, counting->id, &call->db.fault);
}

static void
finds_what_took_hold(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct counting first = { .id = 1 }, second = { .id = 2 };

    if (on_sqlite(fixture)) /* SQLite commits are never in doubt */
        return;
    sample_table(fixture);
    fixture_cut_commit(fixture, CUT_AFTER);
    check_int(transact(call, put_sample, &first), STATUS_OK);
    check_int(first.runs, 1);
    check_int(sample_count(fixture), 1);
    check(!store_doubt(call->db.store));

    fixture_cut_commit(fixture, CUT_BEFORE);
    check_int(transact(call, put_sample, &second), STATUS_OK);
    check_int(second.runs, 2);
    check_int(sample_count(fixture), 2);
    check_int(fixture_count(fixture, "SELECT count(*) FROM transaction_mark"), 1);
}

TEST(a_commit_with_a_lost_answer_happens_once)
{
    with_each_store(finds_what_took_hold);
}

static void
plus_takes_one(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct license license = { .id = 0 };

    if (on_sqlite(fixture))
        return;
    make_key(fixture, mine, 5, "P1Y");
    add_sensor(fixture, mine, "282C02402FAD", "");
    fixture_cut_commit(fixture, CUT_AFTER);
    check_int(license_assign(&fixture->call, mine, "282C02402FAD", NULL, &license), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 2);
    check_int(fixture_count(fixture, "SELECT quantity - assigned FROM license_key"), 3);
    check(license.id != 0);
    fixture_cut_commit(fixture, CUT_AFTER);
    remove_sensor(fixture, mine, "282C02402FAD"); /* not "there is no such sensor" */
    check_ledger(fixture);
}

TEST(a_verb_with_a_lost_answer_reports_success)
{
    with_each_store(plus_takes_one);
}

/* A second connection locks the row of our mark, like the first transaction while the database has
 * not ended it. */
static void
waits_for_the_first(struct fixture *fixture)
{
    struct call *call = &fixture->call, other = *call;
    struct counting counting = { .id = 1 };
    struct store_mark mark;
    struct clock_stored stored;
    bool is_new, committed;

    if (on_sqlite(fixture))
        return;
    sample_table(fixture);
    other.db.store = open_impatient(fixture, STORE_READ_WRITE);
    fixture_cut_commit(fixture, CUT_BEFORE);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    mark = store_take_mark(call->db.store);
    check_int(commit_doubt_mark(call, mark, &stored, &is_new), STATUS_OK);
    check(is_new);
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_BUSY);
    check(store_doubt(call->db.store));

    check_int(store_begin(other.db.store, &other.db.fault), STATUS_OK);
    check_int(commit_doubt_mark(&other, mark, &stored, &is_new), STATUS_OK);
    check(is_new);
    check_int(sample_put(other.db.store, 7, &other.db.fault), STATUS_OK);
    check_int(commit_doubt_settle(call, &committed), STATUS_BUSY); /* it may still succeed */
    check(store_doubt(call->db.store));
    check_int(store_commit(other.db.store, &other.db.fault), STATUS_OK);
    check_int(commit_doubt_settle(call, &committed), STATUS_OK);
    check(committed);
    check(!store_doubt(call->db.store));
    check_int(transact(call, put_sample, &counting), STATUS_OK);
    check_int(sample_count(fixture), 2);
    store_close(other.db.store);
}

TEST(a_commit_that_may_still_succeed_stays_in_doubt)
{
    with_each_store(waits_for_the_first);
}

enum { MANY_BEGINS = 1000 };

static enum status
no_step(struct call *call, int64_t organization_id, bool *more)
{
    (void)call, (void)organization_id;
    *more = false;
    return STATUS_OK;
}

/* The store goes away between a verb and the catch-up that must come before it. */
static enum status
waits_for_a_step(struct call *call, void *with)
{
    fixture_refuse_begins(with, MANY_BEGINS);
    call->catch_up = (struct catch_up){ .step = no_step };
    return call_fail(call, STATUS_BUSY, "", "", "a step has to come first");
}

static void
gives_up(struct fixture *fixture)
{
    check_int(transact(&fixture->call, waits_for_a_step, fixture), STATUS_BUSY);
    fixture_refuse_begins(fixture, 0);
}

TEST(a_step_that_cannot_begin_is_not_retried_forever)
{
    with_each_store(gives_up);
}

static struct journal_index *journal_index;
static struct ingest *ingest;

static void
begin_ingest(struct fixture *fixture)
{
    utc_seconds now = fixture->call.now;

    fixture->call.journal_index = journal_index = journal_index_open();
    ingest = ingest_open();
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    ledger_add_sensor(fixture, LEDGER_ORGANIZATION, "282C02424EED");
    ledger_add_license(fixture, LEDGER_ORGANIZATION, "282C02424EED", now - HOUR, now + HOUR);
}

static void
end_ingest(struct fixture *fixture)
{
    ingest_close(ingest);
    journal_index_close(journal_index);
    fixture->call.journal_index = NULL;
}

static enum status
commit_sample(struct fixture *fixture, utc_seconds at)
{
    const struct sample sample = { .channel = 1, .type = 1, .at = at, .raw = 215 };
    struct delivery delivery = { .samples = &sample, .sample_count = 1, .battery_ok = true };
    struct ingest_item item = { .delivery = &delivery }, *items[] = { &item };

    check(serial_parse(&delivery.serial, "282C02424EED", 12));
    return ingest_commit(ingest, &fixture->call, items, 1);
}

static int64_t
readable(struct fixture *fixture)
{
    struct readings_query query = { .page = { .limit = 1000 }, .to = UTC_NEVER };
    struct readings_page page = { 0 };

    check_int(readings_list(&fixture->call, LEDGER_ORGANIZATION, "282C02424EED", &query, &page),
              STATUS_OK);
    return (int64_t)page.count;
}

/* A verb whose commit stays in doubt until fixture_stay_away() ends. */
static enum status
stay_away(struct call *call, void *with)
{
    struct counting *counting = with;

    fixture_cut_commit(counting->fixture, CUT_AFTER);
    fixture_stay_away(counting->fixture, true);
    return put_sample(call, with);
}

static void
leave_in_doubt(struct fixture *fixture)
{
    struct counting counting = { .id = 9, .fixture = fixture };

    check_int(transact(&fixture->call, stay_away, &counting), STATUS_BUSY);
    check_text(fixture->call.db.fault.code, "in_doubt");
}

static void
batch_leaves_no_orphan(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    utc_seconds now = call->now;

    if (on_sqlite(fixture))
        return;
    begin_ingest(fixture);

    fixture_cut_commit(fixture, CUT_AFTER);
    check_int(commit_sample(fixture, now - 10), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 1);
    check_int((int64_t)journal_index_totals(journal_index).rows, 1);

    /* The outcome is not known in time; it is found before the next batch. */
    fixture_cut_commit(fixture, CUT_AFTER);
    fixture_stay_away(fixture, true);
    check_int(commit_sample(fixture, now - 9), STATUS_BUSY);
    check_text(call->db.fault.code, "in_doubt");
    check_int((int64_t)journal_index_totals(journal_index).rows, 1);
    check_int(commit_sample(fixture, now - 8), STATUS_BUSY);
    fixture_stay_away(fixture, false);
    check_int(journal_index_rebuild(call),
              STATUS_OK); /* as the compactor may do: no row is there twice */
    check_int(commit_sample(fixture, now - 8), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 3);
    check_int((int64_t)journal_index_totals(journal_index).rows, 3);
    check_int(readable(fixture), 3);

    /* The commit of a verb is in doubt before the next batch; its rows are still found. */
    fixture_cut_commit(fixture, CUT_AFTER);
    fixture_stay_away(fixture, true);
    check_int(commit_sample(fixture, now - 7), STATUS_BUSY);
    fixture_stay_away(fixture, false);
    sample_table(fixture);
    leave_in_doubt(fixture);
    check_int(commit_sample(fixture, now - 6), STATUS_BUSY);
    fixture_stay_away(fixture, false);
    check_int(commit_sample(fixture, now - 6), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 5);
    check_int((int64_t)journal_index_totals(journal_index).rows, 5);
    check_int(readable(fixture), 5);
    end_ingest(fixture);
}

TEST(a_batch_with_a_lost_answer_leaves_no_unread_row)
{
    with_each_store(batch_leaves_no_orphan);
}

static void
old_marks_go(struct fixture *fixture)
{
    struct call *call = &fixture->call;

    fixture_script(fixture, "INSERT INTO transaction_mark VALUES (1, 5, 0)");
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(commit_doubt_forget_old(call), STATUS_OK);
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM transaction_mark WHERE node = 1"), 0);
}

TEST(marks_of_stores_closed_long_ago_are_deleted)
{
    with_each_store(old_marks_go);
}

/* The standby that took over lacks the newest commits, a license among them. */
static void
store_goes_back(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    utc_seconds now = call->now;

    if (on_sqlite(fixture))
        return;
    begin_ingest(fixture);
    check_int(commit_sample(fixture, now - 10), STATUS_OK);
    check_int((int64_t)journal_index_totals(journal_index).rows, 1);

    fixture_script(fixture,
                   "DELETE FROM transaction_mark; DELETE FROM journal; DELETE FROM license;"
                   " UPDATE organization SET version = version - 1");
    check_int(commit_sample(fixture, now - 9), STATUS_OK);
    check_int(store_losses(call->db.store), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM journal"), 0); /* it has no license */
    check_int((int64_t)journal_index_totals(journal_index).rows, 0);
    check_int(commit_sample(fixture, now - 8), STATUS_OK);
    check_int(store_losses(call->db.store), 1);
    end_ingest(fixture);
}

TEST(a_server_forgets_its_caches_after_lost_commits)
{
    with_each_store(store_goes_back);
}
