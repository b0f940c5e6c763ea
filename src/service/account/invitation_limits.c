#include "service/account/invitation_limits.h"

#include <stdio.h>

#include "base/id.h"
#include "service/core/throttle.h"
#include "service/organization/organizations.h"

enum { REASON_SIZE = 128 };

static enum status
limit_user(struct call *call)
{
    char id[ID_TEXT_SIZE], subject[THROTTLE_SUBJECT_SIZE], reason[REASON_SIZE];
    const struct throttle_quota quota = {
        subject,
        INVITATIONS_A_DAY_OF_USER,
        "user_invitation_limit",
        reason,
    };

    if (call->actor->kind == ACTOR_SYSTEM)
        return STATUS_OK;
    id_format(id, call->actor->id);
    throttle_subject(subject, "invitations_of_user", id);
    snprintf(reason, sizeof reason,
             "you have sent %d invitations within 24 hours: wait, or ask another administrator",
             INVITATIONS_A_DAY_OF_USER);
    return throttle_quota_take(call, &quota);
}

static enum status
limit_organization(struct call *call, int64_t organization_id)
{
    char id[ID_TEXT_SIZE], subject[THROTTLE_SUBJECT_SIZE], reason[REASON_SIZE];
    const struct throttle_quota quota = {
        subject,
        INVITATIONS_A_DAY_OF_ORGANIZATION,
        "organization_invitation_limit",
        reason,
    };

    id_format(id, organization_id);
    throttle_subject(subject, "invitations_of_organization", id);
    snprintf(reason, sizeof reason,
             "the organization has sent %d invitations within 24 hours: wait",
             INVITATIONS_A_DAY_OF_ORGANIZATION);
    return throttle_quota_take(call, &quota);
}

static enum status
limit_unredeemed(struct call *call, int64_t organization_id)
{
    const struct throttle_quota quota = {
        "invitations_unredeemed",
        INVITATIONS_A_DAY_UNREDEEMED,
        "server_invitation_limit",
        "new organizations have used up their invitations for now: redeem an activation code, "
        "or wait",
    };
    bool has_redeemed;
    enum status status = organization_has_redeemed(call, organization_id, &has_redeemed);

    return status || has_redeemed ? status : throttle_quota_take(call, &quota);
}

/* Always in this order, so that no two transactions wait for each other. */
enum status
invitation_limits_take(struct call *call, int64_t organization_id)
{
    enum status status = limit_user(call);

    if (!status)
        status = limit_organization(call, organization_id);
    return status ? status : limit_unredeemed(call, organization_id);
}
