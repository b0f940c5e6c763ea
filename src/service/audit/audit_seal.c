#include "service/audit/audit_seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "service/audit/audit.h"
#include "service/core/job.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { SEALED_BYTES = 160 };

static const uint8_t zeros[HASH_BYTES];

/* The bytes under a keyed hash. */
struct sealed_bytes {
    uint8_t bytes[SEALED_BYTES];
    size_t size;
};

static void
sealed_put(struct sealed_bytes *to, const void *bytes, size_t size)
{
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

/* Little endian on every machine. */
static void
sealed_put_int64(struct sealed_bytes *to, int64_t number)
{
    for (size_t i = 0; i < sizeof number; i++)
        to->bytes[to->size++] = (uint8_t)((uint64_t)number >> (8 * i));
}

void
audit_seal_hash(uint8_t out[HASH_BYTES], const uint8_t before[HASH_BYTES],
                const struct audit_seal *seal, const struct secret_key *secret)
{
    static const char purpose[] = "audit seal";
    struct sealed_bytes bytes = { .size = 0 };

    sealed_put(&bytes, purpose, sizeof purpose);
    sealed_put(&bytes, before, HASH_BYTES);
    sealed_put_int64(&bytes, seal->number);
    sealed_put_int64(&bytes, seal->at);
    sealed_put_int64(&bytes, seal->organization_id);
    sealed_put_int64(&bytes, seal->sequence);
    sealed_put(&bytes, seal->hash, HASH_BYTES);
    hash_bytes(out, bytes.bytes, bytes.size, secret);
}

void
audit_seal_top_mac(uint8_t out[HASH_BYTES], const struct audit_seal_top *top,
                   const struct secret_key *secret)
{
    static const char purpose[] = "audit seal top";
    struct sealed_bytes bytes = { .size = 0 };

    sealed_put(&bytes, purpose, sizeof purpose);
    sealed_put_int64(&bytes, top->number);
    sealed_put_int64(&bytes, top->first);
    sealed_put(&bytes, top->seal, HASH_BYTES);
    hash_bytes(out, bytes.bytes, bytes.size, secret);
}

static enum status
top_of_row(struct call *call, const struct audit_seal_top_get_out *row, struct audit_seal_top *out)
{
    if (row->seal.size != HASH_BYTES || row->mac.size != HASH_BYTES)
        return call_fail(call, STATUS_BROKEN, "", "", "the record of the audit seals is damaged");
    *out = (struct audit_seal_top){ .number = row->number,
                                    .first = row->first,
                                    .round_at = row->round_at };
    memcpy(out->seal, row->seal.at, HASH_BYTES);
    memcpy(out->mac, row->mac.at, HASH_BYTES);
    return STATUS_OK;
}

enum status
audit_seal_top_read(struct call *call, struct audit_seal_top *out, bool *found)
{
    struct audit_seal_top_get_out row;
    enum status status = audit_seal_top_get(&call->db, &row, found);

    *out = (struct audit_seal_top){ .first = 1 };
    if (status || !*found)
        return status;
    status = top_of_row(call, &row, out);
    *found = !status && memcmp(out->mac, zeros, HASH_BYTES) != 0;
    return status;
}

static enum status
top_lock(struct call *call, struct audit_seal_top *out)
{
    struct audit_seal_top_lock_in in = { { zeros, HASH_BYTES } };
    struct audit_seal_top_get_out row;
    enum status status = audit_seal_top_lock(&call->db, &in, &row);

    return status ? status : top_of_row(call, &row, out);
}

static enum status
top_write(struct call *call, struct audit_seal_top *top)
{
    audit_seal_top_mac(top->mac, top, call->secret);
    struct audit_seal_top_set_in in = {
        .number = top->number,
        .first = top->first,
        .round_at = top->round_at,
        .seal = { top->seal, HASH_BYTES },
        .mac = { top->mac, HASH_BYTES },
    };
    return audit_seal_top_set(&call->db, &in, NULL);
}

/* The rows of one step. */
struct seal_rows {
    struct audit_seal_insert_in *seals;
    struct audit_chain_set_sealed_in *chains;
};

static enum status
seal_chains(struct call *call, struct audit_seal_top *top, const struct audit_unsealed_out *chains,
            size_t count, const struct seal_rows *rows)
{
    uint8_t(*seals)[HASH_BYTES] = call_new(call, (count + 1) * sizeof *seals);

    if (!seals)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        struct audit_seal seal = { .number = ++top->number,
                                   .at = call->now,
                                   .organization_id = chains[i].organization_id,
                                   .sequence = chains[i].sequence };
        memcpy(seal.hash, chains[i].hash.at, HASH_BYTES);
        audit_seal_hash(seals[i], top->seal, &seal, call->secret);
        memcpy(top->seal, seals[i], HASH_BYTES);
        rows->seals[i] = (struct audit_seal_insert_in){
            seal.number,   seal.at,        seal.organization_id,
            seal.sequence, chains[i].hash, { seals[i], HASH_BYTES },
        };
        rows->chains[i] = (struct audit_chain_set_sealed_in){ seal.organization_id, seal.sequence };
    }
    enum status status = audit_seal_insert(&call->db, rows->seals, count, NULL);
    return status ? status : audit_chain_set_sealed(&call->db, rows->chains, count, NULL);
}

