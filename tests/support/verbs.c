#include "support/verbs.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/organization/organizations.h"
#include "service/sensor/sensors.h"
#include "support/check.h"

int64_t
make_organization_in(struct fixture *fixture, const char *name, const char *time_zone)
{
    struct organization made = { 0 };

    check_int(organization_create(&fixture->call, name, time_zone, &made), STATUS_OK);
    return made.id;
}

int64_t
make_organization(struct fixture *fixture, const char *name)
{
    return make_organization_in(fixture, name, "UTC");
}

const char *
issue_as(struct fixture *fixture, const struct code_request *request)
{
    struct code_order order = { 0 };

    check_int(code_issue(&fixture->call, request, &order), STATUS_OK);
    return arena_text(&fixture->arena, order.code, strlen(order.code));
}

const char *
issue(struct fixture *fixture, int64_t quantity, const char *term)
{
    return issue_as(fixture, &(struct code_request){ .quantity = quantity, .term = term });
}

const char *
make_key(struct fixture *fixture, int64_t organization_id, int64_t quantity, const char *term)
{
    const char *code = issue(fixture, quantity, term);
    struct redemption redemption = { .key = "" };

    check_int(code_redeem(&fixture->call, organization_id, code, &redemption), STATUS_OK);
    check_text(redemption.key, code);
    return code;
}

struct manager_row
add_sensor(struct fixture *fixture, int64_t organization_id, const char *serial, const char *name)
{
    struct manager_row row = { .serial = "" };

    check_int(sensor_add(&fixture->call, organization_id,
                         &(struct sensor_request){ .serial = serial, .name = name }, &row, NULL),
              STATUS_OK);
    return row;
}

void
copy_sensor(struct fixture *fixture, const char *serial, int count)
{
    enum { AT_ONCE = 1000 };
    char sql[2048];

    for (int i = 0; i < count; i += AT_ONCE) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO sensor (organization_id, id, serial, name, name_folded, "
                 "auto_renewal, alarms_paused, "
                 "added_at, added_by, coverage_ends_at, last_starts_at, version) "
                 "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
                 "SELECT organization_id, 1000000 + i, CAST(100000000000 + i AS TEXT), '', '', "
                 "auto_renewal, false, "
                 "added_at, added_by, coverage_ends_at, last_starts_at, version FROM sensor, n "
                 "WHERE serial = '%s'",
                 i, (i + AT_ONCE < count ? i + AT_ONCE : count) - 1, serial);
        fixture_script(fixture, sql);
    }
    snprintf(sql, sizeof sql,
             "INSERT INTO serial_owner (serial, organization_id, sensor_id) SELECT serial, "
             "organization_id, id FROM sensor WHERE serial <> '%s'",
             serial);
    fixture_script(fixture, sql);
}

void
remove_sensor(struct fixture *fixture, int64_t organization_id, const char *serial)
{
    check_int(sensor_remove(&fixture->call, organization_id, serial), STATUS_OK);
}

void
check_failed_at(const char *file, int line, struct fixture *fixture, enum status got,
                enum status want, const char *code, const char *field)
{
    check_int_at(file, line, "status", got, want);
    check_int_at(file, line, "fault.status", fixture->call.db.fault.status, want);
    check_text_at(file, line, "fault.code", fixture->call.db.fault.code, code);
    check_text_at(file, line, "fault.field", fixture->call.db.fault.field, field);
    check_at(file, line, "the fault says why", fixture->call.db.fault.reason[0] != '\0');
    fixture->call.db.fault = (struct fault){ 0 };
}

