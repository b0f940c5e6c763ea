#include "service/account/members.h"

#include <stdio.h>
#include <string.h>

#include "service/account/invitations.h"
#include "service/audit/audit_log.h"
#include "support/check.h"
#include "support/place.h"

static void
joins(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    struct invitation seen;
    struct member_page page;

    set_up(fixture, &place);
    const char *token = invite_as(fixture, &place, "Bob@Example.org", ROLE_MANAGER);
    check_int(invitation_read(call, token, &seen), STATUS_OK);
    check_text(seen.organization, "Cold Chain");
    check_text(seen.member.email, "bob@example.org");
    check_text(seen.invited_by, "ann@example.org");
    check_int(seen.user_id, 0);
    check_int(fixture_count(fixture, "SELECT max(length(token_hash)) FROM invitation"), HASH_BYTES);

    struct signed_in in = accept_as(fixture, token, NULL);
    check_text(in.user.email, "bob@example.org");
    check(in.token[0]);
    check_int(in.organization_count, 1);
    check_int(in.organizations[0].role, ROLE_MANAGER);
    check_failed(fixture, invitation_read(call, token, &seen), STATUS_NOT_FOUND,
                 "invitation_not_valid", "");

    /* A user with an account joins a second organization, and keeps the session. */
    int64_t first = place.organization;
    place.organization = make_organization(fixture, "Ants");
    in = accept_as(fixture, invite_as(fixture, &place, "bob@example.org", ROLE_ANALYST), &in.user);
    check_text(in.token, "");
    check_int(in.organization_count, 2);
    check_int(member_list(call, first, (struct page_request){ .limit = 1 }, &page), STATUS_OK);
    check_int(page.count, 1);
    check_text(page.items[0].email, "ann@example.org");
    check_int(
        member_list(call, first, (struct page_request){ .limit = 1, .cursor = page.next }, &page),
        STATUS_OK);
    check_text(page.items[0].email, "bob@example.org");
    check(page.next == NULL);
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE action = 'member.join'"
                                     " AND actor_name = 'bob@example.org' AND organization_id > 0"),
              2);
}

TEST(accepting_an_invitation_makes_a_member)
{
    with_each_store(joins);
}