/* Seals some chains under a locked record, and writes the record. */
static enum status
seal_step(struct call *call, struct audit_seal_top *top, bool *more)
{
    struct audit_unsealed_in in = { AUDIT_SEAL_STEP };
    struct audit_unsealed_out *chains;
    size_t count;
    enum status status = audit_unsealed(&call->db, &in, &chains, &count);

    if (status)
        return status;
    struct seal_rows rows = {
        .seals = call_new(call, (count + 1) * sizeof *rows.seals),
        .chains = call_new(call, (count + 1) * sizeof *rows.chains),
    };
    if (!rows.seals || !rows.chains)
        return STATUS_TOO_LARGE;
    status = seal_chains(call, top, chains, count, &rows);
    *more = count == AUDIT_SEAL_STEP;
    if (!*more)
        top->round_at = call->now;
    return status ? status : top_write(call, top);
}

enum status
audit_checkpoint(struct call *call, const char *reason)
{
    struct audit_seal_top top;
    struct audit_json json;
    struct audit_fact fact = { "audit.checkpoint", "store", "", NULL, NULL };
    bool more;
    enum status status = top_lock(call, &top);

    if (status)
        return status;
    top.first = top.number + 1;
    memset(top.seal, 0, HASH_BYTES);
    top.round_at = 0; /* the job continues at once */
    struct json_writer *after = audit_json_open(&json);
    json_put_text(after, "reason", reason);
    json_put_int64(after, "first_seal", top.first);
    status = audit_json_close(&json, call, &fact.after);
    if (!status)
        status = audit_append(call, AUDIT_OPERATOR_CHAIN, &fact);
    if (!status)
        status = audit_chains_unseal(&call->db, NULL);
    return status ? status : seal_step(call, &top, &more);
}

static enum status
seal_body(struct call *call, void *with)
{
    struct audit_seal_top top;
    enum status status = top_lock(call, &top);

    return status ? status : seal_step(call, &top, with);
}

enum status
audit_seal_all(struct call *call)
{
    bool any_clock = call->any_clock;
    enum status status = STATUS_OK;

    call->any_clock = true;
    for (bool more = true; more && !status;)
        status = transact(call, seal_body, &more);
    call->any_clock = any_clock;
    return status;
}

enum status
audit_seal_job_run(struct call *call, bool *more)
{
    struct audit_seal_top top;
    bool found;
    enum status status = audit_seal_top_read(call, &top, &found);

    *more = false;
    bool is_due = call->now >= utc_after(top.round_at, AUDIT_SEAL_SECONDS)
                  || call->now < top.round_at; /* the clock was in the future then */
    if (status || !found || !is_due)
        return status;
    return seal_body(call, more);
}

enum status
audit_seal_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, audit_seal_next_at, at);
}

enum status
audit_head(struct call *call, char out[AUDIT_HEAD_SIZE])
{
    struct audit_seal_top top;
    bool found;
    enum status status = audit_seal_top_read(call, &top, &found);

    out[0] = '\0';
    if (status || !found || top.number < top.first)
        return status;
    int length = snprintf(out, AUDIT_HEAD_SIZE, "%" PRId64 "-", top.number);
    for (size_t i = 0; i < HASH_BYTES; i++)
        length += snprintf(out + length, (size_t)(AUDIT_HEAD_SIZE - length), "%02x", top.seal[i]);
    return STATUS_OK;
}

bool
audit_head_parse(const char *text, int64_t *number, uint8_t seal[HASH_BYTES])
{
    const char *dash = strchr(text, '-');

    if (!dash || !text_to_int64(number, text, (size_t)(dash - text), 1, INT64_MAX)
        || strlen(dash + 1) != (size_t)2 * HASH_BYTES)
        return false;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        int high = text_hex_digit(dash[1 + 2 * i]), low = text_hex_digit(dash[2 + 2 * i]);
        if (high < 0 || low < 0)
            return false;
        seal[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
