/*
 * store_fixture.h - the same suite against every driver.
 *
 * Runs on SQLite in a temporary folder, and on PostgreSQL at
 * TEST_POSTGRES_URL, which tests/support/postgres.py sets; without it a test
 * fails. TENURE_TEST_STORES=sqlite or TENURE_TEST_STORES=postgresql limits the
 * tests to one of them. Each test gets a store with the schema and no rows.
 */
#ifndef SUPPORT_STORE_FIXTURE_H
#define SUPPORT_STORE_FIXTURE_H

#include "base/arena.h"
#include "base/secret.h"
#include "service/core/call.h"
#include "store/store.h"

enum {
    FIXTURE_ARENA_BYTES = 16 * 1024 * 1024,
    FIXTURE_NOW = 1795521600
}; /* 2026-11-24T12:00:00Z */

struct fixture {
    const char *driver_name; /* as store_driver_name() */
    const char *url;
    struct call call; /* the system, at FIXTURE_NOW */
    struct arena arena;
    struct secret_key secret;
};

/* Runs `test` once a driver, with check_row() set to the driver's name. */
void with_each_store(void (*test)(struct fixture *fixture));
/* The same on SQLite only: for many small scenes that no driver runs in another way. */
void with_sqlite(void (*test)(struct fixture *fixture));

/* Makes the n-th call from now on to the fixture's own store (begin, commit, a
 * statement, a batch) fail with STATUS_BUSY; 0 for none. */
void fixture_fail_at(struct fixture *fixture, int n);
/* Runs something right before the n-th such call instead, as if it came from elsewhere: it uses
 * another store. */
void fixture_run_at(struct fixture *fixture, int n, void (*run)(void *with), void *with);
/* The answer of the next commit of the fixture's own store is lost: before or after it took hold.
 */
enum fixture_cut { CUT_NONE, CUT_BEFORE, CUT_AFTER };
void fixture_cut_commit(struct fixture *fixture, enum fixture_cut cut);
/* From that cut on no transaction can be begun, until it is called with false. */
void fixture_stay_away(struct fixture *fixture, bool stay);
/* From now on the next `begins` begins fail, as if the store were away. */
void fixture_refuse_begins(struct fixture *fixture, int begins);
/* How many such calls there were since then. */
int fixture_calls(void);

/* The one number that `sql` selects. Is not counted and never fails. */
int64_t fixture_count(struct fixture *fixture, const char *sql);
/* Runs a script; the words {int64}, {bool} and {bytes} are not spelled here. */
void fixture_script(struct fixture *fixture, const char *sql);
/* The same; false: the store refuses it. */
bool fixture_try_script(struct fixture *fixture, const char *sql);

/* Another connection to the same store, without the torture; the test closes it. */
struct store *fixture_open_second(struct fixture *fixture, enum store_mode mode);

#endif