static void
refuses(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    struct invited invited;
    struct signed_in in;
    struct invitation_request request = { .email = "ann@example.org" };

    set_up(fixture, &place);
    struct user eve = make_user(fixture, "eve@example.org");
    check_failed(fixture, invitation_make(call, place.organization, &request, &invited),
                 STATUS_CONFLICT, "already_member", "email");
    request.email = "nobody";
    check_failed(fixture, invitation_make(call, place.organization, &request, &invited),
                 STATUS_INVALID, "", "email");

    struct acceptance acceptance = { .token = invite_as(fixture, &place, "bob@example.org",
                                                        ROLE_ANALYST) };
    check_failed(fixture, invitation_accept(call, &acceptance, &in), STATUS_INVALID,
                 "field_missing", "password");
    acceptance.user = &eve;
    check_failed(fixture, invitation_accept(call, &acceptance, &in), STATUS_CONFLICT,
                 "invitation_for_somebody_else", "");
    acceptance = (struct acceptance){
        .token = invite_as(fixture, &place, "eve@example.org", ROLE_ANALYST),
        .password = "nine green bottles",
        .password_hash = "new",
        .client = &near_by,
    };
    check_failed(fixture, invitation_accept(call, &acceptance, &in), STATUS_CONFLICT,
                 "invitation_needs_sign_in", "");
    acceptance.user = &eve;
    check_failed(fixture, invitation_accept(call, &acceptance, &in), STATUS_INVALID, "",
                 "password");
    check_int(fixture_count(fixture, "SELECT count(*) FROM member"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM user_account"), 2);
}

TEST(an_invitation_is_for_its_address_alone)
{
    with_each_store(refuses);
}

static void
ends(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    struct invitation seen;
    struct member member;

    set_up(fixture, &place);
    const char *older = invite_as(fixture, &place, "bob@example.org", ROLE_ANALYST);
    const char *newer = invite_as(fixture, &place, "bob@example.org", ROLE_MANAGER);
    check_failed(fixture, invitation_read(call, older, &seen), STATUS_NOT_FOUND,
                 "invitation_not_valid", "");
    check_int(invitation_read(call, newer, &seen), STATUS_OK);
    check_int(member_change(call, place.organization, seen.member.id, ROLE_ADMINISTRATOR, &member),
              STATUS_OK);
    check(member.invited && member.role == ROLE_ADMINISTRATOR);
    call->now += INVITATION_SECONDS - 1;
    check_int(invitation_read(call, newer, &seen), STATUS_OK);
    call->now += 1;
    check_failed(fixture, invitation_read(call, newer, &seen), STATUS_NOT_FOUND,
                 "invitation_not_valid", "");
    check_int(member_remove(call, place.organization, seen.member.id), STATUS_OK);
    check_failed(fixture, member_remove(call, place.organization, seen.member.id), STATUS_NOT_FOUND,
                 "", "");
    check_int(fixture_count(fixture, "SELECT count(*) FROM invitation"), 0);
}

TEST(an_invitation_ends_by_replacement_withdrawal_or_after_7_days)
{
    with_each_store(ends);
}

static void
keeps_one(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct place place;
    struct member member;

    set_up(fixture, &place);
    check_failed(fixture,
                 member_change(call, place.organization, place.ann.id, ROLE_MANAGER, &member),
                 STATUS_CONFLICT, "last_administrator", "");
    check_failed(fixture, member_remove(call, place.organization, place.ann.id), STATUS_CONFLICT,
                 "last_administrator", "");
    invite_as(fixture, &place, "cy@example.org", ROLE_ADMINISTRATOR); /* does not count yet */
    check_failed(fixture, member_remove(call, place.organization, place.ann.id), STATUS_CONFLICT,
                 "last_administrator", "");
    struct signed_in bob =
        accept_as(fixture, invite_as(fixture, &place, "bob@example.org", ROLE_ADMINISTRATOR), NULL);
    check_int(member_change(call, place.organization, place.ann.id, ROLE_ANALYST, &member),
              STATUS_OK);
    check_failed(fixture, member_remove(call, place.organization, bob.user.id), STATUS_CONFLICT,
                 "last_administrator", "");
    check_int(member_remove(call, place.organization, place.ann.id), STATUS_OK);
    check_failed(fixture,
                 member_change(call, place.organization, place.ann.id, ROLE_ANALYST, &member),
                 STATUS_NOT_FOUND, "", "");
    struct audit_verification verdict;
    check_int(audit_verify(call, &(struct audit_verify_request){ .head = NULL }, &verdict),
              STATUS_OK);
    check_int(verdict.flawed, 0);
}

TEST(the_last_administrator_stays)
{
    with_each_store(keeps_one);
}

struct demotion {
    int64_t organization, others[2];
    enum status statuses[2];
};

static void
demote_in_thread(struct call *call, int thread, void *with)
{
    struct demotion *demotion = with;
    struct member member;

    demotion->statuses[thread] = member_change(call, demotion->organization,
                                               demotion->others[thread], ROLE_ANALYST, &member);
}

static void
demote_at_once(struct fixture *fixture)
{
    struct place place;

    set_up(fixture, &place);
    struct signed_in bob =
        accept_as(fixture, invite_as(fixture, &place, "bob@example.org", ROLE_ADMINISTRATOR), NULL);
    struct demotion demotion = {
        .organization = place.organization,
        .others = { bob.user.id, place.ann.id },
    };
    run_in_two_threads(fixture, demote_in_thread, &demotion);
    check((demotion.statuses[0] == STATUS_OK) != (demotion.statuses[1] == STATUS_OK));
    check(demotion.statuses[0] == STATUS_CONFLICT || demotion.statuses[1] == STATUS_CONFLICT);
    check_int(fixture_count(fixture, "SELECT count(*) FROM member WHERE role = 'administrator'"),
              1);
}

TEST(of_two_administrators_who_demote_each_other_one_stays)
{
    with_each_store(demote_at_once);
}

struct race {
    const char *token;
    enum status statuses[2];
};

static void
accept_in_thread(struct call *call, int thread, void *with)
{
    struct race *race = with;
    struct signed_in in;

    race->statuses[thread] =
        invitation_accept(call,
                          &(struct acceptance){ .token = race->token,
                                                .password = "nine green bottles",
                                                .password_hash = "y",
                                                .client = &near_by },
                          &in);
}

static void
accept_at_once(struct fixture *fixture)
{
    struct place place;

    set_up(fixture, &place);
    struct race race = { .token = invite_as(fixture, &place, "bob@example.org", ROLE_ANALYST) };
    run_in_two_threads(fixture, accept_in_thread, &race);
    check((race.statuses[0] == STATUS_OK) != (race.statuses[1] == STATUS_OK));
    check(race.statuses[0] == STATUS_NOT_FOUND || race.statuses[1] == STATUS_NOT_FOUND);
    check_int(fixture_count(fixture, "SELECT count(*) FROM member"), 2);
}

TEST(an_invitation_is_accepted_once)
{
    with_each_store(accept_at_once);
}

struct tortured {
    struct place place;
    const char *token;
    int turn;
};

/* Of the day. */
static void
forget_invitations(struct fixture *fixture, void *with)
{
    (void)with;
    fixture_script(fixture, "DELETE FROM throttle");
}

static void
prepare_acceptance(struct fixture *fixture, void *with)
{
    struct tortured *tortured = with;
    char email[64];

    forget_invitations(fixture, with);
    snprintf(email, sizeof email, "t%d@example.org", tortured->turn++);
    tortured->token = invite_as(fixture, &tortured->place, email, ROLE_ANALYST);
}

static enum status
accept_tortured(struct fixture *fixture, void *with)
{
    const struct tortured *tortured = with;
    struct signed_in in;

    return invitation_accept(&fixture->call,
                             &(struct acceptance){ .token = tortured->token,
                                                   .password = "nine green bottles",
                                                   .password_hash = "y",
                                                   .client = &near_by },
                             &in);
}

static enum status
invite_tortured(struct fixture *fixture, void *with)
{
    struct tortured *tortured = with;
    char email[64];
    struct invitation_request request = { .email = email };
    struct invited invited;

    snprintf(email, sizeof email, "i%d@example.org", tortured->turn++);
    return invitation_make(&fixture->call, tortured->place.organization, &request, &invited);
}

static void
is_tortured(struct fixture *fixture)
{
    struct tortured tortured = { .turn = 0 };

    set_up(fixture, &tortured.place);
    fixture->call.mail_is_set = false;
    check_torture(fixture, &(struct torture){
                               .prepare = prepare_acceptance,
                               .verb = accept_tortured,
                               .with = &tortured,
                               .rows = "SELECT count(*) FROM member",
                               .delta = 1,
                           });
    fixture->call.mail_is_set = true;
    check_torture(fixture, &(struct torture){
                               .prepare = forget_invitations,
                               .verb = invite_tortured,
                               .with = &tortured,
                               .rows = "SELECT count(*) FROM outbox WHERE purpose = 'invitation'",
                               .delta = 1,
                           });
}

TEST(an_invitation_is_never_half_made_or_half_accepted)
{
    with_each_store(is_tortured);
}
