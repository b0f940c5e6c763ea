/* A new password is checked at every door; an old one goes on working. */
#include <stdio.h>
#include <string.h>

#include "service/account/invitations.h"
#include "service/account/password_reset.h"
#include "service/account/people_session.h"
#include "support/check.h"
#include "support/place.h"

static const struct client client = { "192.0.2.7", NULL };

static void
checks_doors(struct fixture *fixture)
{
    static const char *const bad[] = { "éàüöñ",        "aaaaaaaaaaaa",    "123456789012",
                                       "Password123!", "bob@example.org", "tenure1234" };
    struct call *call = &fixture->call;
    struct user_request request = { .email = "bob@example.org", .client = &client, .name = "" };
    struct user user;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_row(bad[i]);
        request.password = bad[i];
        request.set_up_token = "token";
        check_failed(fixture, people_may_set_up(call, &request, "token"), STATUS_INVALID, "",
                     "password");
        check_failed(fixture, people_may_sign_up(call, &request, SIGN_UP_OPEN), STATUS_INVALID, "",
                     "password");
        check_failed(fixture, people_add(call, &request, &user), STATUS_INVALID, "", "password");
    }
    request.password = "nine green bottles";
    check_int(people_may_set_up(call, &request, "token"), STATUS_OK);
    check_int(people_may_sign_up(call, &request, SIGN_UP_OPEN), STATUS_OK);
}

TEST(a_password_that_is_easy_to_guess_makes_no_account)
{
    with_each_store(checks_doors);
}

/* Here the organization is known, whose name is no password either. */
static void
checks_links(struct fixture *fixture)
{
    static const char *const bad[] = { "Cold-Chain 2026", "aaaaaaaaaaaa", "password1234" };
    struct call *call = &fixture->call;
    struct invitation_request request = { .email = "bob@example.org", .role = ROLE_MANAGER };
    struct invited invited;
    struct invitation invitation;
    struct place place;

    set_up(fixture, &place);
    check_int(invitation_make(call, place.organization, &request, &invited), STATUS_OK);
    struct acceptance acceptance = { .token = strrchr(invited.link, '/') + 1, .client = &client };
    call->mail_is_set = true;
    check_int(password_reset_request(call, "ann@example.org", &client), STATUS_OK);
    char hash[2 * HASH_BYTES + 1], sql[300];
    uint8_t bytes[HASH_BYTES];
    people_hash_token(bytes, "known");
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(hash + 2 * i, 3, "%02x", bytes[i]);
    snprintf(sql, sizeof sql, "UPDATE password_reset SET token_hash = %s%s'",
             strcmp(fixture->driver_name, "sqlite") ? "'\\x" : "x'", hash);
    fixture_script(fixture, sql);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_row(bad[i]);
        acceptance.password = bad[i];
        check_failed(fixture, invitation_may_accept(call, &acceptance, &invitation), STATUS_INVALID,
                     "", "password");
        check_failed(fixture, password_reset_may_use(call, "known", bad[i]), STATUS_INVALID, "",
                     "password");
    }
    acceptance.password = "nine green bottles";
    check_int(invitation_may_accept(call, &acceptance, &invitation), STATUS_OK);
    check_int(password_reset_may_use(call, "known", "nine green bottles"), STATUS_OK);
    check_failed(fixture, password_reset_may_use(call, "unknown", "x"), STATUS_NOT_FOUND,
                 "reset_not_valid", "");
}

TEST(a_password_in_answer_to_a_link_is_checked)
{
    with_each_store(checks_links);
}
