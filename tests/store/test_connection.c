/* Transactions, locks, lost connections, and what may go wrong when opening. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/check.h"
#include "support/sample.h"

static void
rollback_leaves_nothing(struct fixture *fixture)
{
    struct call *call = &fixture->call;

    sample_table(fixture);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
    store_rollback(call->db.store);
    check_int(sample_count(fixture), 0);
    store_rollback(call->db.store); /* nothing open: nothing happens */

    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_count(fixture), 1);
}

TEST(a_rollback_leaves_nothing)
{
    with_each_store(rollback_leaves_nothing);
}

/* No driver may keep half a transaction, though SQLite could. */
static void
failed_step_dooms(struct fixture *fixture)
{
    struct call *call = &fixture->call;

    sample_table(fixture);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_CONFLICT);
    check_text(call->db.fault.code, "");
    check_text(call->db.fault.reason, "a constraint of the store was violated");
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_BROKEN);
    check_int(sample_count(fixture), 0);
    check_int(sample_put(call->db.store, 13, &call->db.fault), STATUS_CONFLICT); /* a check key */
}

TEST(a_failed_step_dooms_its_transaction)
{
    with_each_store(failed_step_dooms);
}

static void
read_sees_one_state(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct store *reader = fixture_open_second(fixture, STORE_READ_ONLY);
    struct sample_total_out total;

    sample_table(fixture);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
    check_int(store_begin_read(reader, &call->db.fault), STATUS_OK);
    check_int(sample_total_on(fixture, reader, &total), STATUS_OK);
    check_int(total.count, 1);
    check_int(sample_put(call->db.store, 2, &call->db.fault),
              STATUS_OK); /* readers hold nobody up */
    check_int(sample_total_on(fixture, reader, &total), STATUS_OK);
    check_int(total.count, 1);
    check_int(store_commit(reader, &call->db.fault), STATUS_OK);
    check_int(sample_total_on(fixture, reader, &total), STATUS_OK);
    check_int(total.count, 2);

    check_int(sample_put(reader, 3, &call->db.fault), STATUS_BROKEN);
    check_int(store_begin_read(reader, &call->db.fault), STATUS_OK);
    check_int(sample_put(reader, 3, &call->db.fault), STATUS_BROKEN);
    store_rollback(reader);
    check_int(sample_count(fixture), 2);
    store_close(reader);
}

TEST(a_reader_sees_one_state_and_writes_nothing)
{
    with_each_store(read_sees_one_state);
}

static void
lock_is_busy(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct store *other = open_impatient(fixture, STORE_READ_WRITE);
    int64_t changed;

    sample_table(fixture);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_rename(&call->db, &(struct sample_rename_in){ 1, "a" }, &changed), STATUS_OK);
    enum status status = store_begin(other, &call->db.fault); /* SQLite: one writer */
    if (!status)                                              /* PostgreSQL: one a row */
        status = sample_rename_on(fixture, other, &(struct sample_rename_in){ 1, "b" }, &changed);
    check_int(status, STATUS_BUSY);
    check_text(call->db.fault.reason, "the store is busy");
    store_rollback(other);
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_OK);

    check_int(store_begin(other, &call->db.fault), STATUS_OK);
    check_int(sample_rename_on(fixture, other, &(struct sample_rename_in){ 1, "b" }, &changed),
              STATUS_OK);
    check_int(store_commit(other, &call->db.fault), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sample WHERE words = 'b'"), 1);
    store_close(other);
}

TEST(a_lock_of_somebody_else_is_busy)
{
    with_each_store(lock_is_busy);
}

static void
lock_while_it_ends(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct deadline deadline = { 0 };
    struct store_options options = patient_options(fixture, &deadline);
    struct store *other;
    int64_t changed;

    sample_table(fixture);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
    check_int(store_open(&other, &options, &call->db.fault), STATUS_OK);
    check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
    check_int(sample_rename(&call->db, &(struct sample_rename_in){ 1, "a" }, &changed), STATUS_OK);
    int64_t began = monotonic_nanoseconds();
    deadline_set(&deadline, ENDS_IN_MS);
    enum status status = store_begin(other, &call->db.fault);
    if (!status)
        status = sample_rename_on(fixture, other, &(struct sample_rename_in){ 1, "b" }, &changed);
    check_int(status, STATUS_BUSY);
    check((monotonic_nanoseconds() - began) / 1000000 < ENDED_MS);
    store_close(other);
    check_int(store_commit(call->db.store, &call->db.fault), STATUS_OK);
}

TEST(a_process_that_ends_waits_no_longer_for_a_lock)
{
    with_each_store(lock_while_it_ends);
}

/* Ends all connections to this schema's database but the asking one. */
static void
cut_others(struct fixture *fixture)
{
    fixture_script(fixture, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                            " WHERE application_name = 'doomed'");
}

