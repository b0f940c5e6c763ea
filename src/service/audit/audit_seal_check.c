/* audit_seal_check.c - checks the seals: their order, and that the store's secret made them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "service/audit/audit_log.h"
#include "service/audit/audit_seal.h"
#include "service/core/transaction.h"
#include "statements.h"
#include "store/store.h"

struct seal_check {
    const char *head; /* or NULL */
    struct audit_seals_verdict *out;
    const struct secret_key *secret;
    struct audit_seal_top top;
    uint8_t before[HASH_BYTES]; /* the seal before, as it stands */
    int64_t number;             /* of the last one that was read */
};

void
audit_seal_flaw_write(char out[AUDIT_SEAL_WORDS_SIZE], const struct audit_seals_verdict *seals)
{
    static const char *const words[] = {
        [AUDIT_SEALS_HOLD] = "the seals hold",
        [AUDIT_SEALS_NONE] = "there are no seals: the log may have been rewritten as a whole",
        [AUDIT_SEALS_BROKEN] = "is missing or was changed",
        [AUDIT_SEALS_END] = "is the last one: later ones are missing, or their record was changed",
        [AUDIT_SEALS_MARK] = "the mark of what is sealed was changed: new entries may have no seal",
        [AUDIT_SEALS_HEAD] = "differs from the given head: it is missing or was made anew",
        [AUDIT_SEALS_OLD_HEAD] = "is the first that holds: the given head is older",
    };
    _Static_assert(sizeof words / sizeof words[0] == AUDIT_SEAL_FLAW_COUNT, "a flaw has no words");

    if (seals->flaw == AUDIT_SEALS_HOLD || seals->flaw == AUDIT_SEALS_NONE
        || seals->flaw == AUDIT_SEALS_MARK)
        snprintf(out, AUDIT_SEAL_WORDS_SIZE, "%s", words[seals->flaw]);
    else if (seals->number == 0)
        snprintf(out, AUDIT_SEAL_WORDS_SIZE, "all seals are missing, or their record was changed");
    else
        snprintf(out, AUDIT_SEAL_WORDS_SIZE, "seal %" PRId64 " %s", seals->number,
                 words[seals->flaw]);
}

static void
report_seal_flaw(struct seal_check *check, enum audit_seal_flaw flaw, int64_t number)
{
    if (check->out->flaw)
        return;
    check->out->flaw = flaw;
    check->out->number = number;
}

/* After the first flaw, only goes on. */
static enum status
check_one(void *with, const struct audit_seals_out *row, struct fault *fault)
{
    struct seal_check *check = with;
    struct audit_seal seal = { row->number, row->at, row->organization_id, row->sequence, { 0 } };
    uint8_t hash[HASH_BYTES];

    (void)fault;
    if (row->number != ++check->number || row->hash.size != HASH_BYTES
        || row->seal.size != HASH_BYTES) {
        report_seal_flaw(check, AUDIT_SEALS_BROKEN, check->number);
        return STATUS_OK;
    }
    memcpy(seal.hash, row->hash.at, HASH_BYTES);
    audit_seal_hash(hash, check->before, &seal, check->secret);
    if (!secret_equal(hash, row->seal.at, HASH_BYTES))
        report_seal_flaw(check, AUDIT_SEALS_BROKEN, row->number);
    if (row->number == check->top.first)
        check->out->since = row->at;
    memcpy(check->before, row->seal.at, HASH_BYTES);
    return STATUS_OK;
}

static void
check_top(struct seal_check *check)
{
    uint8_t mac[HASH_BYTES];

    audit_seal_top_mac(mac, &check->top, check->secret);
    if (!secret_equal(mac, check->top.mac, HASH_BYTES) || check->number != check->top.number
        || memcmp(check->before, check->top.seal, HASH_BYTES) != 0)
        report_seal_flaw(check, AUDIT_SEALS_END, check->number);
}

static enum status
check_head(struct call *call, struct seal_check *check)
{
    struct audit_seal_of_number_in in;
    struct audit_seal_of_number_out row;
    uint8_t seal[HASH_BYTES];
    bool found;

    if (!check->head)
        return STATUS_OK;
    if (!audit_head_parse(check->head, &in.number, seal))
        return call_fail(call, STATUS_INVALID, "", "head",
                         "it is not what `tenure audit head` prints");
    if (in.number < check->top.first)
        report_seal_flaw(check, AUDIT_SEALS_OLD_HEAD, check->top.first);
    enum status status = audit_seal_of_number(&call->db, &in, &row, &found);
    if (!status
        && (!found || row.seal.size != HASH_BYTES || memcmp(row.seal.at, seal, HASH_BYTES) != 0))
        report_seal_flaw(check, AUDIT_SEALS_HEAD, in.number);
    return status;
}

static enum status
seals_body(struct call *call, void *with)
{
    struct seal_check *check = with;
    struct audit_seal_marks_out marks;
    bool found;
    enum status status = audit_seal_top_read(call, &check->top, &found);

    if (status)
        return status;
    *check->out =
        (struct audit_seals_verdict){ .first = check->top.first, .last = check->top.number };
    memset(check->before, 0, HASH_BYTES);
    check->number = check->top.first - 1;
    struct audit_seals_in in = { check->top.first };
    status = audit_seals(&call->db, &in, check_one, check);
    if (!status && !found)
        report_seal_flaw(check, AUDIT_SEALS_NONE, 0);
    else if (!status)
        check_top(check);
    if (!status)
        status = check_head(call, check);
    if (status)
        return status;
    status = audit_seal_marks(&call->db, &(struct audit_seal_marks_in){ check->top.first }, &marks);
    if (status)
        return status;
    if (marks.wrong > 0)
        report_seal_flaw(check, AUDIT_SEALS_MARK, 0);
    check->out->unsealed = marks.entries;
    return STATUS_OK;
}

enum status
audit_seals_check(struct call *call, const char *head, struct audit_seals_verdict *out)
{
    struct seal_check check = { .head = head, .out = out, .secret = call->secret };

    return read_transact(call, seals_body, &check);
}
