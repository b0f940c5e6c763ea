/* What an older program wrote gets the forms of this one. */
#include "store/text_forms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/unicode.h"
#include "store/migrate.h"
#include "support/check.h"
#include "support/ledger_rows.h"
#include "support/sample.h"
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

/* Without the folded form of its reference. */
static void
put_code(struct fixture *fixture, const char *reference)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "INSERT INTO activation_code (id, code_hash, quantity, term, reference, issued_at,"
             " issued_by) VALUES (7, %s, 1, 'P1Y', '%s', 1, 'x')",
             on_sqlite(fixture) ? "x'00'" : "'\\x00'", reference);
    fixture_script(fixture, sql);
}

/* Three bytes that Form C takes apart into six, sixty times: more than a name may have. */
#define TEN(text)   text text text text text text text text text text
#define SIXTY(text) TEN(text) TEN(text) TEN(text) TEN(text) TEN(text) TEN(text)
#define GROWING     SIXTY("\u0958")
#define GROWN       SIXTY("\u0915\u093C")

/* As a store of before: nothing says which forms it has. */
static void
make_old(struct fixture *fixture)
{
    fixture_script(fixture, "DELETE FROM text_form");
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    fixture_script(fixture, "UPDATE organization SET name = 'A\u0308pfel'");
    put_code(fixture, "Auftrag Ko\u0308LN");
    put_sensor(fixture, 1, "Ku\u0308hlraum");
    put_sensor(fixture, 2, "Straße");
    put_sensor(fixture, 3, "Łódź");
    put_sensor(fixture, 4, "plain");
    put_sensor(fixture, 5, GROWING);
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
    char sql[1024];

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
    check_int(fixture_count(fixture, "SELECT count(*) FROM activation_code"
                                     " WHERE reference = 'Auftrag KöLN'"
                                     " AND reference_folded = 'auftrag koln'"),
              1);
    check_sensor(fixture, 1, "Kühlraum", "kuhlraum");
    check_sensor(fixture, 2, "Straße", "strasse");
    check_sensor(fixture, 3, "Łódź", "lodz");
    check_sensor(fixture, 4, "plain", "plain");
    check_sensor(fixture, 5, GROWING, GROWN);
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
    enum schema_state state = SCHEMA_NONE;
    bool stale = false;

    check_int(text_forms_stale(store, &stale, &fault), STATUS_OK);
    check(!stale);
    make_old(fixture);
    check_int(schema_find(store, &state, &fault), STATUS_OK);
    check_int(state, SCHEMA_OLDER_TEXTS);
    check_int(migrate(store, 1, &fault), STATUS_OK);
    check_new(fixture);
    check_int(schema_find(store, &state, &fault), STATUS_OK);
    check_int(state, SCHEMA_CURRENT);

    /* A later program: all once more. */
    fixture_script(fixture, "UPDATE text_form SET rules = '0.old';"
                            "UPDATE sensor SET name_folded = 'old';"
                            "DELETE FROM user_account WHERE id = 2");
    check_int(migrate(store, 1, &fault), STATUS_OK);
    check_sensor(fixture, 1, "Kühlraum", "kuhlraum");
    check_user(fixture, 1, "jürgen@bücher.example", 0);
}

/* The stage of the codes was not there when the forms of this store were made. */
static void
goes_on_with_codes(struct fixture *fixture)
{
    struct fault fault = { 0 };

    fixture_script(fixture, "UPDATE text_form SET stage = 4");
    ledger_add_organization(fixture, LEDGER_ORGANIZATION);
    put_code(fixture, "PO-7");
    put_sensor(fixture, 1, "Plain");
    fixture_script(fixture, "UPDATE sensor SET name_folded = 'kept'");
    check_int(migrate(fixture->call.db.store, 1, &fault), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM activation_code"
                                     " WHERE reference_folded = 'po-7'"),
              1);
    check_sensor(fixture, 1, "Plain", "kept");
}

TEST(a_store_whose_names_have_their_forms_gets_those_of_its_references)
{
    with_each_store(goes_on_with_codes);
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
    check_int(fixture_count(fixture, "SELECT count(*) FROM sensor WHERE name_folded = 'old'"), 5);
    check_int(text_forms_update(fixture->call.db.store, &fault), STATUS_OK);
    check_new(fixture);
}

TEST(forms_that_cannot_be_made_now_are_made_at_the_next_start)
{
    with_each_store(ends_early);
}

