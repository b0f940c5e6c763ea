/* audit_verify.c - the chains, entry by entry. */
#include <string.h>

#include "service/audit/audit_log.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { TELL_EVERY = 4096 };

static const char *const words[] = {
    [AUDIT_WHOLE] = "fits",
    [AUDIT_MISSING] = "is missing",
    [AUDIT_CHANGED] = "was changed, or does not belong there",
    [AUDIT_APPENDED] = "was appended behind the end of the chain",
    [AUDIT_NO_CHAIN] = "is missing, and so are all others",
};
_Static_assert(sizeof words / sizeof words[0] == AUDIT_FLAW_COUNT, "a flaw has no words");

const char *
audit_flaw_words(enum audit_flaw flaw)
{
    return words[flaw];
}

struct verifying {
    audit_progress *progress;
    void *with;
    int64_t read, all; /* entries */

    /* one chain: */
    struct audit_verdict *verdict;
    int64_t head;
    uint8_t head_hash[HASH_BYTES];
    uint8_t hash[HASH_BYTES]; /* of the entry before */
    int64_t sequence;
};

static void
blame(struct verifying *verifying, enum audit_flaw flaw, int64_t sequence)
{
    if (verifying->verdict->flaw)
        return;
    verifying->verdict->flaw = flaw;
    verifying->verdict->sequence = sequence;
}

/* After the first that does not fit the others are only counted. */
static enum status
check_entry(void *with, const struct audit_entries_out *row, struct fault *fault)
{
    struct verifying *verifying = with;
    struct audit_entry entry = {
        .organization_id = verifying->verdict->organization_id,
        .sequence = row->sequence,
        .at = row->at,
        .actor_kind = row->actor_kind,
        .actor_id = row->actor_id,
        .actor_name = row->actor_name,
        .fact = { row->action, row->object_kind, row->object_id, row->before, row->after },
    };
    uint8_t hash[HASH_BYTES];

    (void)fault;
    verifying->verdict->entries++;
    if (++verifying->read % TELL_EVERY == 0 && verifying->progress)
        verifying->progress(verifying->with, verifying->read, verifying->all);
    if (verifying->verdict->flaw)
        return STATUS_OK;
    verifying->sequence++;
    if (row->sequence > verifying->head)
        blame(verifying, verifying->sequence <= verifying->head ? AUDIT_MISSING : AUDIT_APPENDED,
              verifying->sequence);
    else if (row->sequence != verifying->sequence)
        blame(verifying, AUDIT_MISSING, verifying->sequence);
    else if (!audit_hash(hash, verifying->hash, &entry) || row->hash.size != HASH_BYTES
             || memcmp(hash, row->hash.at, HASH_BYTES) != 0)
        blame(verifying, AUDIT_CHANGED, row->sequence);
    else
        memcpy(verifying->hash, hash, HASH_BYTES);
    return STATUS_OK;
}

/* The end is where the chain says, and is what it says. */
static void
check_end(struct verifying *verifying)
{
    if (verifying->head == 0 && verifying->sequence == 0
        && verifying->verdict->organization_id != AUDIT_OPERATOR_CHAIN)
        blame(verifying, AUDIT_NO_CHAIN, 1);
    if (verifying->sequence < verifying->head)
        blame(verifying, AUDIT_MISSING, verifying->sequence + 1);
    if (memcmp(verifying->hash, verifying->head_hash, HASH_BYTES) != 0)
        blame(verifying, AUDIT_CHANGED, verifying->sequence);
}

static enum status
chain_body(struct call *call, void *with)
{
    struct verifying *verifying = with;
    struct audit_chain_head_out head;
    int64_t organization_id = verifying->verdict->organization_id;
    bool found;
    enum status status = audit_chain_head(call->store, call->arena,
                                          &(struct audit_chain_head_in){ organization_id }, &head,
                                          &found, &call->fault);

    if (status)
        return status;
    verifying->verdict->entries = verifying->sequence = 0;
    verifying->head = found ? head.sequence : 0;
    memset(verifying->hash, 0, HASH_BYTES);
    memset(verifying->head_hash, 0, HASH_BYTES);
    if (found && head.hash.size == HASH_BYTES)
        memcpy(verifying->head_hash, head.hash.at, HASH_BYTES);
    status = audit_entries(call->store, call->arena, &(struct audit_entries_in){ organization_id },
                           check_entry, verifying, &call->fault);
    if (!status)
        check_end(verifying);
    return status;
}

static enum status
read_chains(struct call *call, struct verifying *verifying, struct audit_verification *out)
{
    struct audit_chains_out *rows;
    size_t count;
    enum status status = audit_chains(call->store, call->arena, &rows, &count, &call->fault);

    *out = (struct audit_verification){ .count = count };
    if (status)
        return status;
    out->chains = arena_new(call->arena, (count + 1) * sizeof *out->chains);
    if (!out->chains)
        return fail(&call->fault, STATUS_TOO_LARGE, "", "", "there are too many chains");
    for (size_t i = 0; i < count; i++) {
        out->chains[i] = (struct audit_verdict){ .organization_id = rows[i].organization_id,
                                                 .name = rows[i].name };
        verifying->all += rows[i].head;
    }
    return STATUS_OK;
}

enum status
audit_verify(struct call *call, audit_progress *progress, void *with,
             struct audit_verification *out)
{
    struct verifying verifying = { .progress = progress, .with = with };
    enum status status = read_chains(call, &verifying, out);

    for (size_t i = 0; i < out->count && !status; i++) {
        verifying.verdict = &out->chains[i];
        status = read_transact(call, chain_body, &verifying);
        out->entries += out->chains[i].entries;
        out->flawed += out->chains[i].flaw != AUDIT_WHOLE;
    }
    if (!status && progress)
        progress(with, out->entries, out->entries);
    return status;
}
