/* organizations.h - organizations and their settings. */
#ifndef SERVICE_ORGANIZATION_ORGANIZATIONS_H
#define SERVICE_ORGANIZATION_ORGANIZATIONS_H

#include "domain/role.h"
#include "service/core/call.h"

enum {
    ORGANIZATION_NAME_MOST_BYTES = 200,
    DEVICE_TOKEN_LENGTH = 32,
    ORGANIZATIONS_MOST_UNREDEEMED = 3, /* that a user has made and that have redeemed no code */
};

struct organization {
    int64_t id;
    const char *name;
    const char *time_zone;
    bool time_zone_missing; /* this machine no longer has the zone: days are counted in UTC */
    const char *pool_order;
    const char *notice_time;  /* "08:00" */
    const char *device_token; /* DEVICE_TOKEN_LENGTH symbols: devices have room for 36 */
    bool device_token_required;
    utc_seconds created_at;
};

/* NULL or `has_` false: leave as it is. */
struct organization_change {
    const char *name;        /* 1 to 200 bytes */
    const char *time_zone;   /* IANA */
    const char *pool_order;  /* domain/pool.h */
    const char *notice_time; /* "HH:MM" */
    bool has_device_token_required;
    bool device_token_required;
};

/* An actor that is a user becomes administrator and recipient of license notices. Spaces around the
 * name are removed.
 *   STATUS_INVALID   name, time_zone
 *   STATUS_CONFLICT  too_many_organizations: ORGANIZATIONS_MOST_UNREDEEMED */
enum status organization_create(struct call *call, const char *name, const char *time_zone,
                                struct organization *out);

/* Adds a member, unless the user is one. Inside a transaction; the caller writes the audit entry.
 */
enum status organization_add_member(struct call *call, int64_t organization_id, int64_t user_id,
                                    enum role role);

/* Has the organization redeemed an activation code, even if it was revoked since then? */
enum status organization_has_redeemed(struct call *call, int64_t id, bool *out);

/* STATUS_NOT_FOUND */
enum status organization_get(struct call *call, int64_t id, struct organization *out);

/* An organization as the operator sees it. */
struct organization_counts {
    int64_t id;
    const char *name;
    utc_seconds created_at;
    int64_t sensors;
    int64_t active; /* of them: covered now */
    int64_t licenses_left;
};
struct organization_page {
    struct organization_counts *items; /* newest first */
    size_t count;
    const char *next;
};
enum { ORGANIZATION_Q_MOST_BYTES = 100 };
struct organization_query {
    struct page_request page;
    const char *q; /* part of the name, in any case; NULL: all */
};
/* Reads all sensors of the organizations on the page. STATUS_MALFORMED: the cursor. */
enum status organization_list(struct call *call, const struct organization_query *query,
                              struct organization_page *out);

/* Licenses that sensors have keep their instants. STATUS_INVALID names the field. */
enum status organization_change(struct call *call, int64_t id,
                                const struct organization_change *change, struct organization *out);

/* Organizations whose time zone this machine does not have. */
struct missing_zone {
    int64_t id;
    const char *name, *time_zone;
};

/* Lists up to `most` of them, by zone. *total: of all. Reads every organization. */
enum status organization_list_missing_zones(struct call *call, size_t most,
                                            struct missing_zone **out, size_t *count,
                                            int64_t *total);

/* Replaces the device token; the old one stops working. */
enum status organization_renew_device_token(struct call *call, int64_t id,
                                            struct organization *out);

#endif
