#include "service/account/invitation_limits.h"

#include <stdio.h>

#include "service/account/invitations.h"
#include "service/organization/organizations.h"
#include "support/check.h"
#include "support/place.h"

static int next_address = 1;

static enum status
invite_into(struct call *call, int64_t organization_id, int64_t *id)
{
    char email[64];
    struct invitation_request request = { .email = email, .role = ROLE_ANALYST };
    struct invited invited;

    snprintf(email, sizeof email, "stranger%d@example.org", next_address++);
    enum status status = invitation_make(call, organization_id, &request, &invited);
    if (!status && id)
        *id = invited.member.id;
    return status;
}

/* Gives the actor of a new user. */
static struct actor
make_actor(struct fixture *fixture)
{
    static char emails[32][32];
    static int next;
    char *email = emails[next++ % 32];

    snprintf(email, sizeof emails[0], "admin%d@example.org", next);
    struct user user = make_user(fixture, email);
    return (struct actor){ ACTOR_USER, user.id, email };
}

static void
limits_a_user(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    int64_t id = 0;

    set_up(fixture, &place);
    utc_seconds began = call->now;
    int64_t another = make_organization(fixture, "Another");
    make_key(fixture, another, 1, "P1Y"); /* which changes nothing for the user */
    for (int i = 0; i < INVITATIONS_A_DAY_OF_USER; i++, call->now++) {
        check_int(invite_into(call, i % 2 ? another : place.organization, &id), STATUS_OK);
        if (i % 3 == 0) /* a withdrawn invitation counts, too */
            check_int(member_remove(call, i % 2 ? another : place.organization, id), STATUS_OK);
    }
    enum status status = invite_into(call, another, NULL);
    check_int(call->db.fault.until, began + UTC_DAY);
    check_failed(fixture, status, STATUS_SLOW_DOWN, "user_invitation_limit", "");
    call->mail_is_set = true;
    check_failed(fixture, invite_into(call, place.organization, NULL), STATUS_SLOW_DOWN,
                 "user_invitation_limit", "");
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox"), 0);
    call->now = began + UTC_DAY;
    check_int(invite_into(call, another, NULL), STATUS_OK);
    call->actor = &actor_system;
}

TEST(a_user_sends_20_invitations_in_a_day_for_all_organizations)
{
    with_each_store(limits_a_user);
}

static void
limits_an_organization(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    struct actor admins[3];

    set_up(fixture, &place);
    make_key(fixture, place.organization, 1, "P1Y");
    for (int i = 0; i < 3; i++)
        admins[i] = make_actor(fixture);
    for (int i = 0; i < INVITATIONS_A_DAY_OF_ORGANIZATION; i++) {
        call->actor = &admins[i % 3];
        check_int(invite_into(call, place.organization, NULL), STATUS_OK);
    }
    check_failed(fixture, invite_into(call, place.organization, NULL), STATUS_SLOW_DOWN,
                 "organization_invitation_limit", "");
    call->actor = &actor_system;
}

TEST(an_organization_sends_50_invitations_in_a_day)
{
    with_each_store(limits_an_organization);
}

static void
limits_new_organizations(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    struct actor actor = { 0 };
    int64_t organization = 0;

    set_up(fixture, &place);
    for (int i = 0; i < INVITATIONS_A_DAY_UNREDEEMED; i++) {
        if (i % INVITATIONS_A_DAY_OF_USER == 0) {
            actor = make_actor(fixture);
            call->actor = &actor;
            organization = make_organization(fixture, "New");
        }
        check_int(invite_into(call, organization, NULL), STATUS_OK);
    }
    actor = make_actor(fixture);
    organization = make_organization(fixture, "One more");
    check_failed(fixture, invite_into(call, organization, NULL), STATUS_SLOW_DOWN,
                 "server_invitation_limit", "");
    make_key(fixture, organization, 1, "P1Y");
    check_int(invite_into(call, organization, NULL), STATUS_OK);
    call->actor = &actor_system;
}

TEST(new_organizations_send_200_invitations_in_a_day_together)
{
    with_each_store(limits_new_organizations);
}

struct flood {
    int64_t organizations[2];
    _Atomic int sent, refused;
};

