/* invitation_limits.h - the limits of invitations within 24 hours. */
#ifndef SERVICE_ACCOUNT_INVITATION_LIMITS_H
#define SERVICE_ACCOUNT_INVITATION_LIMITS_H

#include "service/core/call.h"

enum {
    INVITATIONS_A_DAY_OF_USER = 20,
    INVITATIONS_A_DAY_OF_ORGANIZATION = 50,
    INVITATIONS_A_DAY_UNREDEEMED = 200, /* of all organizations that have redeemed no code */
};

/* Counts an invitation of the actor in the organization, in the open transaction. The store counts,
 * so the limits survive a restart and hold for several servers.
 *   STATUS_SLOW_DOWN  as invitation_make() */
enum status invitation_limits_take(struct call *call, int64_t organization_id);

#endif
