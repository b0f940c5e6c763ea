/* place.h - for the tests of members: an organization and its administrator. */
#ifndef SUPPORT_PLACE_H
#define SUPPORT_PLACE_H

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

#endif
