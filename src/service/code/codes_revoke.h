/* codes_revoke.h - the operator revokes an activation code (rule 9). */
#ifndef SERVICE_CODE_CODES_REVOKE_H
#define SERVICE_CODE_CODES_REVOKE_H

#include "service/code/codes.h"

enum { REVOKE_REASON_MOST_BYTES = 500 };

struct code_revocation_request {
    const char *reason;       /* 1 to REVOKE_REASON_MOST_BYTES */
    utc_seconds effective_at; /* when running licenses end; 0 or an earlier instant: now */
};

struct code_revocation {
    struct code_order order;     /* after the revocation */
    utc_seconds effective_at;    /* 0 for an unredeemed code */
    int64_t withdrawn_from_pool; /* licenses that no sensor held */
    int64_t withdrawn_waiting;   /* licenses deleted from queues; later ones move forward */
    int64_t ended;               /* running licenses that end at effective_at */
};

/* Voids an unredeemed code. Of a redeemed code, licenses in the pool and in queues are withdrawn.
 * Running licenses that would last longer end at effective_at and stay assigned, so that
 * quantity = left + assigned + withdrawn. A license whose start is effective_at leaves no
 * interval: it is withdrawn, too. A sensor that loses coverage now is renewed from another key if
 * its auto renewal is on and the pool holds a license.
 *   STATUS_INVALID    reason
 *   STATUS_NOT_FOUND  no such code
 *   STATUS_CONFLICT   code_revoked: it was revoked before */
enum status code_revoke(struct call *call, int64_t id,
                        const struct code_revocation_request *request, struct code_revocation *out);

#endif