static void
flood_in_thread(struct call *call, int thread, void *with)
{
    struct flood *flood = with;

    for (int i = 0; i < INVITATIONS_A_DAY_OF_USER; i++) {
        enum status status = invite_into(call, flood->organizations[thread], NULL);
        flood->sent += status == STATUS_OK;
        flood->refused += status == STATUS_SLOW_DOWN;
        i -= status == STATUS_BUSY; /* the other one had the store for too long */
        call->db.fault = (struct fault){ 0 };
    }
}

static void
floods(struct fixture *fixture)
{
    struct flood flood = { .sent = 0 };
    struct place place;

    set_up(fixture, &place);
    flood.organizations[0] = place.organization;
    flood.organizations[1] = make_organization(fixture, "Another");
    run_in_two_threads(fixture, flood_in_thread, &flood);
    check_int(flood.sent, INVITATIONS_A_DAY_OF_USER);
    check_int(flood.refused, INVITATIONS_A_DAY_OF_USER);
    fixture->call.actor = &actor_system;
}

TEST(two_servers_send_20_invitations_of_a_user_together)
{
    with_each_store(floods);
}

static void
makes_three(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct organization made;
    struct place place;

    set_up(fixture, &place);
    for (int i = 1; i < ORGANIZATIONS_MOST_UNREDEEMED; i++)
        make_organization(fixture, "New");
    check_failed(fixture, organization_create(call, "One more", "UTC", &made), STATUS_CONFLICT,
                 "too_many_organizations", "");
    make_key(fixture, place.organization, 1, "P1Y");
    check_int(organization_create(call, "One more", "UTC", &made), STATUS_OK);
    check_failed(fixture, organization_create(call, "And more", "UTC", &made), STATUS_CONFLICT,
                 "too_many_organizations", "");
    struct actor other = make_actor(fixture);
    call->actor = &other;
    check_int(organization_create(call, "Of another user", "UTC", &made), STATUS_OK);
    call->actor = &actor_system;
    for (int i = 0; i < 5; i++)
        check_int(organization_create(call, "Of the command line", "UTC", &made), STATUS_OK);
}

TEST(a_user_has_three_organizations_without_a_redeemed_code)
{
    with_each_store(makes_three);
}

struct creation {
    _Atomic int made, refused;
};

static void
create_in_thread(struct call *call, int thread, void *with)
{
    struct creation *creation = with;
    struct organization made;

    (void)thread;
    for (int i = 0; i < 4; i++) {
        enum status status = organization_create(call, "New", "UTC", &made);
        creation->made += status == STATUS_OK;
        creation->refused += status == STATUS_CONFLICT;
        i -= status == STATUS_BUSY;
        call->db.fault = (struct fault){ 0 };
    }
}

static void
makes_three_at_once(struct fixture *fixture)
{
    struct creation creation = { .made = 0 };
    struct place place;

    set_up(fixture, &place);
    run_in_two_threads(fixture, create_in_thread, &creation);
    check_int(creation.made, ORGANIZATIONS_MOST_UNREDEEMED - 1); /* besides the first */
    check_int(creation.refused, 8 - creation.made);
    fixture->call.actor = &actor_system;
}

TEST(two_servers_make_three_organizations_of_a_user_together)
{
    with_each_store(makes_three_at_once);
}

static void
limits_open_ones(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;

    set_up(fixture, &place);
    for (int i = 0; i < INVITATIONS_MOST_OPEN; i++) {
        if (i % 10 == 0)
            fixture_script(fixture, "DELETE FROM throttle"); /* other days */
        check_int(invite_into(call, place.organization, NULL), STATUS_OK);
    }
    next_address--;
    check_int(invite_into(call, place.organization, NULL), STATUS_OK); /* replaces one */
    check_failed(fixture, invite_into(call, place.organization, NULL), STATUS_CONFLICT,
                 "too_many_invitations", "");
    call->now += INVITATION_SECONDS;
    check_int(invite_into(call, place.organization, NULL), STATUS_OK);
    call->now += INVITATIONS_KEPT_SECONDS;
    check_int(invite_into(call, place.organization, NULL), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM invitation"), 2); /* of this month */
    call->actor = &actor_system;
}

TEST(an_organization_has_few_open_invitations)
{
    with_each_store(limits_open_ones);
}