static void
lost_connection(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    char url[1024];
    struct fixture doomed = *fixture;

    if (on_sqlite(fixture))
        return; /* has none to lose */
    sample_table(fixture);
    snprintf(url, sizeof url, "%s&application_name=doomed", fixture->url);
    doomed.url = url;
    struct store *store = fixture_open_second(&doomed, STORE_READ_WRITE);

    check_row("inside a transaction");
    check_int(store_begin(store, &call->db.fault), STATUS_OK);
    check_int(sample_put(store, 1, &call->db.fault), STATUS_OK);
    cut_others(fixture);
    check_int(sample_put(store, 2, &call->db.fault), STATUS_BUSY);
    check_text(call->db.fault.reason, "the store is not reachable");
    check_int(sample_put(store, 3, &call->db.fault), STATUS_BUSY); /* not renewed halfway */
    store_rollback(store);
    check_int(sample_count(fixture), 0);
    check_int(store_begin(store, &call->db.fault), STATUS_OK);
    check_int(sample_put(store, 4, &call->db.fault), STATUS_OK); /* prepared anew */
    check_int(store_commit(store, &call->db.fault), STATUS_OK);

    check_row("at commit");
    check_int(store_begin(store, &call->db.fault), STATUS_OK);
    check_int(sample_put(store, 5, &call->db.fault), STATUS_OK);
    cut_others(fixture);
    check_int(store_commit(store, &call->db.fault), STATUS_BUSY);

    check_row("while nothing was open");
    check_int(store_begin(store, &call->db.fault), STATUS_OK);
    store_rollback(store);
    cut_others(fixture);
    check_int(store_begin(store, &call->db.fault), STATUS_OK);
    check_int(sample_put(store, 6, &call->db.fault), STATUS_OK);
    check_int(store_commit(store, &call->db.fault), STATUS_OK);

    check_row("in a batch");
    struct sample_insert_all_in rows[2] = { { .id = 7 }, { .id = 8 } };
    int64_t changed;
    check_int(store_begin(store, &call->db.fault), STATUS_OK);
    cut_others(fixture);
    check_int(sample_insert_all(&(struct db){ store, call->db.arena, { 0 } }, rows, 2, &changed),
              STATUS_BUSY);
    store_rollback(store);
    check_int(store_begin(store, &call->db.fault), STATUS_OK);
    check_int(sample_insert_all(&(struct db){ store, call->db.arena, { 0 } }, rows, 2, &changed),
              STATUS_OK);
    check_int(store_commit(store, &call->db.fault), STATUS_OK);
    check_int(sample_count(fixture), 4);
    store_close(store);
}

static void
lost_while_idle(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    char url[1024];
    struct fixture doomed = *fixture;
    struct sample_total_out total;

    if (on_sqlite(fixture))
        return; /* has no connection to lose */
    sample_table(fixture);
    snprintf(url, sizeof url, "%s&application_name=doomed", fixture->url);
    doomed.url = url;
    struct store *writer = fixture_open_second(&doomed, STORE_READ_WRITE);
    struct store *reader = fixture_open_second(&doomed, STORE_READ_ONLY);

    for (int64_t round = 1; round <= 3; round++) { /* at first nothing is prepared */
        check_row("a statement outside a transaction");
        cut_others(fixture);
        check_int(sample_put(writer, round, &call->db.fault), STATUS_OK);
        check_int(sample_total_on(fixture, reader, &total), STATUS_OK);
        check_int(total.count, round);
    }
    check_row("a transaction");
    cut_others(fixture);
    check_int(store_begin_read(reader, &call->db.fault), STATUS_OK);
    check_int(store_commit(reader, &call->db.fault), STATUS_OK);
    check_int(store_begin(writer, &call->db.fault), STATUS_OK);
    check_int(sample_put(writer, 4, &call->db.fault), STATUS_OK);
    check_int(store_commit(writer, &call->db.fault), STATUS_OK);
    check_int(sample_count(fixture), 4);
    store_close(reader);
    store_close(writer);
}

TEST(a_connection_lost_while_it_was_idle_fails_nothing)
{
    with_each_store(lost_while_idle);
}

/* As PostgreSQL reports its disk: errcode_for_file_access() in elog.c. */
static void
database_disk(struct fixture *fixture)
{
    static const struct {
        const char *state, *code;
    } failures[] = { { "53100", "storage_full" }, { "58030", "storage_failed" } };
    struct call *call = &fixture->call;

    if (on_sqlite(fixture))
        return; /* test_disk_write.c */
    sample_table(fixture);
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        char script[512];
        check_row(failures[i].state);
        snprintf(script, sizeof script,
                 "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                 " RAISE EXCEPTION 'no' USING ERRCODE = '%s'; END $$;"
                 "CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON sample"
                 " FOR EACH ROW EXECUTE FUNCTION refuse()",
                 failures[i].state);
        fixture_script(fixture, script);
        check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_BUSY);
        check_text(call->db.fault.code, failures[i].code);
        check(strstr(call->db.fault.reason, "disk"));
    }
    fixture_script(fixture, "DROP TRIGGER refuse ON sample; DROP FUNCTION refuse");
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
}

TEST(a_database_whose_disk_fails_is_busy_and_says_so)
{
    with_each_store(database_disk);
}

TEST(a_lost_connection_is_busy_and_then_renewed)
{
    with_each_store(lost_connection);
}