/* Rows in their old forms, and a note of whose forms they are. */
static void
note(struct fixture *fixture, const char *rules, int stage)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "UPDATE text_form SET rules = '%s', stage = %d, after_first = 0, after_second = 0;"
             "UPDATE sensor SET name_folded = 'old'; UPDATE organization SET name_folded = 'old';"
             "UPDATE user_account SET name_folded = 'old' WHERE id = 3",
             rules, stage);
    fixture_script(fixture, sql);
}

enum { NOBODY, COMMAND, SERVER }; /* who makes the forms */

static void
takes_turns_by_age(struct fixture *fixture)
{
    static const struct {
        const char *row, *rules;
        int stage, maker;
    } rows[] = {
        { "an older program", "0.fffffff", 5, COMMAND },
        { "an older library", "1.9", 5, SERVER },
        { "an older library, not completed", "1.9", 1, COMMAND },
        { "a newer library", "1.fffffff", 5, NOBODY },
        { "a newer library, at work", "1.fffffff", 1, NOBODY },
        { "a newer program", "10.9", 5, NOBODY },
    };
    struct store *store = fixture->call.db.store;
    struct fault fault = { 0 };
    bool stale;
    char sql[128];

    make_old(fixture);
    check_int(migrate(store, 1, &fault), STATUS_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        note(fixture, rows[i].rules, rows[i].stage);
        check_int(text_forms_stale(store, &stale, &fault), STATUS_OK);
        check_int(stale, rows[i].maker != NOBODY);
        check_int(migrate(store, 1, &fault), STATUS_OK);
        check_sensor(fixture, 2, "Straße", rows[i].maker == COMMAND ? "strasse" : "old");
        check_int(text_forms_update(store, &fault), STATUS_OK);
        check_sensor(fixture, 2, "Straße", rows[i].maker == NOBODY ? "old" : "strasse");
        snprintf(sql, sizeof sql, "SELECT count(*) FROM text_form WHERE rules = '%s'",
                 rows[i].rules);
        check_int(fixture_count(fixture, sql), rows[i].maker == NOBODY);
    }
}

TEST(forms_of_a_newer_library_stay_and_only_a_server_makes_those_of_an_older_one_again)
{
    with_each_store(takes_turns_by_age);
}

struct rename {
    struct fixture *fixture; /* with a connection of its own */
    const char *sql;
};

static void
rename_now(void *with)
{
    const struct rename *rename = with;

    fixture_script(rename->fixture, rename->sql);
}

/* Right before the rows that were read are written. */
static void
keeps_renames(struct fixture *fixture)
{
    static const struct {
        const char *row;
        int stage, call;
        const char *rename, *kept;
    } rows[] = {
        { "organization", 0, 5, "UPDATE organization SET name = 'New', name_folded = 'new'",
          "SELECT count(*) FROM organization WHERE name = 'New' AND name_folded = 'new'" },
        { "user", 1, 5, "UPDATE user_account SET name = 'New', name_folded = 'new' WHERE id = 3",
          "SELECT count(*) FROM user_account WHERE name = 'New' AND name_folded = 'new'" },
        { "sensor", 3, 5, "UPDATE sensor SET name = 'New', name_folded = 'new' WHERE id = 1",
          "SELECT count(*) FROM sensor WHERE name = 'New' AND name_folded = 'new'" },
    };
    struct fixture other = *fixture;
    struct fault fault = { 0 };
    char rules[UNICODE_FOLD_VERSION_SIZE];

    if (!strcmp(fixture->driver_name, "sqlite"))
        return; /* nobody else writes during a transaction */
    unicode_fold_version(rules);
    other.call.db.store = fixture_open_second(fixture, STORE_READ_WRITE);
    make_old(fixture);
    check_int(migrate(fixture->call.db.store, 1, &fault), STATUS_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rename rename = { &other, rows[i].rename };
        check_row(rows[i].row);
        note(fixture, rules, rows[i].stage);
        fixture_run_at(fixture, rows[i].call, rename_now, &rename);
        check_int(text_forms_update(fixture->call.db.store, &fault), STATUS_OK);
        fixture_run_at(fixture, 0, NULL, NULL);
        check_int(fixture_count(fixture, rows[i].kept), 1);
    }
    store_close(other.call.db.store);
}

TEST(a_rename_while_forms_are_made_stays)
{
    with_each_store(keeps_renames);
}
