/* E-mail addresses and passwords, however they are typed. */
#include "service/account/people_session.h"

#include <stdio.h>
#include <string.h>

#include "service/account/password_reset.h"
#include "service/core/throttle.h"
#include "support/check.h"
#include "support/verbs.h"

static const struct client client = { "192.0.2.7", NULL };

static void
add_user(struct fixture *fixture, const char *email)
{
    struct user_request request = { .email = email, .password_hash = "hash", .name = "Ann" };
    struct user user;

    check_int(people_add(&fixture->call, &request, &user), STATUS_OK);
}

/* As an older program left it. */
static void
add_old_user(struct fixture *fixture, int id, const char *email)
{
    char sql[400];

    snprintf(sql, sizeof sql,
             "INSERT INTO user_account (id, email, name, password_hash, operator, created_at)"
             " VALUES (%d, '%s', 'Old', 'hash of %d', false, %d)",
             id, email, id, id);
    fixture_script(fixture, sql);
}

static void
check_known(struct fixture *fixture, const char *typed, const char *want)
{
    const char *email = NULL;

    check_row(typed);
    check_int(people_known_email(&fixture->call, typed, &email), STATUS_OK);
    check_text(email, want);
    check_row(fixture->driver_name);
}

static void
signs_in_however_typed(struct fixture *fixture)
{
    static const char *const ways[] = {
        "jürgen@bücher.example",        "JÜRGEN@BÜCHER.EXAMPLE",
        "ju\u0308rgen@bücher.example",  "jürgen@bu\u0308cher.example",
        "Jürgen@xn--bcher-kva.example", "jürgen@XN--BCHER-KVA.Example",
    };
    struct signed_in in;
    const char *hash;

    add_user(fixture, "Ju\u0308rgen@Bücher.example");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct user_request request = { .email = ways[i], .password_hash = "x" };
        struct user user;
        check_row(ways[i]);
        check_int(people_password_hash(&fixture->call,
                                       &(struct sign_in_request){ ways[i], &client }, &hash),
                  STATUS_OK);
        check_text(hash, "hash");
        check_int(people_sign_in(&fixture->call, &(struct sign_in_request){ ways[i], &client },
                                 true, &in),
                  STATUS_OK);
        check_text(in.user.email, "jürgen@bücher.example");
        check_failed(fixture, people_add(&fixture->call, &request, &user), STATUS_CONFLICT,
                     "email_taken", "email");
    }
    check_row(fixture->driver_name);
    check_int(people_password_hash(&fixture->call,
                                   &(struct sign_in_request){ "jurgen@bucher.example", &client },
                                   &hash),
              STATUS_OK);
    check(strcmp(hash, "hash"));
    add_user(fixture, "jurgen@bucher.example"); /* another mailbox */
}

TEST(sign_in_takes_an_email_however_it_is_typed)
{
    with_each_store(signs_in_however_typed);
}

static void
counts_failures_together(struct fixture *fixture)
{
    static const char *const ways[] = { "zoë@example.org", "ZOË@example.org",
                                        "zoe\u0308@example.org" };
    struct signed_in in;
    const char *hash;

    for (int i = 0; i < THROTTLE_FREE_TRIES; i++)
        check_failed(fixture,
                     people_sign_in(&fixture->call,
                                    &(struct sign_in_request){ ways[i % 3], &client }, false, &in),
                     STATUS_UNAUTHORIZED, "sign_in_failed", "");
    for (int i = 0; i < 3; i++)
        check_failed(fixture,
                     people_password_hash(&fixture->call,
                                          &(struct sign_in_request){ ways[i], &client }, &hash),
                     STATUS_SLOW_DOWN, "sign_in_failed", "");
}

TEST(sign_in_slows_down_whatever_way_an_email_is_typed)
{
    with_each_store(counts_failures_together);
}

/* Of 1 and 2 the store has made one: 1, the older, has the form. 3 has an address that no account
 * could get now. */
static void
keeps_exact_sign_in(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct user_request request = { .email = "JÜRGEN@example.org", .password_hash = "x" };
    struct signed_in in;
    struct user user;

    add_old_user(fixture, 1, "jürgen@example.org");
    add_old_user(fixture, 2, "ju\u0308rgen@example.org");
    add_old_user(fixture, 3, "ann@my_host");
    check_known(fixture, "jürgen@example.org", "jürgen@example.org");
    check_known(fixture, "JÜRGEN@example.org", "jürgen@example.org");
    check_known(fixture, "ju\u0308rgen@EXAMPLE.org", "ju\u0308rgen@example.org");
    check_known(fixture, "JU\u0308RGEN@example.org", "ju\u0308rgen@example.org");
    check_known(fixture, "Ann@my_host", "ann@my_host");
    check_int(people_sign_in(call, &(struct sign_in_request){ "Ju\u0308rgen@example.org", &client },
                             true, &in),
              STATUS_OK);
    check_int(in.user.id, 2);
    check_int(
        people_sign_in(call, &(struct sign_in_request){ "Jürgen@example.org", &client }, true, &in),
        STATUS_OK);
    check_int(in.user.id, 1);
    check_int(people_sign_in(call, &(struct sign_in_request){ "ANN@MY_HOST", &client }, true, &in),
              STATUS_OK);
    check_int(in.user.id, 3);
    check_failed(fixture, people_add(call, &request, &user), STATUS_CONFLICT, "email_taken",
                 "email");
    request.email = "bob@my_host";
    check_failed(fixture, people_add(call, &request, &user), STATUS_INVALID, "", "email");
}

TEST(sign_in_of_old_accounts_stays_exact_where_two_have_one_email)
{
    with_each_store(keeps_exact_sign_in);
}

/* A link for a password never goes to an address that was only typed. */
static void
mails_the_account(struct fixture *fixture)
{
    struct call *call = &fixture->call;

    call->mail_is_set = true;
    add_user(fixture, "jürgen@bücher.example");
    check_int(password_reset_request(call, "JU\u0308RGEN@xn--bcher-kva.example", &client),
              STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox WHERE purpose = 'password_reset'"
                                     " AND target = 'jürgen@bücher.example'"),
              1);
    check_int(password_reset_request(call, "jurgen@bücher.example", &client), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox"), 1);
}

TEST(a_link_for_a_new_password_goes_to_the_address_of_the_account)
{
    with_each_store(mails_the_account);
}
