#include "support/ledger_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void
script(struct fixture *fixture, const char *format, int64_t a, int64_t b, const char *text,
       int64_t c, int64_t d)
{
    char sql[2048];

    /* The same five for every format: the ones it does not name are left over. */
    snprintf(sql, sizeof sql, format, a, b, text, c, d);
    fixture_script(fixture, sql);
}

int64_t
ledger_sensor_id(const char *serial)
{
    return (int64_t)strtoull(serial, NULL, 16);
}

void
ledger_add_organization(struct fixture *fixture, int64_t id)
{
    script(
        fixture,
        "INSERT INTO organization (id, name, time_zone, pool_order, notice_time, device_token, "
        "device_token_required, version, created_at) VALUES (%1$" PRId64 ", 'Cold chain', "
        "'Europe/Warsaw', 'oldest_first', '08:00', 'device-token', false, 1, 0);"
        "INSERT INTO license_key (organization_id, id, key, quantity, assigned, withdrawn, term, "
        "redeemed_at, redemption, redeemed_by, licenses_left_then) VALUES (%1$" PRId64
        ", %2$" PRId64 ", 'KEY', 100, 0, 0, 'P1Y', 0, 0, 'test', 100);",
        id, LEDGER_KEY, "", 0, 0);
}

void
ledger_add_sensor(struct fixture *fixture, int64_t organization_id, const char *serial)
{
    script(
        fixture,
        "INSERT INTO sensor (organization_id, id, serial, name, name_folded, auto_renewal, "
        "alarms_paused, "
        "added_at, added_by, coverage_ends_at, last_starts_at, version) SELECT %1$" PRId64
        ", %2$" PRId64 ", '%3$s', 'Fridge', 'fridge', false, "
        "false, 0, 'test', 0, 0, version FROM organization WHERE id = %1$" PRId64 ";"
        "INSERT INTO serial_owner (serial, organization_id, sensor_id) VALUES ('%3$s', %1$" PRId64
        ", %2$" PRId64 ");",
        organization_id, ledger_sensor_id(serial), serial, 0, 0);
}

void
ledger_add_license(struct fixture *fixture, int64_t organization_id, const char *serial,
                   utc_seconds starts_at, utc_seconds expires_at)
{
    script(fixture,
           "UPDATE organization SET version = version + 1 WHERE id = %1$" PRId64 ";"
           "UPDATE sensor SET coverage_ends_at = %5$" PRId64 ", last_starts_at = %4$" PRId64
           ", version = (SELECT version FROM organization "
           "WHERE id = %1$" PRId64 ") "
           "WHERE organization_id = %1$" PRId64 " AND serial = '%3$s';"
           "INSERT INTO license (organization_id, id, sensor_id, key_id, starts_at, expires_at, "
           "assigned_at, "
           "assigned_by, cause) VALUES (%1$" PRId64 ", %4$" PRId64 " + %2$" PRId64 ", %2$" PRId64
           ", 21, %4$" PRId64 ", %5$" PRId64 ", 0, 'test', 'added');",
           organization_id, ledger_sensor_id(serial), serial, starts_at, expires_at);
}

void
ledger_remove_sensor(struct fixture *fixture, int64_t organization_id, const char *serial)
{
    script(fixture,
           "UPDATE organization SET version = version + 1 WHERE id = %1$" PRId64 ";"
           "UPDATE sensor SET removed_at = %4$" PRId64
           ", version = (SELECT version FROM organization WHERE id = %1$" PRId64
           ") WHERE organization_id = %1$" PRId64 " AND id = %2$" PRId64 ";"
           "DELETE FROM serial_owner WHERE serial = '%3$s';",
           organization_id, ledger_sensor_id(serial), serial, 1, 0);
}
