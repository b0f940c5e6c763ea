/* What an older program wrote gets the forms of this one. */
#include "store/text_forms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/migrate.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/store_fixture.h"

enum { MANY = 2100, ROUNDS = 22 }; /* three steps, and more calls to the store than they make */

static void
put_sensor(struct fixture *fixture, int id, const char *name)
{
    char sql[1024];

    snprintf(sql, sizeof sql,
             "INSERT INTO sensor (organization_id, id, serial, name, name_folded, auto_renewal,"
             " alarms_paused, added_at, added_by, coverage_ends_at, last_starts_at, version)"
             " VALUES (%d, %d, '%012d', '%s', 'old', false, false, 0, 'test', 0, 0, 1)",
             LEDGER_ORGANIZATION, id, id, name);
    fixture_script(fixture, sql);
}

static void
put_user(struct fixture *fixture, int id, const char *email)
{
    char sql[1024];

    snprintf(sql, sizeof sql,
             "INSERT INTO user_account (id, email, name, password_hash, operator, created_at)"
             " VALUES (%d, '%s', 'Zoe\u0308', 'x', false, %d)",
             id, email, 100 - id);
    fixture_script(fixture, sql);
}

/* With its mail. */
static void
put_invitation(struct fixture *fixture, int id, const char *email)
{
    const char *bytes = strcmp(fixture->driver_name, "sqlite") ? "'\\x01'" : "x'01'";
    char sql[1024];

    snprintf(sql, sizeof sql,
             "INSERT INTO invitation (organization_id, id, email, role, token_hash, invited_by,"
             " invited_at, expires_at) VALUES (%d, %d, '%s', 'analyst', %s, 'Ann', 1, 2)",
             LEDGER_ORGANIZATION, id, email, bytes);
    fixture_script(fixture, sql);
    snprintf(sql, sizeof sql,
             "INSERT INTO outbox (organization_id, id, kind, purpose, target, message_id, content,"
             " state, queued_at, next_try_at, attempts, last_error)"
             " VALUES (%d, %d, 'mail', 'invitation', '%s', 'm', %s, 'waiting', 1, 1, 0, '')",
             LEDGER_ORGANIZATION, id, email, bytes);
    fixture_script(fixture, sql);
}

/* As a store of before: nothing says which forms it has. */
static void
make_old(struct fixture *fixture)
{
    fixture_script(fixture, "DELETE FROM text_form");
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    fixture_script(fixture, "UPDATE organization SET name = 'A\u0308pfel'");
    put_sensor(fixture, 1, "Ku\u0308hlraum");
    put_sensor(fixture, 2, "Straße");
    put_sensor(fixture, 3, "Łódź");
    put_sensor(fixture, 4, "plain");
    put_user(fixture, 1, "ju\u0308rgen@bÜcher.example"); /* the youngest */
    put_user(fixture, 2, "jÜrgen@xn--bcher-kva.example");
    put_user(fixture, 3, "ann@example.org");
    put_user(fixture, 4, "bob@my_host");
    put_invitation(fixture, 1, "zoe\u0308@example.org");
    put_invitation(fixture, 2, "ZoË@example.org");
    put_invitation(fixture, 3, "cleo@example.org");
}

static void
check_sensor(struct fixture *fixture, int id, const char *name, const char *folded)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM sensor WHERE id = %d AND name = '%s' AND name_folded = '%s'", id,
             name, folded);
    check_int(fixture_count(fixture, sql), 1);
}

static void
check_user(struct fixture *fixture, int id, const char *email, int same_as)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM user_account WHERE id = %d AND email = '%s' AND name = 'Zoë'"
             " AND name_folded = 'zoe' AND coalesce(same_email_as, 0) = %d",
             id, email, same_as);
    check_int(fixture_count(fixture, sql), 1);
}

