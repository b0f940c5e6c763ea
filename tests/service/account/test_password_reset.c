#include "service/account/password_reset.h"

#include <stdio.h>
#include <string.h>

#include "support/check.h"
#include "support/place.h"

static void
asks_for_a_password(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;

    set_up(fixture, &place);
    check_failed(fixture, password_reset_request(call, "ann", "192.0.2.7"), STATUS_INVALID, "",
                 "email");
    check_int(password_reset_request(call, "ann@example.org", "192.0.2.7"), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM password_reset"),
              0); /* no mail is sent */
    call->mail_is_set = true;
    check_int(password_reset_request(call, "ANN@example.org", "192.0.2.7"), STATUS_OK);
    check_int(password_reset_request(call, "nobody@example.org", "192.0.2.7"), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM password_reset"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox WHERE purpose = 'password_reset'"
                                     " AND target = 'ann@example.org' AND organization_id = 0"),
              1);
    for (int i = 0; i < 2; i++)
        check_int(password_reset_request(call, "nobody@example.org", "192.0.2.7"), STATUS_OK);
    check_failed(fixture, password_reset_request(call, "else@example.org", "192.0.2.7"),
                 STATUS_SLOW_DOWN, "too_many_resets", "");
    for (int i = 0; i < 3; i++)
        check_int(password_reset_request(call, "ann@example.org", "192.0.2.8"), STATUS_OK);
    check_failed(fixture, password_reset_request(call, "ann@example.org", "192.0.2.9"),
                 STATUS_SLOW_DOWN, "too_many_resets", "");
    call->now += PASSWORD_RESET_SECONDS;
    check_int(password_reset_request(call, "ann@example.org", "192.0.2.7"), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM password_reset"),
              1); /* ended links are deleted */
}

TEST(a_reset_link_goes_to_the_owner_of_the_address)
{
    with_each_store(asks_for_a_password);
}

static const char link_token[] = "abcdefghijklmnopqrstuvwxyz";

static void
add_link(struct fixture *fixture, int64_t user_id)
{
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1], sql[300];
    bool sqlite = !strcmp(fixture->driver_name, "sqlite");

    hash_bytes(hash, link_token, strlen(link_token), NULL);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    snprintf(sql, sizeof sql, "INSERT INTO password_reset VALUES (%s%s', %lld, %lld)",
             sqlite ? "x'" : "'\\x", hex, (long long)user_id,
             (long long)fixture->call.now + PASSWORD_RESET_SECONDS);
    fixture_script(fixture, sql);
}

static void
replaces_a_password(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    struct signed_in before, after, holder;
    struct user user;
    const char *hash;
    bool found;

    set_up(fixture, &place);
    check_int(people_sign_in(call, "ann@example.org", true, &before), STATUS_OK);
    for (int i = 0; i < 5; i++)
        check_int(people_sign_in(call, "ann@example.org", false, &after), STATUS_UNAUTHORIZED);
    add_link(fixture, place.ann.id);
    check_int(password_reset_read(call, link_token, &user), STATUS_OK);
    check_text(user.email, "ann@example.org");
    check_int(password_reset_use(call, link_token, "new", &after), STATUS_OK);
    check_int(after.organization_count, 1);
    check_int(people_by_session(call, before.token, &holder, &found), STATUS_OK);
    check(!found);
    check_int(people_by_session(call, after.token, &holder, &found), STATUS_OK);
    check(found);
    check_int(people_password_hash(call, "ann@example.org", &hash),
              STATUS_OK); /* no longer slowed down */
    check_text(hash, "new");
    check_failed(fixture, password_reset_use(call, link_token, "x", &after), STATUS_NOT_FOUND,
                 "reset_not_valid", "");
    add_link(fixture, place.ann.id);
    call->now += PASSWORD_RESET_SECONDS;
    check_failed(fixture, password_reset_read(call, link_token, &user), STATUS_NOT_FOUND,
                 "reset_not_valid", "");
}

TEST(a_new_password_ends_every_session)
{
    with_each_store(replaces_a_password);
}
