/* codes_revoke.h - the operator takes back an order (rule 9). */
#ifndef SERVICE_CODE_CODES_REVOKE_H
#define SERVICE_CODE_CODES_REVOKE_H

#include "service/code/codes.h"

enum { REVOKE_REASON_MOST_BYTES = 500 };

struct code_revocation_request {
    const char *reason;       /* 1 to REVOKE_REASON_MOST_BYTES */
    utc_seconds effective_at; /* when running licenses end; 0 or an earlier instant: now */
};

struct code_revocation {
    struct code_order order;     /* as it is after it */
    utc_seconds effective_at;    /* 0 for a code that nobody had redeemed */
    int64_t withdrawn_from_pool; /* licenses that no sensor held */
    int64_t
        withdrawn_waiting; /* that waited for their turn: they vanish, those behind move forward */
    int64_t ended;         /* running ones whose end is effective_at now */
};

/* An unredeemed code is void. Of a redeemed one the licenses in the pool and those that
 * wait are withdrawn (a license that started at this very second and ends at it counts as
 * waiting: it leaves no interval); the running ones that would last longer end at effective_at
 * and stay assigned, so that quantity = left + assigned + withdrawn. Whoever loses coverage
 * now is renewed from other keys where auto renewal is on and the pool holds a license.
 *   STATUS_INVALID    reason
 *   STATUS_NOT_FOUND  no such code
 *   STATUS_CONFLICT   code_revoked: it was revoked before; its instant stays */
enum status code_revoke(struct call *call, int64_t id,
                        const struct code_revocation_request *request, struct code_revocation *out);

#endif