static void
check_new(struct fixture *fixture)
{
    check_int(fixture_count(fixture, "SELECT count(*) FROM organization WHERE name = 'Äpfel'"
                                     " AND name_folded = 'apfel'"),
              1);
    check_sensor(fixture, 1, "Kühlraum", "kuhlraum");
    check_sensor(fixture, 2, "Straße", "strasse");
    check_sensor(fixture, 3, "Łódź", "lodz");
    check_sensor(fixture, 4, "plain", "plain");
    check_user(fixture, 1, "ju\u0308rgen@bÜcher.example", 2); /* the older one has the form */
    check_user(fixture, 2, "jürgen@bücher.example", 0);
    check_user(fixture, 3, "ann@example.org", 0);
    check_user(fixture, 4, "bob@my_host", 0); /* it has no other form */
    check_int(fixture_count(fixture, "SELECT count(*) FROM invitation JOIN outbox"
                                     " ON outbox.id = invitation.id AND outbox.target = email"
                                     " WHERE email IN ('zoë@example.org', 'ZoË@example.org',"
                                     " 'cleo@example.org')"), /* two were invited in two forms */
              3);
}

static void
brings_up(struct fixture *fixture)
{
    struct store *store = fixture->call.db.store;
    struct fault fault = { 0 };
    int missing = 0;
    bool stale = false;

    check_int(text_forms_stale(store, &stale, &fault), STATUS_OK);
    check(!stale);
    make_old(fixture);
    check_int(migrations_missing(store, &missing, &fault), STATUS_OK);
    check_int(missing, 1);
    check_int(migrate(store, 1, &fault), STATUS_OK);
    check_new(fixture);
    check_int(migrations_missing(store, &missing, &fault), STATUS_OK);
    check_int(missing, 0);

    /* Another library, or a later program: all once more. */
    fixture_script(fixture, "UPDATE text_form SET rules = '0.old';"
                            "UPDATE sensor SET name_folded = 'old';"
                            "DELETE FROM user_account WHERE id = 2");
    check_int(migrate(store, 1, &fault), STATUS_OK);
    check_sensor(fixture, 1, "Kühlraum", "kuhlraum");
    check_user(fixture, 1, "jürgen@bücher.example", 0);
}

TEST(a_store_of_an_older_program_gets_the_forms_of_this_one)
{
    with_each_store(brings_up);
}

/* Each step is a transaction that goes on where the one before ended. */
static void
goes_on(struct fixture *fixture)
{
    struct fault fault = { 0 };
    char sql[1024];

    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    snprintf(sql, sizeof sql,
             "INSERT INTO sensor (organization_id, id, serial, name, name_folded, auto_renewal,"
             " alarms_paused, added_at, added_by, coverage_ends_at, last_starts_at, version)"
             " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " SELECT %d, i, substr('000000000000' || i, length('000000000000' || i) - 11),"
             " 'Äpfel', 'old', false, false, 0, 'test', 0, 0, 1 FROM n",
             MANY, LEDGER_ORGANIZATION);
    fixture_script(fixture, sql);
    fixture_script(fixture, "DELETE FROM text_form");
    for (int rounds = 0; rounds < ROUNDS; rounds++) {
        fixture_fail_at(fixture, rounds + 1);
        check_int(migrate(fixture->call.db.store, 1, &fault), STATUS_OK);
        fixture_fail_at(fixture, 0);
        check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE name_folded = 'apfel'"),
                  MANY);
        fixture_script(fixture, "UPDATE text_form SET stage = 3, after_first = 0, after_second = 0;"
                                "UPDATE sensor SET name_folded = 'old'");
    }
}

TEST(the_forms_of_many_rows_are_made_whatever_fails)
{
    with_each_store(goes_on);
}

static void
ends_early(struct fixture *fixture)
{
    struct fault fault = { 0 };

    make_old(fixture);
    fixture_refuse_begins(fixture, 100);
    check_int(text_forms_update(fixture->call.db.store, &fault), STATUS_BUSY);
    fixture_refuse_begins(fixture, 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE name_folded = 'old'"), 4);
    check_int(text_forms_update(fixture->call.db.store, &fault), STATUS_OK);
    check_new(fixture);
}

TEST(forms_that_cannot_be_made_now_are_made_at_the_next_start)
{
    with_each_store(ends_early);
}
