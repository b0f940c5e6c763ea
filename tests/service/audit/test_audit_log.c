#include "service/audit/audit_log.h"

#include <string.h>

#include "base/id.h"
#include "support/check.h"
#include "support/verbs.h"

#define SERIAL "282C02410001"

static const struct actor ada = { .kind = ACTOR_USER, .id = 77, .name = "ada@example.com" };

/* organization.create, code.redeem, sensor.add by ada, and one more of each. */
static int64_t
make_log(struct fixture *fixture)
{
    int64_t id = make_organization(fixture, "Cold chain");

    make_key(fixture, id, 5, "P1Y");
    fixture->call.now += HOUR;
    fixture->call.actor = &ada;
    add_sensor(fixture, id, SERIAL, "Fridge");
    fixture->call.actor = &actor_system;
    fixture->call.now += HOUR;
    add_sensor(fixture, id, "282C02410002", "Room");
    return id;
}

static void
filters(struct fixture *fixture)
{
    static const struct {
        const char *row;
        struct audit_query query;
        int64_t first, count; /* the newest one's number */
    } rows[] = {
        { "all", { .user = NULL }, 4, 4 },
        { "empty filters are none", { .user = "", .object = "", .action = "" }, 4, 4 },
        { "by name", { .user = "ada@example.com" }, 3, 1 },
        { "by nobody's name", { .user = "bob@example.com" }, 0, 0 },
        { "of a kind", { .object = "sensor" }, 4, 2 },
        { "of one", { .object = "28:2c:02:41:00:01" }, 3, 1 },
        { "an action", { .action = "code.redeem" }, 2, 1 },
        { "no part of an action", { .action = "code" }, 0, 0 },
        { "from is inclusive", { .from = NOON + HOUR }, 4, 2 },
        { "to is exclusive", { .to = NOON + HOUR }, 2, 2 },
    };
    int64_t id = make_log(fixture);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct audit_query query = rows[i].query;
        struct audit_page page;
        int64_t count = 0, first = 0;
        check_row(rows[i].row);
        query.page.limit = 1;
        do {
            check_int(audit_list(&fixture->call, id, &query, &page), STATUS_OK);
            first = first || page.count == 0 ? first : page.items[0].sequence;
            count += (int64_t)page.count;
            query.page.cursor = page.next;
        } while (page.next && count < 9);
        check_int(first, rows[i].first);
        check_int(count, rows[i].count);
    }
}

TEST(audit_list_applies_its_filters)
{
    with_each_store(filters);
}

/* The entries of before keep the address as it was then. */
static void
finds_by_new_form(struct fixture *fixture)
{
    static const struct {
        const char *row, *user;
        int64_t count;
    } rows[] = {
        { "as it is now", "zoë@example.com", 2 },
        { "as somebody types it", "ZOE\u0308@example.com", 2 },
        { "as it was", "zOË@example.com", 2 },
        { "another account", "zoe@example.com", 0 },
    };
    static const struct actor before = { .kind = ACTOR_USER, .id = 78, .name = "zOË@example.com" };
    static const struct actor now = { .kind = ACTOR_USER, .id = 78, .name = "zoë@example.com" };
    int64_t id = make_log(fixture);
    struct audit_page page;

    fixture_script(fixture, "INSERT INTO user_account (id, email, name, password_hash, operator,"
                            " created_at) VALUES (78, 'zoë@example.com', 'Zoe', 'x', false, 1)");
    fixture->call.actor = &before;
    add_sensor(fixture, id, "282C02410003", "Hall");
    fixture->call.actor = &now;
    add_sensor(fixture, id, "282C02410004", "Yard");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct audit_query query = { .page = { .limit = 9 }, .user = rows[i].user };
        check_row(rows[i].row);
        check_int(audit_list(&fixture->call, id, &query, &page), STATUS_OK);
        check_int(page.count, rows[i].count);
    }
}

TEST(audit_list_finds_by_an_email_what_the_account_did_before_it_had_that_form)
{
    with_each_store(finds_by_new_form);
}

static void
names_actors_and_objects(struct fixture *fixture)
{
    int64_t id = make_log(fixture);
    char actor[ID_TEXT_SIZE];
    struct audit_query query = { .page = { .limit = 9 }, .user = actor };
    struct audit_page page;

    id_format(actor, ada.id);
    check_int(audit_list(&fixture->call, id, &query, &page), STATUS_OK);
    check_int(page.count, 1);
    check_text(page.items[0].actor_kind, "user");
    check_int(page.items[0].actor_id, 77);
    check_text(page.items[0].actor_name, ada.name);
    check_text(page.items[0].fact.action, "sensor.add");
    check_text(page.items[0].fact.object_kind, "sensor");
    check_text(page.items[0].fact.object_id, SERIAL);
    check_text(page.items[0].fact.before, "null");
    check(page.items[0].fact.after[0] == '{');
    check_int(page.items[0].at, NOON + HOUR);
    query.page.cursor = "x";
    check_failed(fixture, audit_list(&fixture->call, id, &query, &page), STATUS_MALFORMED, "",
                 "cursor");
}

