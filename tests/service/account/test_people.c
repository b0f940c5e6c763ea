#include "service/account/people.h"

#include <string.h>

#include "service/organization/organizations.h"
#include "support/check.h"
#include "support/verbs.h"

static const struct client client = { "192.0.2.7", NULL }, other_client = { "192.0.3.7", NULL };
static const char unknown_code[] = "00000-00000-00000-00000-00000";

static const struct user_request ann = {
    .email = "Ann@Example.ORG",
    .password_hash = "hash of ann",
    .name = "Ann",
    .client = &client,
};

static void
signs_up(struct fixture *fixture)
{
    struct user_request request = ann;
    struct signed_in in, holder;
    bool found;

    check_failed(fixture, people_sign_up(&fixture->call, &request, SIGN_UP_CLOSED, &in),
                 STATUS_FORBIDDEN, "sign_up_closed", "");
    check_failed(fixture, people_sign_up(&fixture->call, &request, SIGN_UP_WITH_CODE, &in),
                 STATUS_FORBIDDEN, "code_required", "activation_code");
    request.activation_code = issue(fixture, 1, "P1Y");
    request.operator_ = true; /* ignored */
    check_int(people_may_sign_up(&fixture->call, &request, SIGN_UP_WITH_CODE), STATUS_OK);
    check_int(people_sign_up(&fixture->call, &request, SIGN_UP_WITH_CODE, &in), STATUS_OK);
    check_text(in.user.email, "ann@example.org");
    check(!in.user.operator_);
    check_int(in.organization_count, 0);
    check_int(people_by_session(&fixture->call, in.token, &holder, &found), STATUS_OK);
    check(found && holder.user.id == in.user.id && holder.organization_count == 0);
    check_int(
        fixture_count(fixture, "SELECT count(*) FROM activation_code WHERE redeemed_at IS NULL"),
        1); /* it served as the invitation, and is still unredeemed */

    check_failed(fixture, people_may_sign_up(&fixture->call, &request, SIGN_UP_OPEN),
                 STATUS_CONFLICT, "email_taken", "email");
    check_failed(fixture, people_sign_up(&fixture->call, &request, SIGN_UP_OPEN, &in),
                 STATUS_CONFLICT, "email_taken", "email");
    check_int(fixture_count(fixture, "SELECT count(*) FROM user_account"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM session"), 1);
}

TEST(people_sign_up_with_a_code_as_invitation)
{
    with_each_store(signs_up);
}

static const char token[] = "abcdefghijklmnopqrstuvwxyz";

static void
sets_up(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct user_request request = ann;
    struct signed_in in, holder;
    bool found;

    request.set_up_token = token;
    check_failed(fixture, people_set_up(call, &request, "", &in), STATUS_NOT_FOUND,
                 "set_up_link_not_valid", "set_up_token");
    request.set_up_token = "abcdefghijklmnopqrstuvwxyy";
    check_failed(fixture, people_may_set_up(call, &request, token), STATUS_NOT_FOUND,
                 "set_up_link_not_valid", "set_up_token");
    check_failed(fixture, people_set_up(call, &request, token, &in), STATUS_NOT_FOUND,
                 "set_up_link_not_valid", "set_up_token");
    request.set_up_token = token;
    request.email = "ann";
    check_failed(fixture, people_may_set_up(call, &request, token), STATUS_INVALID, "", "email");
    check_failed(fixture, people_set_up(call, &request, token, &in), STATUS_INVALID, "", "email");

    request.email = ann.email;
    check_int(people_may_set_up(call, &request, token), STATUS_OK);
    check_int(people_set_up(call, &request, token, &in), STATUS_OK);
    check(in.user.operator_);
    check_int(people_by_session(call, in.token, &holder, &found), STATUS_OK);
    check(found && holder.user.id == in.user.id && holder.user.operator_);
    check_failed(fixture, people_may_set_up(call, &request, token), STATUS_NOT_FOUND,
                 "set_up_link_not_valid", "set_up_token");
    check_failed(fixture, people_set_up(call, &request, token, &in), STATUS_NOT_FOUND,
                 "set_up_link_not_valid", "set_up_token");
    check_int(fixture_count(fixture, "SELECT count(*) FROM user_account"), 1);
}

TEST(people_set_up_makes_the_first_user_an_operator_once)
{
    with_each_store(sets_up);
}

static void
set_up_in_thread(struct call *call, int thread, void *with)
{
    static const char *const emails[] = { "a@example.com", "b@example.com" };
    enum status *statuses = with;
    struct user_request request = {
        .email = emails[thread], .password_hash = "x", .set_up_token = token, .client = &client
    };
    struct signed_in in;

    statuses[thread] = people_set_up(call, &request, token, &in);
}

static void
sets_up_at_once(struct fixture *fixture)
{
    enum status statuses[2];

    run_in_two_threads(fixture, set_up_in_thread, statuses);
    check(statuses[0] == STATUS_OK ? statuses[1] == STATUS_NOT_FOUND
                                   : statuses[0] == STATUS_NOT_FOUND && statuses[1] == STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM user_account"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM session"), 1);
}

TEST(of_two_concurrent_set_ups_one_makes_the_first_user)
{
    with_each_store(sets_up_at_once);
}

static void
refuses_codes(struct fixture *fixture)
{
    struct user_request request = ann;
    struct signed_in in;
    struct call *call = &fixture->call;

    request.activation_code = "12345";
    check_failed(fixture, people_may_sign_up(call, &request, SIGN_UP_WITH_CODE), STATUS_INVALID,
                 "code_malformed", "activation_code");
    int64_t organization = make_organization(fixture, "A");
    request.activation_code = make_key(fixture, organization, 1, "P1Y");
    for (int i = 0; i < 3; i++)
        check_failed(fixture, people_sign_up(call, &request, SIGN_UP_WITH_CODE, &in),
                     STATUS_NOT_FOUND, "code_not_accepted", "activation_code");
    request.activation_code = unknown_code;
    for (int i = 0; i < 2; i++) { /* the read refuses it, the write counts it */
        check_int(people_may_sign_up(call, &request, SIGN_UP_WITH_CODE), STATUS_NOT_FOUND);
        check_failed(fixture, people_sign_up(call, &request, SIGN_UP_WITH_CODE, &in),
                     STATUS_NOT_FOUND, "code_not_accepted", "activation_code");
    }
    request.activation_code = issue(fixture, 1, "P1Y");
    check_failed(fixture, people_sign_up(call, &request, SIGN_UP_WITH_CODE, &in), STATUS_SLOW_DOWN,
                 "too_many_codes", "");
    request.client = &other_client;
    check_int(people_may_sign_up(call, &request, SIGN_UP_WITH_CODE), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM user_account"), 0);
}

TEST(people_sign_up_slows_down_code_guessing)
{
    with_each_store(refuses_codes);
}

static void
refuses_emails(struct fixture *fixture)
{
    static const char *const bad[] = {
        "",       "@",      "a@",      "@b",     "a",       "a@b@c", "a b@c",
        "a@b\n",  "\xff@b", "a@b,c@d", "<a@b>",  "\"a\"@b", ".a@b",  "a.@b",
        "a..b@c", "a@.b",   "a@b.",    "a@b..c", NULL,
    };
    char longest[EMAIL_MOST_BYTES + 2];
    struct user user;
    struct user_request request = { .password_hash = "x" };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        request.email = bad[i];
        check_failed(fixture, people_add(&fixture->call, &request, &user), STATUS_INVALID, "",
                     "email");
    }
    memset(longest, 'a', sizeof longest);
    longest[EMAIL_MOST_BYTES - 2] = '@';
    longest[EMAIL_MOST_BYTES + 1] = '\0';
    request.email = longest;
    check_failed(fixture, people_add(&fixture->call, &request, &user), STATUS_INVALID, "", "email");
    longest[EMAIL_MOST_BYTES] = '\0';
    check_int(people_add(&fixture->call, &request, &user), STATUS_OK);
    request.email = "a@b";
    check_int(people_add(&fixture->call, &request, &user), STATUS_OK);
    request.email = "A@B";
    check_failed(fixture, people_add(&fixture->call, &request, &user), STATUS_CONFLICT,
                 "email_taken", "email");
}

TEST(people_add_refuses_a_used_email)
{
    with_each_store(refuses_emails);
}

static void
signs_in(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct signed_in in, holder;
    struct user user;
    const char *hash;
    bool found;
    int64_t count;

    check_int(people_count(call, &count), STATUS_OK);
    check_int(count, 0);
    check_int(people_add(call, &ann, &user), STATUS_OK);
    struct actor actor = { .kind = ACTOR_USER, .id = user.id, .name = user.email };
    call->actor = &actor;
    make_organization(fixture, "Bees");
    make_organization(fixture, "Ants");

    check_int(
        people_password_hash(call, &(struct sign_in_request){ "ann@EXAMPLE.org", &client }, &hash),
        STATUS_OK);
    check_text(hash, "hash of ann");
    check_int(
        people_sign_in(call, &(struct sign_in_request){ "ANN@example.org", &client }, true, &in),
        STATUS_OK);
    check_int(in.organization_count, 2);
    check_text(in.organizations[0].name, "Ants");
    check_int(in.organizations[0].role, ROLE_ADMINISTRATOR);
    check_int(people_by_session(call, in.token, &holder, &found), STATUS_OK);
    check(found && holder.organization_count == 2);
    check_text(holder.organizations[1].name, "Bees");
    check_text(holder.token, "");
    check_int(fixture_count(fixture, "SELECT max(length(token_hash)) FROM session"), HASH_BYTES);

    call->now += SESSION_SECONDS - 1;
    check_int(people_by_session(call, in.token, &holder, &found), STATUS_OK);
    check(found);
    call->now += 1;
    check_int(people_by_session(call, in.token, &holder, &found), STATUS_OK);
    check(!found);
    check_int(
        people_sign_in(call, &(struct sign_in_request){ "ann@example.org", &client }, true, &in),
        STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM session"),
              1); /* the ended session is deleted */
    check_int(people_sign_out(call, in.token), STATUS_OK);
    check_int(people_sign_out(call, in.token), STATUS_OK);
    check_int(people_by_session(call, in.token, &holder, &found), STATUS_OK);
    check(!found);
}

TEST(people_sign_in_makes_a_session_until_its_end)
{
    with_each_store(signs_in);
}

static void
slows_down(struct fixture *fixture)
{
    static const char *const emails[] = { "ann@example.org", "nobody@example.org" };
    struct call *call = &fixture->call;
    struct signed_in in;
    struct user user;
    const char *hash;

    check_int(people_add(call, &ann, &user), STATUS_OK);
    check_int(people_password_hash(call, &(struct sign_in_request){ "nobody@example.org", &client },
                                   &hash),
              STATUS_OK);
    check(!strncmp(hash, "$argon2id$", 10) && !password_matches(hash, ""));
    check_int(people_password_hash(call, &(struct sign_in_request){ "no address", &client }, &hash),
              STATUS_OK);
    check_failed(
        fixture,
        people_sign_in(call, &(struct sign_in_request){ "no address", &client }, false, &in),
        STATUS_UNAUTHORIZED, "sign_in_failed", "");
    for (size_t i = 0; i < 2;
         i++) { /* both alike: the answer does not reveal which account exists */
        check_row(emails[i]);
        for (int tries = 0; tries < 5; tries++)
            check_failed(
                fixture,
                people_sign_in(call, &(struct sign_in_request){ emails[i], &client }, false, &in),
                STATUS_UNAUTHORIZED, "sign_in_failed", "");
        check_failed(
            fixture,
            people_password_hash(call, &(struct sign_in_request){ emails[i], &client }, &hash),
            STATUS_SLOW_DOWN, "sign_in_failed", "");
        check_failed(
            fixture,
            people_sign_in(call, &(struct sign_in_request){ emails[i], &client }, true, &in),
            STATUS_SLOW_DOWN, "sign_in_failed", "");
    }
    call->now += 30;
    check_int(people_sign_in(call, &(struct sign_in_request){ emails[0], &client }, true, &in),
              STATUS_OK);
    check_failed(fixture,
                 people_sign_in(call, &(struct sign_in_request){ emails[1], &client }, true, &in),
                 STATUS_UNAUTHORIZED, "sign_in_failed", "");
}

TEST(people_sign_in_slows_down_password_guessing)
{
    with_each_store(slows_down);
}
