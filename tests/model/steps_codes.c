/* steps_codes.c - steps of orders: issued, redeemed, taken back. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "service/code/codes_revoke.h"
#include "steps.h"

static struct term
draw_term(uint32_t draw)
{
    static const struct term terms[] = {
        { 1, TERM_DAYS },   { 1, TERM_DAYS },    { 2, TERM_DAYS },   { 7, TERM_DAYS },
        { 1, TERM_WEEKS },  { 30, TERM_DAYS },   { 1, TERM_MONTHS }, { 1, TERM_MONTHS },
        { 3, TERM_MONTHS }, { 12, TERM_MONTHS }, { 1, TERM_YEARS },  { 365, TERM_DAYS },
    };
    return terms[draw % (sizeof terms / sizeof terms[0])];
}

enum { TERM_SIZE = 16 };

static void
write_term(char out[TERM_SIZE], struct term term)
{
    snprintf(out, TERM_SIZE, "P%d%c", (int)term.count, "DWMY"[term.unit]);
}

void
steps_issue(struct run *run, const uint32_t *draw)
{
    struct model_code *code = &run->world.codes[run->world.code_count];
    struct code_order order = { .id = 0 };
    char term[TERM_SIZE];
    struct code_request request = { .quantity = 1 + draw[0] % 20, .term = term };

    *code = (struct model_code){
        .quantity = request.quantity,
        .term = draw_term(draw[1]),
        .redeem_by = INT64_MAX,
        .bound_to = -1,
        .redeemed_by = -1,
    };
    write_term(term, code->term);
    if (draw[2] % 8 == 0) {
        request.has_redeem_by = true;
        request.redeem_by = code->redeem_by = run->now / UTC_DAY - 1 + run_number(draw[3], 20);
    }
    if (draw[4] % 10 == 0) {
        code->bound_to = (int)run_number(draw[5], (int64_t)run->world.organization_count);
        request.organization_id = steps_id(run, code->bound_to);
    }
    bool late = request.has_redeem_by && request.redeem_by < run->clock / UTC_DAY;
    struct expected want = late ? (struct expected){ STATUS_INVALID, "", "redeem_by" } : EXPECT_OK;
    run_note(run, "issue code %zu: %" PRId64 " of %s", run->world.code_count, request.quantity,
             term);
    enum status got = code_issue(&run->fixture->call, &request, &order);
    code->id = order.id;
    memcpy(code->text, order.code, sizeof code->text);
    if (run->behind && late)
        run->behind = false; /* a request that cannot be is refused before the clock is asked */
    run->world.code_count++;
    (void)run_answered(run, got, want);
}

static void
compare_redemption(struct run *run, const struct model_code *code, const struct redemption *got,
                   bool again)
{
    char term[TERM_SIZE];

    write_term(term, code->term);
    run_same_text(run, "the redeemed key", got->key, code->text);
    run_same_text(run, "its term", got->term, term);
    run_same(run, "its quantity", got->quantity, code->quantity);
    run_same(run, "redeemed_at", got->redeemed_at, code->redeemed_at);
    run_same(run, "licenses_left of the redemption", got->licenses_left, code->licenses_left);
    run_same(run, "redeemed again", got->again, again);
    run_same(run, "how many were renewed", (int64_t)got->renewed_count,
             (int64_t)code->revived_count);
    for (size_t i = 0; i < got->renewed_count && !run->differs; i++) {
        run_same_text(run, "a renewed sensor", got->renewed[i].serial, code->revived[i].serial);
        run_same(run, "the end of its renewal", got->renewed[i].expires_at,
                 code->revived[i].expires_at);
    }
}

void
steps_redeem(struct run *run, const uint32_t *draw)
{
    int organization = steps_organization(run, draw[0]);
    struct redemption redemption;

    if (run->world.code_count == 0)
        return;
    /* The newest ones are those that nobody has redeemed yet, mostly. */
    int64_t behind = run_number(draw[2], draw[1] % 3 == 0 ? (int64_t)run->world.code_count : 3);
    if (behind >= (int64_t)run->world.code_count)
        behind = 0;
    int place = (int)(run->world.code_count - 1 - (size_t)behind);
    struct model_code *code = &run->world.codes[place];
    bool again = code->redeemed_by == organization;
    bool wrong =
        !again
        && (code->redeemed_by >= 0 || (code->bound_to >= 0 && code->bound_to != organization));
    if (code->text[0] == '\0' || (wrong && run->world.organizations[organization].wrong_codes >= 4))
        return; /* how guessing slows down is not the model's */
    run_note(run, "redeem code %d", place);
    struct expected want = world_redeem(&run->world, organization, place, run->now);
    enum status got =
        code_redeem(&run->fixture->call, steps_id(run, organization), code->text, &redemption);
    if (!got && !want.status && !run->behind)
        compare_redemption(run, code, &redemption, again);
    (void)run_answered(run, got, want);
}

void
steps_revoke(struct run *run, const uint32_t *draw)
{
    struct code_revocation got_out;
    struct model_revocation want_out;
    int64_t last = run->world.code_count < 6 ? (int64_t)run->world.code_count : 6;

    if (last == 0)
        return;
    int place = (int)(run->world.code_count - 1 - (size_t)run_number(draw[0], last));
    const struct model_code *code = &run->world.codes[place];
    if (code->id == 0)
        return; /* of a dry run */
    if (code->redeemed_by >= 0)
        run->touched[code->redeemed_by] = true;
    utc_seconds effective_at = draw[1] % 3 == 0 ? run->now + run_number(draw[2], 40 * UTC_DAY) : 0;
    run_note(run, "revoke code %d of organization %d from %" PRId64, place, code->redeemed_by,
             effective_at);
    struct expected want = world_revoke(&run->world, place, effective_at, run->now, &want_out);
    enum status got = code_revoke(
        &run->fixture->call, code->id,
        &(struct code_revocation_request){ .reason = "not paid", .effective_at = effective_at },
        &got_out);
    if (!got && !want.status && !run->behind) {
        run_same(run, "effective_at", got_out.effective_at, want_out.effective_at);
        run_same(run, "withdrawn from the pool", got_out.withdrawn_from_pool,
                 want_out.withdrawn_from_pool);
        run_same(run, "withdrawn waiting", got_out.withdrawn_waiting, want_out.withdrawn_waiting);
        run_same(run, "ended", got_out.ended, want_out.ended);
    }
    (void)run_answered(run, got, want);
}
