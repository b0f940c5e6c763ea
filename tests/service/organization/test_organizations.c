#include "service/organization/organizations.h"

#include <string.h>

#include "service/account/people.h"
#include "service/core/transaction.h"
#include "support/check.h"
#include "support/verbs.h"

static void
makes_its_creator_administrator(struct fixture *fixture)
{
    struct organization made, got;
    struct user user;

    check_int(people_add(&fixture->call,
                         &(struct user_request){ .email = "Ann@Example.org", .password_hash = "x" },
                         &user),
              STATUS_OK);
    struct actor ann = { .kind = ACTOR_USER, .id = user.id, .name = user.email };
    fixture->call.actor = &ann;
    check_int(organization_create(&fixture->call, "  Cold Chain ", "Europe/Warsaw", &made),
              STATUS_OK);
    check_int(organization_get(&fixture->call, made.id, &got), STATUS_OK);
    check_text(got.name, "Cold Chain");
    check_text(got.time_zone, "Europe/Warsaw");
    check_text(got.pool_order, "oldest_first");
    check_text(got.notice_time, "08:00");
    check_int(strlen(got.device_token), DEVICE_TOKEN_LENGTH);
    check(!got.device_token_required);
    check_int(got.created_at, NOON);
    check_int(fixture_count(fixture, "SELECT count(*) FROM member WHERE role = 'administrator'"
                                     " AND user_id = (SELECT id FROM user_account)"
                                     " AND organization_id = (SELECT id FROM organization)"),
              1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action ="
                                     " 'organization.create' AND actor_name = 'ann@example.org'"),
              1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice_recipient WHERE NOT"
                                     " only_what_stops AND user_id = (SELECT id FROM user_account)"
                                     " AND organization_id = (SELECT id FROM organization)"),
              1);
    fixture->call.actor = &actor_system;
    check_int(organization_create(&fixture->call, "Of the system", "UTC", &made), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice_recipient"), 1);
}

TEST(organization_create_makes_its_creator_administrator)
{
    with_each_store(makes_its_creator_administrator);
}

static void
refuses(struct fixture *fixture)
{
    static const struct {
        const char *name, *zone, *code, *field;
    } rows[] = {
        { "", "UTC", "", "name" },
        { "  ", "UTC", "", "name" },
        { "a\tb", "UTC", "", "name" },
        { "\xff", "UTC", "", "name" },
        { NULL, "UTC", "", "name" },
        { "A", "Europe/Atlantis", "time_zone_unknown", "time_zone" },
        { "A", "../../etc/passwd", "time_zone_unknown", "time_zone" },
        { "A", NULL, "time_zone_unknown", "time_zone" },
    };
    struct organization made;
    char long_name[ORGANIZATION_NAME_MOST_BYTES + 2] = "";

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_failed(fixture,
                     organization_create(&fixture->call, rows[i].name, rows[i].zone, &made),
                     STATUS_INVALID, rows[i].code, rows[i].field);
    memset(long_name, 'n', ORGANIZATION_NAME_MOST_BYTES + 1);
    check_failed(fixture, organization_create(&fixture->call, long_name, "UTC", &made),
                 STATUS_INVALID, "", "name");
    long_name[ORGANIZATION_NAME_MOST_BYTES] = '\0';
    check_int(organization_create(&fixture->call, long_name, "UTC", &made), STATUS_OK);
    check_failed(fixture, organization_get(&fixture->call, 99, &made), STATUS_NOT_FOUND, "", "");
}

TEST(organization_create_refuses_invalid_requests)
{
    with_each_store(refuses);
}

static void
changes(struct fixture *fixture)
{
    int64_t id = make_organization(fixture, "Old");
    struct organization got;
    struct organization_change change = {
        .name = "New",
        .time_zone = "Asia/Kolkata",
        .pool_order = "shortest_first",
        .notice_time = "23:59",
        .has_device_token_required = true,
        .device_token_required = true,
    };
    static const struct organization_change bad[] = {
        { .name = "" },
        { .time_zone = "Nowhere" },
        { .pool_order = "any" },
        { .notice_time = "24:00" },
        { .notice_time = "8:00" },
        { .notice_time = "08:60" },
    };
    static const char *const fields[] = { "name",        "time_zone",   "pool_order",
                                          "notice_time", "notice_time", "notice_time" };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_int(organization_change(&fixture->call, id, &bad[i], &got), STATUS_INVALID);
        check_text(fixture->call.db.fault.field, fields[i]);
    }
    int64_t version = fixture_count(fixture, "SELECT version FROM organization");
    check_int(organization_change(&fixture->call, id, &change, &got), STATUS_OK);
    check_text(got.pool_order, "shortest_first");
    check(got.device_token_required);
    check_int(fixture_count(fixture, "SELECT version FROM organization"), version + 1);
    check_int(organization_change(&fixture->call, id, &change, &got), STATUS_OK); /* nothing new */
    check_int(fixture_count(
                  fixture, "SELECT count(*) FROM audit_entry WHERE action = 'organization.change'"),
              1);
    check_failed(fixture, organization_change(&fixture->call, 99, &change, &got), STATUS_NOT_FOUND,
                 "", "");
}

TEST(organization_change_sets_the_given_fields)
{
    with_each_store(changes);
}

static void
renews_the_token(struct fixture *fixture)
{
    int64_t id = make_organization(fixture, "A");
    struct organization before, after;

    check_int(organization_get(&fixture->call, id, &before), STATUS_OK);
    check_int(organization_renew_device_token(&fixture->call, id, &after), STATUS_OK);
    check(strcmp(before.device_token, after.device_token) != 0);
    check_int(organization_get(&fixture->call, id, &before), STATUS_OK);
    check_text(before.device_token, after.device_token);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry JOIN organization"
                                     " ON after LIKE '%' || device_token || '%'"),
              0);
    check_ledger(fixture);
}

TEST(organization_renew_device_token_stops_the_old_one)
{
    with_each_store(renews_the_token);
}