void
check_ledger(struct fixture *fixture)
{
    check_int(
        fixture_count(
            fixture,
            "SELECT count(*) FROM license_key WHERE assigned + withdrawn > quantity OR assigned <>"
            " (SELECT count(*) FROM license WHERE license.organization_id = "
            "license_key.organization_id"
            " AND license.key_id = license_key.id)"),
        0);
    check_int(fixture_count(fixture,
                            "SELECT count(*) FROM license AS a JOIN license AS b"
                            " ON a.organization_id = b.organization_id AND a.sensor_id = "
                            "b.sensor_id AND a.id <> b.id"
                            " AND a.starts_at < b.expires_at AND b.starts_at < a.expires_at"),
              0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE last_starts_at <> "
                                     "coalesce((SELECT max(starts_at) FROM license"
                                     " WHERE license.organization_id = sensor.organization_id AND "
                                     "license.sensor_id = sensor.id), 0)"),
              0);
    check_int(fixture_count(
                  fixture,
                  "SELECT count(*) FROM sensor WHERE removed_at IS NULL AND NOT EXISTS (SELECT 1"
                  " FROM serial_owner WHERE serial_owner.serial = sensor.serial"
                  " AND serial_owner.organization_id = sensor.organization_id"
                  " AND serial_owner.sensor_id = sensor.id)"),
              0);
    check_int(
        fixture_count(
            fixture,
            "SELECT count(*) FROM audit_chain WHERE sequence <> (SELECT count(*) FROM audit_entry"
            " WHERE audit_entry.organization_id = audit_chain.organization_id)"),
        0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_chain JOIN audit_entry"
                                     " ON audit_entry.organization_id = audit_chain.organization_id"
                                     " AND audit_entry.sequence = audit_chain.sequence WHERE "
                                     "audit_entry.hash <> audit_chain.hash"),
              0);
}

struct given_up {
    struct fixture *fixture;
    const struct torture *torture;
    int n;
    enum status status; /* of the verb */
};

static enum status
fail_nth(struct call *call, void *with)
{
    struct given_up *given_up = with;

    fixture_fail_at(given_up->fixture, given_up->n);
    given_up->status = given_up->torture->verb(given_up->fixture, given_up->torture->with);
    fixture_fail_at(given_up->fixture, 0);
    return given_up->status ? call_fail(call, STATUS_CONFLICT, "", "", "given up") : STATUS_OK;
}

static void
prepare(struct fixture *fixture, const struct torture *torture)
{
    if (torture->prepare)
        torture->prepare(fixture, torture->with);
}

static void
check_given_up(struct fixture *fixture, const struct torture *torture)
{
    struct given_up given_up = { .fixture = fixture, .torture = torture, .status = STATUS_BUSY };

    prepare(fixture, torture);
    int64_t before = fixture_count(fixture, torture->rows);
    for (int n = 1; given_up.status && check_failures() == 0; n++) {
        given_up.n = n;
        enum status status = transact(&fixture->call, fail_nth, &given_up);
        check_int(status, given_up.status ? STATUS_CONFLICT : STATUS_OK);
        if (given_up.status)
            check_int(given_up.status, STATUS_BUSY);
        check_int(fixture_count(fixture, torture->rows),
                  before + (given_up.status ? 0 : torture->delta));
        check_ledger(fixture);
    }
}

static void
check_repeated(struct fixture *fixture, const struct torture *torture)
{
    for (int n = 1, calls = 1; calls >= n && check_failures() == 0; n++) {
        prepare(fixture, torture);
        int64_t before = fixture_count(fixture, torture->rows);
        fixture_fail_at(fixture, n);
        check_int(torture->verb(fixture, torture->with), STATUS_OK);
        calls = fixture_calls();
        fixture_fail_at(fixture, 0);
        check_int(fixture_count(fixture, torture->rows), before + torture->delta);
        check_ledger(fixture);
    }
}

void
check_torture(struct fixture *fixture, const struct torture *torture)
{
    check_given_up(fixture, torture);
    check_repeated(fixture, torture);
    fixture->call.db.fault = (struct fault){ 0 };
}

struct runner {
    pthread_t thread;
    struct arena arena;
    struct call call;
    int number;
    void (*verb)(struct call *call, int thread, void *with);
    void *with;
};

static void *
run(void *from)
{
    struct runner *runner = from;

    runner->verb(&runner->call, runner->number, runner->with);
    return NULL;
}

void
run_in_two_threads(struct fixture *fixture, void (*verb)(struct call *call, int thread, void *with),
                   void *with)
{
    struct runner runners[2] = { 0 };

    for (int i = 0; i < 2; i++) {
        runners[i] = (struct runner){ .number = i, .verb = verb, .with = with };
        arena_init(&runners[i].arena, FIXTURE_ARENA_BYTES);
        runners[i].call = fixture->call;
        runners[i].call.db.arena = &runners[i].arena;
        runners[i].call.db.store = fixture_open_second(fixture, STORE_READ_WRITE);
    }
    for (int i = 0; i < 2; i++)
        check_int(pthread_create(&runners[i].thread, NULL, run, &runners[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(runners[i].thread, NULL);
        store_close(runners[i].call.db.store);
        arena_clear(&runners[i].arena);
    }
}
