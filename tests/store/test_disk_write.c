/* A write that the disk refuses is put off; what was acknowledged stays. */
#include "broken_disk.h"
#include "support/check.h"

/* What each of these says while the disk is broken. */
static const struct {
    const char *call, *file, *action;
    const char *reason;
} of_writes[] = {
    { "write", "-wal", "5", DISK_FAILS },  /* EIO */
    { "write", "-wal", "28", DISK_FULL },  /* ENOSPC */
    { "write", "-wal", "122", DISK_FULL }, /* EDQUOT */
    { "write", "-wal", "30", DISK_FAILS }, /* EROFS: the file system was mounted anew */
    { "sync", "-wal", "5", DISK_FAILS },   { "sync", "-wal", "28", DISK_FULL },
    { "sync", "-wal", "122", DISK_FULL },
};

static void
fails_to_write(struct fixture *fixture)
{
    struct store *store = open_new(fixture, STORE_READ_WRITE);
    struct store *reader = open_new(fixture, STORE_READ_ONLY);
    struct fault fault = { 0 };
    int64_t count = 0;

    sample_table(fixture);
    for (size_t i = 0; i < sizeof of_writes / sizeof of_writes[0]; i++) {
        check_row(of_writes[i].reason);
        for (int first = 1; first <= 2; first++) { /* the frame's head, or its page */
            break_disk(of_writes[i].call, of_writes[i].file, of_writes[i].action,
                       of_writes[i].call[0] == 'w' ? first : 1, ALWAYS);
            for (int again = 0; again < 2; again++) {
                check_int(put(store, 500, &fault), STATUS_BUSY);
                check_text(fault.reason, of_writes[i].reason);
            }
            check_int(read_all(reader, &fault), STATUS_OK); /* reading goes on */
            heal();
            check_int(sample_count(fixture), count); /* what was acknowledged, and no more */
            check_int(put(store, 100 + count, &fault), STATUS_OK);
            check_int(sample_count(fixture), ++count);
        }
    }
    store_close(reader);
    store_close(store);
}

TEST(a_write_that_the_disk_refuses_is_put_off_and_loses_nothing)
{
    on_a_disk(fails_to_write);
}

static void
writes_in_halves(struct fixture *fixture)
{
    struct store *store = open_new(fixture, STORE_READ_WRITE);
    struct fault fault = { 0 };

    sample_table(fixture);
    break_disk("write", "-wal", "cut", 1, ALWAYS);
    check_int(put(store, 1, &fault), STATUS_OK);
    heal();
    check_int(sample_count(fixture), 1);
    store_close(store);
}

TEST(a_write_that_is_cut_short_goes_on)
{
    on_a_disk(writes_in_halves);
}

/* SQLite moves the log into the file behind a commit, and tries again behind the next one. */
static void
fails_behind_a_commit(struct fixture *fixture)
{
    static const struct {
        const char *call, *file;
    } calls[] = { { "write", ".db" },
                  { "sync", ".db" },
                  { "read", "-wal" },
                  { "truncate", ".db" },
                  { "truncate", "-wal" } };
    struct store *store = fixture->call.db.store;
    struct fault fault = { 0 };

    sample_table(fixture);
    fixture_script(fixture, "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1");
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        check_row(calls[i].call);
        check_int(put(store, 100 + 2 * (int64_t)i, &fault), STATUS_OK);
        break_disk(calls[i].call, calls[i].file, "5", 1, ALWAYS);
        check_int(put(store, 101 + 2 * (int64_t)i, &fault), STATUS_OK);
        heal();
    }
    checkpoint(fixture);
    struct store *fresh = open_new(fixture, STORE_READ_ONLY);
    check_int(read_all(fresh, &fault), STATUS_OK);
    store_close(fresh);
    check_int(sample_count(fixture), 2 * (int64_t)(sizeof calls / sizeof calls[0]));
}

TEST(a_disk_that_fails_behind_a_commit_takes_nothing_back)
{
    on_a_disk(fails_behind_a_commit);
}
