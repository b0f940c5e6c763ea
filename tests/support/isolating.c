#include "support/isolating.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "service/core/transaction.h"
#include "service/measurement/journal_index.h"
#include "support/check.h"
#include "support/ledger_rows.h"

enum { MOST_STEPS = 200, SQL_SIZE = 8192 };

#define WEBHOOK                                                                                    \
    "INSERT INTO webhook (organization_id, id, url, secret, created_at, created_by)"               \
    " VALUES ($o, 31, 'https://x.example', $b, 0, 'test');"
#define RULE                                                                                       \
    "INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, threshold,"  \
    " hysteresis, for_seconds, tell_when_over, samples_from, made_at, made_by)"                    \
    " VALUES ($o, 41, NULL, 'lost_connection', 0, 0, 0, 60, false, 0, 0, 'test');"                 \
    "INSERT INTO alarm_recipient (organization_id, rule_id, user_id) VALUES ($o, 41, $o + 60);"    \
    "INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at)"                  \
    " VALUES ($o, 0, 0, 0);"
#define ENDS(when)                                                                                 \
    "UPDATE license SET expires_at = " when " WHERE organization_id = $o;"                         \
    "UPDATE sensor SET coverage_ends_at = " when " WHERE organization_id = $o;"

const struct isolating_case isolating_cases[ISOLATING_CASES] = {
    { "renewals",
      ENDS("$t - 3600") "UPDATE sensor SET auto_renewal = true WHERE organization_id = $o;",
      "SELECT count(*) - 1 FROM license WHERE organization_id = $o" },
    { "notices", ENDS("$d"), "SELECT count(*) FROM notice WHERE organization_id = $o" },
    { "low pools",
      ENDS("$t + 864000") "UPDATE sensor SET auto_renewal = true WHERE organization_id = $o;"
                          "UPDATE license_key SET assigned = quantity WHERE organization_id = $o;",
      "SELECT count(*) FROM notice WHERE organization_id = $o AND kind = 'pool_low'" },
    { "expired licenses",
      ENDS("$t - 3600") WEBHOOK
      "INSERT INTO webhook_event (organization_id, event, webhook_id)"
      " VALUES ($o, 'license.expired', 31);"
      "INSERT INTO expiry_watch (organization_id, emitted_until, emitted_serial)"
      " VALUES ($o, $t - 7200, '');",
      "SELECT count(*) FROM outbox WHERE organization_id = $o AND purpose = 'license.expired'" },
    { "lost connections",
      RULE
      "INSERT INTO alarm_expectation (organization_id, sensor_id, heard_at, announced, look_at)"
      " VALUES ($o, $s, $t - 10800, 3600, $t - 7140);",
      "SELECT count(*) FROM alert WHERE organization_id = $o AND id <> 51" },
    { "alerts",
      RULE "INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition,"
           " channel_type, threshold, hysteresis, for_seconds, started_at, peak, noticed_at,"
           " mail_pending, begin_mailed) VALUES ($o, 52, 41, $s, 0, 'lost_connection', 0, 0, 0, 60,"
           " $t - 7200, 0, $t, true, false);",
      "SELECT count(*) FROM outbox WHERE organization_id = $o AND purpose = 'alert'" },
};

/* Replaces the $words. */
static void
isolating_script(struct fixture *fixture, int64_t organization, const char *text,
                 char out[SQL_SIZE])
{
    bool is_sqlite = !strcmp(fixture->driver_name, "sqlite");
    utc_seconds now = fixture->call.now;
    char serial[13];
    size_t at = 0;

    snprintf(serial, sizeof serial, "282C0242%04" PRId64, organization);
    for (; *text && at + 64 < SQL_SIZE; text++) {
        if (*text != '$') {
            out[at++] = *text;
            continue;
        }
        char *into = out + at;
        switch (*++text) {
        case 'o':
            at += (size_t)snprintf(into, 64, "%" PRId64, organization);
            break;
        case 's':
            at += (size_t)snprintf(into, 64, "%" PRId64, ledger_sensor_id(serial));
            break;
        case 'h':
            at += (size_t)snprintf(into, 64, "'%s'", serial);
            break;
        case 't':
            at += (size_t)snprintf(into, 64, "%" PRId64, now);
            break;
        case 'd':
            at += (size_t)snprintf(into, 64, "%" PRId64, (now / UTC_DAY + 1) * UTC_DAY);
            break;
        default: /* 'b': one byte */
            at += (size_t)snprintf(into, 64, "%s", is_sqlite ? "x'01'" : "'\\x01'");
            break;
        }
    }
    out[at] = '\0';
}