TEST(audit_list_names_actors_and_objects)
{
    with_each_store(names_actors_and_objects);
}

static void
verify(struct fixture *fixture, enum audit_flaw flaw, int64_t sequence)
{
    struct audit_verification found;
    size_t flawed = 0;

    check_int(audit_verify(&fixture->call, &(struct audit_verify_request){ .head = NULL }, &found),
              STATUS_OK);
    check_int(found.flawed, flaw != AUDIT_WHOLE);
    for (size_t i = 0; i < found.count; i++) {
        if (!found.chains[i].flaw)
            continue;
        flawed++;
        check_int(found.chains[i].flaw, flaw);
        check_int(found.chains[i].sequence, sequence);
        check_text(found.chains[i].name, "Cold chain");
    }
    check_int(flawed, flaw != AUDIT_WHOLE);
}

#define COPY_OF                                                                                    \
    "INSERT INTO audit_entry (organization_id, sequence, at, actor_kind, actor_id, actor_name,"    \
    " action, object_kind, object_id, before, after, hash) SELECT organization_id, "
#define REST_OF                                                                                    \
    ", at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after, hash"  \
    " FROM audit_entry WHERE organization_id > 0 AND sequence = "

static void
finds_every_forgery(struct fixture *fixture)
{
    static const struct {
        const char *row, *script;
        enum audit_flaw flaw;
        int64_t sequence;
    } rows[] = {
        { "a changed one", "UPDATE audit_entry SET after = '{}' WHERE sequence = 3", AUDIT_CHANGED,
          3 },
        { "another instant",
          "UPDATE audit_entry SET at = at + 1 WHERE organization_id > 0 AND sequence = 1",
          AUDIT_CHANGED, 1 },
        { "a missing one", "DELETE FROM audit_entry WHERE organization_id > 0 AND sequence = 2",
          AUDIT_MISSING, 2 },
        { "the last is missing", "DELETE FROM audit_entry WHERE sequence = 4", AUDIT_MISSING, 4 },
        { "all are missing", "DELETE FROM audit_entry WHERE organization_id > 0", AUDIT_MISSING,
          1 },
        { "two swapped",
          "UPDATE audit_entry SET sequence = 9 WHERE sequence = 3;"
          "UPDATE audit_entry SET sequence = 3 WHERE sequence = 4;"
          "UPDATE audit_entry SET sequence = 4 WHERE sequence = 9",
          AUDIT_CHANGED, 3 },
        { "an appended one", COPY_OF "5" REST_OF "4", AUDIT_APPENDED, 5 },
        { "appended, and the number raised",
          COPY_OF "5" REST_OF "4; UPDATE audit_chain SET sequence = 5 WHERE organization_id > 0",
          AUDIT_CHANGED, 5 },
        { "cut off, and the number lowered",
          "DELETE FROM audit_entry WHERE sequence = 4;"
          "UPDATE audit_chain SET sequence = 3 WHERE organization_id > 0",
          AUDIT_CHANGED, 3 },
        { "the chain's end is gone", "DELETE FROM audit_chain WHERE organization_id > 0",
          AUDIT_APPENDED, 1 },
        { "everything is gone",
          "DELETE FROM audit_entry WHERE organization_id > 0; DELETE FROM audit_chain WHERE "
          "organization_id > 0",
          AUDIT_NO_CHAIN, 1 },
    };

    make_log(fixture);
    fixture_script(fixture, "CREATE TABLE kept_entry AS SELECT * FROM audit_entry;"
                            "CREATE TABLE kept_chain AS SELECT * FROM audit_chain");
    verify(fixture, AUDIT_WHOLE, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        fixture_script(fixture, rows[i].script);
        verify(fixture, rows[i].flaw, rows[i].sequence);
        fixture_script(fixture, "DELETE FROM audit_entry; DELETE FROM audit_chain;"
                                "INSERT INTO audit_entry SELECT * FROM kept_entry;"
                                "INSERT INTO audit_chain SELECT * FROM kept_chain");
        verify(fixture, AUDIT_WHOLE, 0);
    }
    fixture_script(fixture, "DROP TABLE kept_entry; DROP TABLE kept_chain");
}

TEST(audit_verify_finds_every_forgery)
{
    with_each_store(finds_every_forgery);
}
