/* audit_verify.c - checks the chains, entry by entry. */
#include <string.h>

#include "service/audit/audit_log.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

enum { PROGRESS_EVERY = 4096, CHAIN_MEMORY_BYTES = 512 * 1024 * 1024 };

static const char *const words[] = {
    [AUDIT_WHOLE] = "fits",
    [AUDIT_MISSING] = "is missing",
    [AUDIT_CHANGED] = "was changed, or does not belong there",
    [AUDIT_APPENDED] = "was appended after the end of the chain",
    [AUDIT_NO_CHAIN] = "is missing, and so are all others",
    [AUDIT_REWRITTEN] = "does not fit its seal: it, or one of the entries after it, was rewritten",
};
_Static_assert(sizeof words / sizeof words[0] == AUDIT_FLAW_COUNT, "a flaw has no words");

const char *
audit_flaw_words(enum audit_flaw flaw)
{
    return words[flaw];
}

struct verify_context {
    audit_progress *progress;
    void *with;
    int64_t read, all;  /* entries */
    int64_t first_seal; /* that holds */

    /* the current chain: */
    struct audit_verdict *verdict;
    int64_t head;
    uint8_t head_hash[HASH_BYTES];
    uint8_t hash[HASH_BYTES]; /* of the entry before */
    int64_t sequence;
    const struct audit_seals_of_chain_out *seals; /* in order */
    size_t seal_count, seal;                      /* the next one */
    int64_t sealed;                               /* the newest entry that fits its seal */
};

static void
report_flaw(struct verify_context *context, enum audit_flaw flaw, int64_t sequence)
{
    if (context->verdict->flaw)
        return;
    context->verdict->flaw = flaw;
    context->verdict->sequence = sequence;
}

/* Compares an entry that fits its chain with its seals. */
static void
check_seal(struct verify_context *context)
{
    for (; context->seal < context->seal_count; context->seal++) {
        const struct audit_seals_of_chain_out *seal = &context->seals[context->seal];
        if (seal->sequence > context->sequence || context->verdict->flaw)
            return;
        if (seal->sequence < context->sequence || seal->hash.size != HASH_BYTES
            || memcmp(seal->hash.at, context->hash, HASH_BYTES) != 0)
            report_flaw(context, AUDIT_REWRITTEN, context->sealed + 1);
        context->sealed = seal->sequence;
    }
}

/* After the first flaw, only counts the entries. */
static enum status
check_entry(void *with, const struct audit_log_page_out *row, struct fault *fault)
{
    struct verify_context *context = with;
    struct audit_entry entry = audit_entry_of(context->verdict->organization_id, row);
    uint8_t hash[HASH_BYTES];

    (void)fault;
    context->verdict->entries++;
    if (++context->read % PROGRESS_EVERY == 0 && context->progress)
        context->progress(context->with, context->read, context->all);
    if (context->verdict->flaw)
        return STATUS_OK;
    context->sequence++;
    if (row->sequence > context->head)
        report_flaw(context, context->sequence <= context->head ? AUDIT_MISSING : AUDIT_APPENDED,
                    context->sequence);
    else if (row->sequence != context->sequence)
        report_flaw(context, AUDIT_MISSING, context->sequence);
    else if (!audit_hash(hash, context->hash, &entry) || row->hash.size != HASH_BYTES
             || memcmp(hash, row->hash.at, HASH_BYTES) != 0)
        report_flaw(context, AUDIT_CHANGED, row->sequence);
    else
        memcpy(context->hash, hash, HASH_BYTES);
    check_seal(context);
    return STATUS_OK;
}

/* Compares the last entry with the head of the chain. */
static void
check_end(struct verify_context *context)
{
    if (context->head == 0 && context->sequence == 0 && context->seal_count == 0
        && context->verdict->organization_id != AUDIT_OPERATOR_CHAIN)
        report_flaw(context, AUDIT_NO_CHAIN, 1);
    if (context->sequence < context->head || context->seal < context->seal_count)
        report_flaw(context, AUDIT_MISSING, context->sequence + 1);
    if (memcmp(context->hash, context->head_hash, HASH_BYTES) != 0)
        report_flaw(context, AUDIT_CHANGED, context->sequence);
}

/* Before the entries: while they are read, no other statement runs. */
static enum status
read_seals(struct call *call, struct verify_context *context)
{
    struct audit_seals_of_chain_in in = { context->verdict->organization_id, context->first_seal };
    struct audit_seals_of_chain_out *rows;
    enum status status = audit_seals_of_chain(&call->db, &in, &rows, &context->seal_count);

    context->seals = rows;
    context->seal = 0;
    context->sealed = 0;
    return status;
}

static enum status
chain_body(struct call *call, void *with)
{
    struct verify_context *context = with;
    struct audit_chain_head_in head_in = { context->verdict->organization_id };
    struct audit_entries_in entries_in = { context->verdict->organization_id };
    struct audit_chain_head_out head;
    bool found;
    enum status status = audit_chain_head(&call->db, &head_in, &head, &found);

    if (status)
        return status;
    context->verdict->entries = context->sequence = 0;
    context->head = found ? head.sequence : 0;
    memset(context->hash, 0, HASH_BYTES);
    memset(context->head_hash, 0, HASH_BYTES);
    if (found && head.hash.size == HASH_BYTES)
        memcpy(context->head_hash, head.hash.at, HASH_BYTES);
    status = read_seals(call, context);
    if (!status)
        status = audit_entries(&call->db, &entries_in, check_entry, context);
    if (!status)
        check_end(context);
    return status;
}

static enum status
read_chains(struct call *call, struct verify_context *context, struct audit_verification *out)
{
    struct audit_chains_out *rows;
    size_t count;
    enum status status = audit_chains(&call->db, &rows, &count);

    *out = (struct audit_verification){ .count = count };
    if (status)
        return status;
    out->chains = call_new(call, (count + 1) * sizeof *out->chains);
    if (!out->chains)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        out->chains[i] = (struct audit_verdict){ .organization_id = rows[i].organization_id,
                                                 .name = rows[i].name };
        context->all += rows[i].head;
    }
    return STATUS_OK;
}

/* The seals of a chain live in an arena of their own. */
static enum status
verify_chain(struct call *call, struct verify_context *context)
{
    struct arena *callers = call->db.arena, arena;

    arena_init(&arena, CHAIN_MEMORY_BYTES);
    call->db.arena = &arena;
    enum status status = read_transact(call, chain_body, context);
    call->db.arena = callers;
    arena_clear(&arena);
    return status;
}

enum status
audit_verify(struct call *call, const struct audit_verify_request *request,
             struct audit_verification *out)
{
    struct verify_context context = { .progress = request->progress, .with = request->with };
    struct audit_seals_verdict seals;
    enum status status = audit_seals_check(call, request->head, &seals);

    if (!status)
        status = read_chains(call, &context, out);
    if (status)
        return status;
    out->seals = seals;
    context.first_seal = seals.first;
    for (size_t i = 0; i < out->count && !status; i++) {
        context.verdict = &out->chains[i];
        status = verify_chain(call, &context);
        out->entries += out->chains[i].entries;
        out->flawed += out->chains[i].flaw != AUDIT_WHOLE;
    }
    if (!status && request->progress)
        request->progress(request->with, out->entries, out->entries);
    return status;
}