void
isolating_run_sql(struct fixture *fixture, int64_t organization, const char *text)
{
    char sql[SQL_SIZE];

    isolating_script(fixture, organization, text, sql);
    fixture_script(fixture, sql);
}

bool
isolating_try_sql(struct fixture *fixture, int64_t organization, const char *text)
{
    char sql[SQL_SIZE];

    isolating_script(fixture, organization, text, sql);
    return fixture_try_script(fixture, sql);
}

int64_t
isolating_count(struct fixture *fixture, int64_t organization, const char *text)
{
    char sql[SQL_SIZE];

    isolating_script(fixture, organization, text, sql);
    return fixture_count(fixture, sql);
}

const struct isolating_case *
isolating_case_of(const char *job)
{
    for (size_t i = 0; i < sizeof isolating_cases / sizeof isolating_cases[0]; i++)
        if (!strcmp(isolating_cases[i].job, job))
            return &isolating_cases[i];
    return NULL;
}

struct job_turn
isolating_turn(const char *job)
{
    const struct scheduled_job *row = schedule;

    while (strcmp(row->name, job) != 0)
        row++;
    return job_turn_of(row);
}

void
isolating_make(struct fixture *fixture, int64_t id)
{
    utc_seconds now = fixture->call.now;
    char serial[13];

    snprintf(serial, sizeof serial, "282C0242%04" PRId64, id);
    ledger_add_organization(fixture, id);
    ledger_add_sensor(fixture, id, serial);
    ledger_add_license(fixture, id, serial, now - 10 * UTC_DAY, now + 10 * UTC_DAY);
    isolating_run_sql(
        fixture, id,
        "UPDATE organization SET time_zone = 'UTC', notice_time = '00:00', created_at = $t - 864000"
        " WHERE id = $o;"
        "INSERT INTO user_account (id, email, name, password_hash, operator, created_at)"
        " VALUES ($o + 60, 'member$o@example.org', 'M', 'x', false, 0);"
        "INSERT INTO member (organization_id, user_id, role, added_at)"
        " VALUES ($o, $o + 60, 'manager', 0);"
        "INSERT INTO notice_recipient (organization_id, user_id, only_what_stops)"
        " VALUES ($o, $o + 60, false);");
}

int
isolating_run_job(struct fixture *fixture, struct job_turn *turn)
{
    struct call call = fixture->call;
    int failures = 0, steps = 0;

    turn->more = true;
    while (turn->more && steps++ < MOST_STEPS) {
        call.job = NULL;
        enum status status = transact(&call, job_turn_run, turn);
        if (!status)
            continue;
        struct fault why = call.db.fault;
        check(status != STATUS_BUSY);
        failures++;
        turn->failure.reason = why.reason;
        check_int(transact(&call, job_turn_isolate, turn), STATUS_OK);
        check(!turn->pause.was_left_out);
    }
    check(steps < MOST_STEPS); /* it does not spin */
    return failures;
}

int64_t
isolating_left_out(struct fixture *fixture, int64_t organization, const char *job)
{
    struct job_left_out *rows;
    size_t count, found = 0;
    int64_t total;

    check_int(job_list_left_out(&fixture->call, 10, &rows, &count, &total), STATUS_OK);
    check_int(total, count);
    for (size_t i = 0; i < count; i++)
        found += rows[i].organization_id == organization && !strcmp(rows[i].job, job)
                 && *rows[i].reason && !strcmp(rows[i].name, "Cold chain");
    check_int(found, count);
    return (int64_t)count;
}

void
isolating_begin(struct fixture *fixture, const struct isolating_case *row)
{
    fixture->call.journal_index = journal_index_open();
    fixture->call.public_url = "https://tenure.example.com";
    for (int64_t id = ISOLATED; id <= LAST_OTHER; id++) {
        isolating_make(fixture, id);
        isolating_run_sql(fixture, id, row->work);
    }
}

void
isolating_end(struct fixture *fixture)
{
    journal_index_close(fixture->call.journal_index);
    fixture->call.journal_index = NULL;
}
