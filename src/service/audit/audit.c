#include "service/audit/audit.h"

#include <string.h>

#include "base/secret.h"
#include "statements.h"
#include "store/store.h"

enum { JSON_MOST_BYTES = 16 * 1024, ENTRY_MOST_BYTES = 64 * 1024 };

static const uint8_t nothing_before[HASH_BYTES];

static const char *const actor_kind_words[] = {
    [ACTOR_SYSTEM] = "system",
    [ACTOR_USER] = "user",
    [ACTOR_TOKEN] = "token",
    [ACTOR_OPERATOR] = "operator",
};
_Static_assert(sizeof actor_kind_words / sizeof actor_kind_words[0] == ACTOR_KIND_COUNT, "");

struct json_writer *
audit_json_open(struct audit_json *json)
{
    buffer_init(&json->buffer, JSON_MOST_BYTES);
    json_begin(&json->writer, &json->buffer);
    json_object_open(&json->writer);
    return &json->writer;
}

enum status
audit_json_close(struct audit_json *json, struct call *call, const char **out)
{
    json_object_close(&json->writer);
    *out = json->buffer.overflow
               ? NULL
               : arena_text(call->db.arena, json->buffer.bytes, json->buffer.size);
    buffer_clear(&json->buffer);
    if (!*out)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "the change is too large to be recorded");
    return STATUS_OK;
}

/* Little endian on every machine. */
static void
audit_put_int64(struct buffer *buffer, int64_t number)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((uint64_t)number >> (8 * i));
    buffer_append(buffer, bytes, sizeof bytes);
}

static void
audit_put_text(struct buffer *buffer, const char *text)
{
    audit_put_int64(buffer, (int64_t)strlen(text));
    buffer_append(buffer, text, strlen(text));
}

bool
audit_hash(uint8_t out[HASH_BYTES], const uint8_t before[HASH_BYTES],
           const struct audit_entry *entry)
{
    struct buffer buffer;

    buffer_init(&buffer, ENTRY_MOST_BYTES);
    buffer_append(&buffer, before, HASH_BYTES);
    audit_put_int64(&buffer, entry->organization_id);
    audit_put_int64(&buffer, entry->sequence);
    audit_put_int64(&buffer, entry->at);
    audit_put_text(&buffer, entry->actor_kind);
    audit_put_int64(&buffer, entry->actor_id);
    audit_put_text(&buffer, entry->actor_name);
    audit_put_text(&buffer, entry->fact.action);
    audit_put_text(&buffer, entry->fact.object_kind);
    audit_put_text(&buffer, entry->fact.object_id);
    audit_put_text(&buffer, entry->fact.before);
    audit_put_text(&buffer, entry->fact.after);
    bool whole = !buffer.overflow;
    if (whole)
        hash_bytes(out, buffer.bytes, buffer.size, NULL);
    buffer_clear(&buffer);
    return whole;
}

/* Chains an entry to the hash `before`, and gives its hash and its row. */
static enum status
chain_entry(struct call *call, const struct audit_entry *entry, const uint8_t before[HASH_BYTES],
            uint8_t hash[HASH_BYTES], struct audit_entry_insert_in *row)
{
    if (!audit_hash(hash, before, entry))
        return call_fail(call, STATUS_BROKEN, "", "", "the audit log cannot be continued");
    *row = (struct audit_entry_insert_in){
        .organization_id = entry->organization_id,
        .sequence = entry->sequence,
        .at = entry->at,
        .actor_kind = entry->actor_kind,
        .actor_id = entry->actor_id,
        .actor_name = entry->actor_name,
        .action = entry->fact.action,
        .object_kind = entry->fact.object_kind,
        .object_id = entry->fact.object_id,
        .before = entry->fact.before,
        .after = entry->fact.after,
        .hash = { hash, HASH_BYTES },
    };
    return STATUS_OK;
}

enum status
audit_append_many(struct call *call, int64_t organization_id, const struct actor *actor,
                  const struct audit_fact *facts, size_t count)
{
    struct audit_chain_extend_in extend = {
        .organization_id = organization_id,
        .count = (int64_t)count,
        .first_hash = { nothing_before, sizeof nothing_before },
    };
    struct audit_chain_extend_out chain;
    struct audit_entry_insert_in *rows = call_new(call, (count + 1) * sizeof *rows);
    uint8_t(*hashes)[HASH_BYTES] = call_new(call, (count + 1) * sizeof *hashes);

    if (!rows || !hashes)
        return STATUS_TOO_LARGE;
    enum status status = audit_chain_extend(&call->db, &extend, &chain);
    if (status)
        return status;
    if (chain.hash.size != HASH_BYTES)
        return call_fail(call, STATUS_BROKEN, "", "", "the audit log cannot be continued");
    for (size_t i = 0; i < count; i++) {
        const struct audit_fact *fact = &facts[i];
        struct audit_entry entry = {
            .organization_id = organization_id,
            .sequence = chain.sequence - (int64_t)count + 1 + (int64_t)i,
            .at = call->now,
            .actor_kind = actor_kind_words[actor->kind],
            .actor_id = actor->id,
            .actor_name = actor->name ? actor->name : "",
            .fact = { fact->action, fact->object_kind, fact->object_id,
                      fact->before ? fact->before : "null", fact->after ? fact->after : "null" },
        };
        status =
            chain_entry(call, &entry, i > 0 ? hashes[i - 1] : chain.hash.at, hashes[i], &rows[i]);
        if (status)
            return status;
    }
    status = audit_entry_insert(&call->db, rows, count, NULL);
    if (status)
        return status;
    struct audit_chain_set_hash_in head = { organization_id, { hashes[count - 1], HASH_BYTES } };
    return audit_chain_set_hash(&call->db, &head, NULL);
}

enum status
audit_append(struct call *call, int64_t organization_id, const struct audit_fact *fact)
{
    return audit_append_many(call, organization_id, call->actor, fact, 1);
}
