#include "service/core/store_secret.h"

#include <string.h>

#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

struct claim {
    const char *path;
    struct secret_key *key;
};

/* Reveals nothing about the key or about other hashes with it. */
static void
make_fingerprint(uint8_t out[HASH_BYTES], const struct secret_key *key)
{
    static const char purpose[] = "fingerprint";

    hash_bytes(out, purpose, sizeof purpose, key);
}

static enum status
read_own(struct call *call, const struct claim *claim, const struct secret_fingerprint_out *kept)
{
    uint8_t fingerprint[HASH_BYTES];
    enum status status = secret_key_read(claim->key, claim->path, &call->db.fault);

    if (status == STATUS_NOT_FOUND)
        return call_fail(
            call, STATUS_CONFLICT, "secret_missing", "",
            "the secret file %.100s is missing: restore it from a backup, because this store"
            " works with no other",
            claim->path);
    if (status)
        return status;
    make_fingerprint(fingerprint, claim->key);
    if (kept->fingerprint.size == sizeof fingerprint
        && secret_equal(fingerprint, kept->fingerprint.at, sizeof fingerprint))
        return STATUS_OK;
    return call_fail(
        call, STATUS_CONFLICT, "secret_wrong", "",
        "the secret file %.100s belongs to another store: name the one that this store was"
        " first started with (--secret-file), or restore it from a backup",
        claim->path);
}

static enum status
find_own(struct call *call, const struct claim *claim, bool *found)
{
    struct secret_fingerprint_out kept;
    enum status status = secret_fingerprint(&call->db, &kept, found);

    return status || !*found ? status : read_own(call, claim, &kept);
}

/* Claims the place first, so that a concurrent start makes no file. */
static enum status
store_secret_claim_body(struct call *call, void *with)
{
    const struct claim *claim = with;
    uint8_t fingerprint[HASH_BYTES] = { 0 };
    struct secret_fingerprint_claim_in empty = { { fingerprint, sizeof fingerprint } };
    struct secret_fingerprint_set_in in = { { fingerprint, sizeof fingerprint } };
    int64_t changed;
    bool found;
    enum status status = secret_fingerprint_claim(&call->db, &empty, &changed);

    if (status)
        return status;
    if (changed == 0)
        return find_own(call, claim, &found);
    status = secret_key_load(claim->key, claim->path, &call->db.fault);
    if (status)
        return status;
    make_fingerprint(fingerprint, claim->key);
    return secret_fingerprint_set(&call->db, &in, NULL);
}

enum status
store_secret_load(struct call *call, const char *path, struct secret_key *out)
{
    struct claim claim = { .path = path, .key = out };
    bool found;
    enum status status = find_own(call, &claim, &found);

    return status || found ? status : transact(call, store_secret_claim_body, &claim);
}

enum status
store_secret_check(struct call *call, const char *path, bool *found)
{
    struct secret_key key;
    const struct claim claim = { .path = path, .key = &key };
    enum status status = find_own(call, &claim, found);

    explicit_bzero(&key, sizeof key);
    return status;
}
