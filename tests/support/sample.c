#include "support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utc.h"
#include "support/check.h"

enum { IMPATIENT_MS = 50, PATIENT_MS = 120 * 1000, MOST_BEGIN_SECONDS = 20 };

bool
on_sqlite(const struct fixture *fixture)
{
    return !strcmp(fixture->driver_name, "sqlite");
}

void
sample_table(struct fixture *fixture)
{
    bool sqlite = on_sqlite(fixture);
    char sql[512];

    snprintf(sql, sizeof sql,
             "CREATE TABLE sample (id %s PRIMARY KEY CHECK (id <> 13), number %s,"
             " truth %s NOT NULL, measure %s NOT NULL, words TEXT, octets %s)%s",
             sqlite ? "INTEGER" : "BIGINT", sqlite ? "INTEGER" : "BIGINT",
             sqlite ? "INTEGER" : "BOOLEAN", sqlite ? "REAL" : "DOUBLE PRECISION",
             sqlite ? "BLOB" : "BYTEA", sqlite ? " STRICT" : "");
    fixture_script(fixture, sql);
}

struct sample_insert_in
sample_row(int64_t id)
{
    return (struct sample_insert_in){
        .id = id,
        .number = { true, id },
        .truth = true,
        .measure = 0.5,
        .words = "w",
        .octets = { "o", 1 },
    };
}

enum status
sample_put(struct store *store, int64_t id, struct fault *fault)
{
    struct sample_insert_in row = sample_row(id);
    struct db db = { store, NULL, { 0 } };
    enum status status = sample_insert(&db, &row, NULL);

    *fault = db.fault;
    return status;
}

enum status
sample_total_on(struct fixture *fixture, struct store *store, struct sample_total_out *out)
{
    struct db db = { store, &fixture->arena, { 0 } };
    enum status status = sample_total(&db, out);

    fixture->call.db.fault = db.fault;
    return status;
}

enum status
sample_rename_on(struct fixture *fixture, struct store *store, const struct sample_rename_in *in,
                 int64_t *changed)
{
    struct db db = { store, &fixture->arena, { 0 } };
    enum status status = sample_rename(&db, in, changed);

    fixture->call.db.fault = db.fault;
    return status;
}

int64_t
sample_count(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT count(*) FROM sample");
}

enum status
begin_patiently(struct store *store, struct fault *fault)
{
    int64_t end = monotonic_nanoseconds() + MOST_BEGIN_SECONDS * INT64_C(1000000000);
    enum status status;

    do {
        status = store_begin(store, fault);
    } while (status == STATUS_BUSY && monotonic_nanoseconds() < end);
    return status;
}

struct store *
open_impatient(struct fixture *fixture, enum store_mode mode)
{
    struct store_options options = {
        .url = fixture->url,
        .mode = mode,
        .busy_wait_ms = IMPATIENT_MS,
    };
    struct store *store;
    struct fault fault = { 0 };

    check_int(store_open(&store, &options, &fault), STATUS_OK);
    check_text(fault.reason, "");
    if (!store)
        exit(EXIT_FAILURE);
    return store;
}

struct store_options
patient_options(struct fixture *fixture, const struct deadline *deadline)
{
    return (struct store_options){
        .url = fixture->url,
        .mode = STORE_READ_WRITE,
        .busy_wait_ms = PATIENT_MS,
        .deadline = deadline,
    };
}
