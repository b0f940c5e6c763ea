/* What ends with a membership, or with the rights of a role. */
#include <stdio.h>

#include "service/core/transaction.h"
#include "service/outbox/letter.h"
#include "service/outbox/outbox.h"
#include "support/place.h"

static enum status
add_mail_body(struct call *call, void *with)
{
    struct outbox_mail *mail = with;
    struct letter_writer writer;
    int64_t id;

    letter_open(&writer, "Licenses end");
    check_int(letter_close(&writer, call, &mail->letter), STATUS_OK);
    return outbox_put_mails(call, mail, 1, &id);
}

static void
add_mail(struct fixture *fixture, const struct place *place, const char *email)
{
    struct outbox_mail mail = {
        .organization_id = place->organization,
        .purpose = "license_expiration",
        .to = email,
    };

    check_int(transact(&fixture->call, add_mail_body, &mail), STATUS_OK);
}

/* Bob could come back by an invitation to another address of his. */
static void
withdraws_invitations(struct fixture *fixture)
{
    struct call *call = &fixture->call;
    struct invitation invitation;
    struct member member;
    struct place place;

    set_up(fixture, &place);
    for (int i = 0; i < 2; i++) {
        char email[] = "b0@example.org";
        email[1] = (char)('0' + i);
        struct signed_in bob =
            accept_as(fixture, invite_as(fixture, &place, email, ROLE_ADMINISTRATOR), NULL);
        const char *by_ann = invite_as(fixture, &place, "cy@example.org", ROLE_MANAGER);
        struct actor actor = { ACTOR_USER, bob.user.id, email };
        call->actor = &actor;
        const char *by_bob = invite_as(fixture, &place, "else@example.org", ROLE_ADMINISTRATOR);
        call->actor = &place.actor;
        check_int(invitation_read(call, by_bob, &invitation), STATUS_OK);
        check_int(i == 0
                      ? member_remove(call, place.organization, bob.user.id)
                      : member_change(call, place.organization, bob.user.id, ROLE_MANAGER, &member),
                  STATUS_OK);
        check_failed(fixture, invitation_read(call, by_bob, &invitation), STATUS_NOT_FOUND,
                     "invitation_not_valid", "");
        check_int(invitation_read(call, by_ann, &invitation), STATUS_OK);
    }
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry "
                                     "WHERE action = 'member.remove'"),
              3);
}

TEST(invitations_end_with_the_rights_of_their_maker)
{
    with_each_store(withdraws_invitations);
}

static void
takes_along(struct fixture *fixture)
{
    struct place place;
    char sql[200];

    set_up(fixture, &place);
    struct signed_in bob =
        accept_as(fixture, invite_as(fixture, &place, "bob@example.org", ROLE_MANAGER), NULL);
    snprintf(sql, sizeof sql,
             "INSERT INTO notice_recipient (organization_id, user_id, only_what_stops)"
             " VALUES (%lld, %lld, false)",
             (long long)place.organization, (long long)bob.user.id);
    fixture_script(fixture, sql);
    add_mail(fixture, &place, "bob@example.org");
    add_mail(fixture, &place, "ann@example.org");
    check_int(member_remove(&fixture->call, place.organization, bob.user.id), STATUS_OK);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox WHERE state = 'failed' "
                                     "AND target = 'bob@example.org'"),
              1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM outbox WHERE state = 'waiting'"), 1);
    check_int(fixture_count(fixture, "SELECT count(*) FROM notice_recipient"), 1); /* Ann */
    check_int(fixture_count(fixture, "SELECT count(*) FROM user_account"), 2); /* the user stays */
}

TEST(a_removed_member_gets_no_more_notices)
{
    with_each_store(takes_along);
}
