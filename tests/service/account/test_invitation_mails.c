#include <stdio.h>

#include "service/account/invitations.h"
#include "service/core/throttle.h"
#include "support/check.h"
#include "support/place.h"

static enum status
invite(struct fixture *fixture, const struct place *place, const char *email)
{
    struct invitation_request request = { .email = email, .role = ROLE_ANALYST };
    struct invited invited;

    return invitation_make(&fixture->call, place->organization, &request, &invited);
}

static int64_t
mails_to(struct fixture *fixture, const char *email)
{
    char sql[160];

    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM outbox WHERE purpose = 'invitation' AND target = '%s'", email);
    return fixture_count(fixture, sql);
}

/* Each invitation is an unrequested mail. */
static void
slows_down(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    struct user bob;
    struct actor as_bob;

    set_up(fixture, &place);
    for (int i = 0; i < 2 * THROTTLE_FREE_TRIES; i++) /* no mail goes out: no limit */
        check_int(invite(fixture, &place, "eve@example.org"), STATUS_OK);
    call->mail_is_set = true;
    for (int i = 0; i < THROTTLE_FREE_TRIES; i++)
        check_int(invite(fixture, &place, "eve@example.org"), STATUS_OK);
    check_failed(fixture, invite(fixture, &place, "EVE@example.org"), STATUS_SLOW_DOWN,
                 "too_many_invitation_mails", "");
    place.organization = make_organization(fixture, "Another");
    check_failed(fixture, invite(fixture, &place, "eve@example.org"), STATUS_SLOW_DOWN,
                 "too_many_invitation_mails", "");
    check_int(invite(fixture, &place, "kim@example.org"), STATUS_OK);
    check_int(mails_to(fixture, "eve@example.org"), THROTTLE_FREE_TRIES);

    bob = make_user(fixture, "bob@example.org");
    as_bob = (struct actor){ ACTOR_USER, bob.id, "bob@example.org" };
    call->actor = &as_bob; /* not limited by the mails of another inviter */
    check_int(invite(fixture, &place, "eve@example.org"), STATUS_OK);
    call->actor = &place.actor;
    for (int waits = 1; waits <= 2; waits++) { /* twice as long each time */
        call->now += waits * THROTTLE_FIRST_WAIT_SECONDS - 1;
        check_failed(fixture, invite(fixture, &place, "eve@example.org"), STATUS_SLOW_DOWN,
                     "too_many_invitation_mails", "");
        call->now += 1;
        check_int(invite(fixture, &place, "eve@example.org"), STATUS_OK);
    }
    call->actor = &actor_system; /* the system has sent none */
}

TEST(many_invitations_to_one_address_are_slowed_down)
{
    with_each_store(slows_down);
}
