#include "service/account/invitation_limits.h"

#include "base/id.h"
#include "service/core/throttle.h"
#include "service/organization/organizations.h"

static enum status
limit_user(struct call *call)
{
    char id[ID_TEXT_SIZE], subject[THROTTLE_SUBJECT_SIZE];
    struct throttle_quota quota = {
        subject,
        INVITATIONS_A_DAY_OF_USER,
        "user_invitation_limit",
        "you have sent 20 invitations within a day: wait, or ask another administrator",
    };

    if (call->actor->kind == ACTOR_SYSTEM)
        return STATUS_OK;
    id_format(id, call->actor->id);
    throttle_subject(subject, "invitations_of_user", id);
    return throttle_quota_take(call, &quota);
}

static enum status
limit_organization(struct call *call, int64_t organization_id)
{
    char id[ID_TEXT_SIZE], subject[THROTTLE_SUBJECT_SIZE];
    struct throttle_quota quota = {
        subject,
        INVITATIONS_A_DAY_OF_ORGANIZATION,
        "organization_invitation_limit",
        "the organization has sent 50 invitations within a day: wait",
    };

    id_format(id, organization_id);
    throttle_subject(subject, "invitations_of_organization", id);
    return throttle_quota_take(call, &quota);
}

static enum status
limit_unredeemed(struct call *call, int64_t organization_id)
{
    struct throttle_quota quota = {
        "invitations_unredeemed",
        INVITATIONS_A_DAY_UNREDEEMED,
        "server_invitation_limit",
        "new organizations have sent all invitations of this day: redeem an activation code first, "
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
