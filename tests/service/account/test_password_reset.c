#include "service/account/password_reset.h"

#include <stdio.h>
#include <string.h>

#include "service/account/people_guard.h"
#include "support/check.h"
#include "support/place.h"

static const struct client same_network = { "192.0.2.8", NULL },
                           far_away = { "198.51.100.7", NULL };

static int64_t
count_mails(struct fixture *fixture)
{
    return fixture_count(fixture, "SELECT count(*) FROM outbox WHERE purpose = 'password_reset'"
                                  " AND target = 'ann@example.org' AND organization_id = 0");
}

static void
asks_for_a_password(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;

    set_up(fixture, &place);
    check_failed(fixture, password_reset_request(call, "ann", &near_by), STATUS_INVALID, "",
                 "email");
    check_int(password_reset_request(call, "ann@example.org", &near_by), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM password_reset"),
              0); /* no mail is sent */
    call->mail_is_set = true;
    check_int(password_reset_request(call, "ANN@example.org", &near_by), STATUS_OK);
    check_int(password_reset_request(call, "nobody@example.org", &near_by), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM password_reset"), 1);
    check_int(count_mails(fixture), 1);
    call->now += PASSWORD_RESET_SECONDS;
    check_int(password_reset_request(call, "ann@example.org", &near_by), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM password_reset"),
              1); /* ended links are deleted */
}

TEST(a_reset_link_goes_to_the_owner_of_the_address)
{
    with_each_store(asks_for_a_password);
}

static void
keeps_the_way_open(struct fixture *fixture)
{
    static const char *const emails[] = { "ann@example.org", "nobody@example.org" };
    struct call *call = &fixture->call;
    struct place place;

    set_up(fixture, &place);
    call->mail_is_set = true;
    for (size_t i = 0; i < 2; i++) { /* both alike */
        check_row(emails[i]);
        for (int tries = 0; tries < 5; tries++)
            check_int(password_reset_request(call, emails[i], &near_by), STATUS_OK);
        check_failed(fixture, password_reset_request(call, emails[i], &same_network),
                     STATUS_SLOW_DOWN, "too_many_resets", "");
        check_int(password_reset_request(call, emails[i], &far_away), STATUS_OK);
    }
    check_int(count_mails(fixture), 1);
    check_int(password_reset_request(call, "else@example.org", &near_by), STATUS_OK);
    for (int i = 11; i < GUARD_LINK_TRIES; i++) {
        char email[] = "x0@example.org";
        email[1] = (char)('a' + i);
        check_int(password_reset_request(call, email, &near_by), STATUS_OK);
    }
    check_failed(fixture, password_reset_request(call, "many@example.org", &near_by),
                 STATUS_SLOW_DOWN, "too_many_resets", "");
}

TEST(requests_for_a_link_slow_down_only_one_network)
{
    with_each_store(keeps_the_way_open);
}

/* A stranger asks every five minutes, from a new network each time. */
static void
limits_mails(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    utc_seconds begin = call->now;
    struct place place;
    int64_t in_an_hour = 0;

    set_up(fixture, &place);
    call->mail_is_set = true;
    for (int minute = 0; minute < 24 * 60; minute += 5) {
        char address[32];
        snprintf(address, sizeof address, "10.%d.%d.1", minute / 256, minute % 256);
        call->now = begin + (utc_seconds)minute * 60;
        check_int(
            password_reset_request(call, "ann@example.org", &(struct client){ address, NULL }),
            STATUS_OK);
        if (minute == 55)
            in_an_hour = count_mails(fixture);
        check_row("a link works at each of them");
        char sql[100];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM password_reset WHERE expires_at > %lld",
                 (long long)call->now);
        check(fixture_count(fixture, sql) > 0);
    }
    check_int(in_an_hour, 4); /* at 0, 5, 15 and 35 minutes */
    check_int(count_mails(fixture), 4 + 28);
}

TEST(a_stranger_cannot_fill_a_mailbox_with_links)
{
    with_each_store(limits_mails);
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
    struct sign_in_request sign_in = { "ann@example.org", &near_by };
    struct signed_in before, after, holder;
    struct user user;
    const char *hash;
    bool found;

    set_up(fixture, &place);
    check_int(people_sign_in(call, &sign_in, true, &before), STATUS_OK);
    for (int i = 0; i < 5; i++)
        check_int(people_sign_in(call, &sign_in, false, &after), STATUS_UNAUTHORIZED);
    add_link(fixture, place.ann.id);
    check_int(password_reset_read(call, link_token, &user), STATUS_OK);
    check_text(user.email, "ann@example.org");
    check_int(password_reset_use(call, link_token, "new", &near_by, &after), STATUS_OK);
    check_int(after.organization_count, 1);
    check_int(people_by_session(call, before.token, &holder, &found), STATUS_OK);
    check(!found);
    check_int(people_by_session(call, after.token, &holder, &found), STATUS_OK);
    check(found);
    check_int(people_password_hash(call, &sign_in, &hash), STATUS_OK); /* no longer slowed down */
    check_text(hash, "new");
    check_failed(fixture, password_reset_use(call, link_token, "x", &near_by, &after),
                 STATUS_NOT_FOUND, "reset_not_valid", "");
    add_link(fixture, place.ann.id);
    call->now += PASSWORD_RESET_SECONDS;
    check_failed(fixture, password_reset_read(call, link_token, &user), STATUS_NOT_FOUND,
                 "reset_not_valid", "");
}

TEST(a_new_password_ends_every_session)
{
    with_each_store(replaces_a_password);
}
