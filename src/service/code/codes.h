/* codes.h - activation codes: the operator issues them, an organization redeems them. */
#ifndef SERVICE_CODE_CODES_H
#define SERVICE_CODE_CODES_H

#include "domain/code.h"
#include "service/core/call.h"
#include "service/ledger/renewing.h"

enum { CODE_MOST_LICENSES = 100000, REFERENCE_MOST_BYTES = 200 };

/* The store identifies a code by this keyed hash of its 25 symbols without hyphens. */
void code_hash(uint8_t out[HASH_BYTES], const struct code *code, const struct secret_key *secret);

struct code_request {
    int64_t quantity; /* 1 to CODE_MOST_LICENSES */
    const char *term; /* "P2Y"; 1 day to 10 years */
    bool has_redeem_by;
    day_number redeem_by;    /* last day, until its end in UTC; not before today */
    int64_t organization_id; /* the only one that may redeem it; 0 for any */
    const char *reference;   /* 0 to REFERENCE_MOST_BYTES; NULL is "" */
};

struct code_order {
    int64_t id;
    char code[CODE_TEXT_SIZE]; /* right after issuing; else "" */
    int64_t quantity;
    const char *term;
    bool has_redeem_by;
    day_number redeem_by;
    int64_t bound_organization_id; /* 0 for any */
    const char *reference;
    const char *state; /* "issued", "redeemed", "expired", "revoked" */
    utc_seconds issued_at;
    const char *issued_by;
    utc_seconds redeemed_at;                /* 0 if not */
    int64_t organization_id;                /* that redeemed it; 0 if not */
    const char *organization_name;          /* of it, or of the bound one; "" for none */
    utc_seconds revoked_at;                 /* 0 if not */
    const char *revoked_by, *revoke_reason; /* NULL if not */
};

/* STATUS_INVALID names the field. STATUS_NOT_FOUND: organization_id. */
enum status code_issue(struct call *call, const struct code_request *request,
                       struct code_order *out);

struct code_query {
    struct page_request page;
    const char *reference; /* part of it, in any case; NULL: all */
    const char *state;     /* NULL: all; one of the four words, checked by the caller */
};
struct code_page {
    struct code_order *items; /* newest first */
    size_t count;
    const char *next; /* NULL at the end */
};
/* STATUS_NOT_FOUND */
enum status code_get(struct call *call, int64_t id, struct code_order *out);

/* STATUS_MALFORMED: the cursor. */
enum status code_list(struct call *call, const struct code_query *query, struct code_page *out);

struct redemption {
    const char *key;
    int64_t quantity;
    const char *term;
    utc_seconds redeemed_at;
    int64_t licenses_left;
    struct renewed_sensor *renewed;
    size_t renewed_count;
    bool again; /* the organization had redeemed it before: nothing changed */
};

/* Puts the licenses of `code` into the organization's pool (rule 3). A wrong code counts against
 * the organization, although the verb fails (service/core/throttle.h). If the same organization
 * enters the code again, it gets the first answer again, even while it has to wait.
 *   STATUS_INVALID    code_malformed: field "code"; never counted
 *   STATUS_NOT_FOUND  code_not_accepted
 *   STATUS_CONFLICT   code_expired, code_revoked
 *   STATUS_SLOW_DOWN  too_many_codes: fault.until; a correct code has to wait, too */
enum status code_redeem(struct call *call, int64_t organization_id, const char *code,
                        struct redemption *out);

struct key_item {
    const char *key;
    int64_t quantity;
    int64_t assigned;
    int64_t left;
    const char *term;
    utc_seconds redeemed_at;
    const char *redeemed_by;
};
struct key_page {
    struct key_item *items; /* oldest redemption first */
    size_t count;
    const char *next;
};
/* STATUS_MALFORMED: the cursor. */
enum status key_list(struct call *call, int64_t organization_id, struct page_request page,
                     struct key_page *out);

/* Checks whether a client may sign up with this code: an unredeemed code is an invitation, for one
 * account. *invited: the account that it has invited; 0: none, which the caller checks. Failures as
 * code_redeem(), with the field "activation_code". A read: the caller counts a wrong code in the
 * counter of the client. */
enum status code_may_invite(struct call *call, const char *code,
                            const struct guess_counter *counter, int64_t *invited);

/* STATUS_CONFLICT code_has_invited */
enum status code_has_invited(struct call *call);

/* Records the account that has signed up with this code. Inside a transaction, after
 * code_may_invite().
 *   STATUS_CONFLICT  code_has_invited */
enum status code_use_invitation(struct call *call, const char *code, int64_t user_id);

#endif