/* As after a change of the role's settings that was taken back, or a pooler that cleans up. */
static void
worn_session(struct fixture *fixture)
{
    static const char *const wears[] = { "SET search_path = nowhere", "DEALLOCATE ALL",
                                         "SET SESSION AUTHORIZATION DEFAULT; SET ROLE pg_monitor" };
    struct call *call = &fixture->call;

    if (on_sqlite(fixture))
        return; /* has no sessions */
    sample_table(fixture);
    check_int(sample_put(call->db.store, 1, &call->db.fault), STATUS_OK);
    for (size_t i = 0; i < sizeof wears / sizeof wears[0]; i++) {
        check_row(wears[i]);
        fixture_script(fixture, wears[i]);
        check_int(sample_put(call->db.store, 2, &call->db.fault), STATUS_BROKEN);
        check_text(call->db.fault.reason, "the store failed; see its log");
        check_int(sample_put(call->db.store, 10 + (int64_t)i, &call->db.fault), STATUS_OK);
        fixture_script(fixture, wears[i]);
        check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
        check_int(sample_put(call->db.store, 2, &call->db.fault), STATUS_BROKEN);
        check(sample_put(call->db.store, 3, &call->db.fault)
              != STATUS_OK); /* not renewed halfway */
        store_rollback(call->db.store);
        check_int(store_begin(call->db.store, &call->db.fault), STATUS_OK);
        check_int(sample_put(call->db.store, 20 + (int64_t)i, &call->db.fault), STATUS_OK);
        check_int(store_commit(call->db.store, &call->db.fault), STATUS_OK);
    }
    check_int(sample_count(fixture), 7);
}

TEST(a_session_that_is_out_of_order_is_renewed)
{
    with_each_store(worn_session);
}

static const struct {
    const char *url;
    enum status status;
    const char *says; /* a part of the reason */
} bad_urls[] = {
    { "", STATUS_INVALID, "sqlite:PATH or postgresql://" },
    { "mysql://u:secret@h/d", STATUS_INVALID, "sqlite:PATH or postgresql://" },
    { "postgresql:secret", STATUS_INVALID, "sqlite:PATH or postgresql://" },
    { "sqlite:", STATUS_INVALID, "sqlite:PATH" },
    { "sqlite::memory:", STATUS_INVALID, "sqlite:PATH" },
    { "sqlite:/nowhere/at/all/tenure.db", STATUS_INVALID, "create it first" },
    { "sqlite:/dev/null/tenure.db", STATUS_INVALID, "cannot be created" },
    { "sqlite:/proc/tenure.db", STATUS_INVALID, "cannot be created" },
    { "postgresql://u:sec@ret@h/d", STATUS_INVALID, "%40" },
    { "postgresql://u:sec/ret@h/d", STATUS_INVALID, "%2F" },
    { "postgresql://u:12/secret@h/d", STATUS_INVALID, "%2F" },
    { "postgresql://u:secret%zz@h/d", STATUS_INVALID, "%25" },
    { "postgresql://u:secret@127.0.0.1:1/d", STATUS_BUSY, "not reachable" },
};

TEST(a_url_that_cannot_be_opened_says_what_to_do_and_no_secret)
{
    for (size_t i = 0; i < sizeof bad_urls / sizeof bad_urls[0]; i++) {
        struct store_options options = { .url = bad_urls[i].url };
        struct fault fault = { 0 };
        struct store *store;

        check_row(bad_urls[i].url);
        check_int(store_open(&store, &options, &fault), bad_urls[i].status);
        check(!store);
        check(strstr(fault.reason, bad_urls[i].says));
        check(!strstr(fault.reason, "secret"));
        if (bad_urls[i].status == STATUS_INVALID)
            check_text(fault.field, "store");
    }
}

TEST(a_sqlite_store_is_made_for_its_owner_alone)
{
    char folder[] = "/tmp/store-XXXXXX", path[64], url[80];
    struct store_options options = { .url = url, .mode = STORE_READ_ONLY };
    struct fault fault = { 0 };
    struct store *store;
    struct stat made;

    check(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/new/t.db", folder);
    snprintf(url, sizeof url, "sqlite:%s", path);
    check_int(store_open(&store, &options, &fault), STATUS_NOT_FOUND);
    check(strstr(fault.reason, "there is no store at"));
    options.mode = STORE_READ_WRITE;
    check_int(store_open(&store, &options, &fault), STATUS_OK);
    check_text(store ? store_driver_name(store) : "", "sqlite");
    check(!stat(path, &made) && (made.st_mode & 0777) == 0600);
    store_close(store);

    FILE *file = fopen(path, "w"); /* something else in its place */
    check(file && fputs("this is no database at all, but a text of some length", file) > 0);
    check(file && !fclose(file));
    check_int(store_open(&store, &options, &fault), STATUS_BROKEN);
    check_text(fault.reason, "the store's file is not an SQLite database: name another file");
    check(!remove(path));
    snprintf(path, sizeof path, "%s/new", folder);
    check(!stat(path, &made) && (made.st_mode & 0777) == 0700);
    check(!rmdir(path) && !rmdir(folder));
}
