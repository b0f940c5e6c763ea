/* audit.h - appends an entry for each change, in the transaction of the change. */
#ifndef SERVICE_AUDIT_AUDIT_H
#define SERVICE_AUDIT_AUDIT_H

#include "base/json_write.h"
#include "service/core/call.h"

enum { AUDIT_OPERATOR_CHAIN = 0 }; /* in place of an organization's id */

struct audit_fact {
    const char *action;      /* "sensor.add" */
    const char *object_kind; /* "sensor" */
    const char *object_id;
    const char *before; /* JSON; NULL is "null" */
    const char *after;  /* JSON; NULL is "null" */
};

/* Appends to the organization's chain: hash = BLAKE2b-256(previous hash, entry); before the first
 * entry the hash is zeros. Inside a transaction; the chain stays locked until its end. An entry
 * must contain no secret; a redeemed key is none. */
enum status audit_append(struct call *call, int64_t organization_id, const struct audit_fact *fact);

/* Appends several entries in order, by `actor`. */
enum status audit_append_many(struct call *call, int64_t organization_id, const struct actor *actor,
                              const struct audit_fact *facts, size_t count);

/* Writes a JSON object for `before` or `after`. The close gives its text in the arena. Each open is
 * followed by one close.
 *   STATUS_TOO_LARGE */
struct audit_json {
    struct buffer buffer;
    struct json_writer writer;
};
struct json_writer *audit_json_open(struct audit_json *json);
enum status audit_json_close(struct audit_json *json, struct call *call, const char **out);

/* Hashes an entry: each field in this order, numbers as 8 bytes (little endian), texts after their
 * length. False: it is too large. */
struct audit_entry {
    int64_t organization_id;
    int64_t sequence;
    utc_seconds at;
    const char *actor_kind; /* "system", "user", "token", "operator" */
    int64_t actor_id;
    const char *actor_name;
    struct audit_fact fact;
};
bool audit_hash(uint8_t out[HASH_BYTES], const uint8_t before[HASH_BYTES],
                const struct audit_entry *entry);

#endif
