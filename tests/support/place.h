/* place.h - for the tests of members: an organization and its administrator. */
#ifndef SUPPORT_PLACE_H
#define SUPPORT_PLACE_H

#include <string.h>

#include "service/account/invitations.h"
#include "service/account/members.h"
#include "service/account/people.h"
#include "support/check.h"
#include "support/verbs.h"

/* An organization with its administrator, who is the call's actor from then on. */
struct place {
    struct user ann;
    struct actor actor;
    int64_t organization;
};

static inline struct user
make_user(struct fixture *fixture, const char *email)
{
    struct user user = { 0 };

    check_int(people_add(&fixture->call,
                         &(struct user_request){ .email = email, .password_hash = "old" }, &user),
              STATUS_OK);
    return user;
}

static inline void
set_up(struct fixture *fixture, struct place *place)
{
    place->ann = make_user(fixture, "ann@example.org");
    place->actor = (struct actor){ ACTOR_USER, place->ann.id, "ann@example.org" };
    fixture->call.actor = &place->actor;
    fixture->call.public_url = "https://tenure.example";
    place->organization = make_organization(fixture, "Cold Chain");
}

static const struct client near_by = { "192.0.2.7", NULL };

/* The token in the link of a new invitation. */
static inline const char *
invite_as(struct fixture *fixture, const struct place *place, const char *email, enum role role)
{
    static const char before[] = "https://tenure.example/invitations/";
    struct invitation_request request = { .email = email, .role = role };
    struct invited invited = { .link = NULL };

    check_int(invitation_make(&fixture->call, place->organization, &request, &invited), STATUS_OK);
    check(invited.link && !strncmp(invited.link, before, strlen(before)));
    return invited.link ? invited.link + strlen(before) : "";
}

static inline struct signed_in
accept_as(struct fixture *fixture, const char *token, const struct user *user)
{
    struct acceptance acceptance = {
        .token = token,
        .user = user,
        .password = user ? NULL : "nine green bottles",
        .password_hash = "new",
        .client = &near_by,
    };
    struct signed_in in = { 0 };

    check_int(invitation_accept(&fixture->call, &acceptance, &in), STATUS_OK);
    return in;
}

#endif
