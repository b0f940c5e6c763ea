#include "service/sensor/serial_refusals.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "service/core/throttle_distinct.h"
#include "service/sensor/serial_claim.h"

static const char too_many[] = "too many serials or claim codes were refused: wait, then try again";

/* The counters, by what a refusal tells. */
static const struct {
    const char *organization, *user; /* what throttle_subject() takes */
    size_t most;
} counters[SERIAL_SECRET_COUNT] = {
    [SERIAL_SECRET_OWNER] = { "serial", "serial_user", REFUSALS_MOST_OWNERS },
    [SERIAL_SECRET_CODE] = { "claim", "claim_user", REFUSALS_MOST_CODES },
};

struct refusals_context {
    int64_t organization_id;
    struct import_row *rows;
    size_t count;
    bool single;
    struct throttle_counter counters[SERIAL_SECRET_COUNT];
    size_t judged; /* rows; those behind them are not */
    utc_seconds wait_until;
};

static void
refusals_name(const struct call *call, int64_t organization_id, enum serial_secret kind,
              struct throttle_counter *out)
{
    char id[ID_TEXT_SIZE];

    *out = (struct throttle_counter){ .most = counters[kind].most, .count = 1 };
    id_format(id, organization_id);
    throttle_subject(out->subjects[0].subject, counters[kind].organization, id);
    if (call->actor->id == 0)
        return;
    id_format(id, call->actor->id);
    throttle_subject(out->subjects[out->count++].subject, counters[kind].user, id);
}

enum status
serial_refusals_check(struct call *call, int64_t organization_id)
{
    for (enum serial_secret kind = SERIAL_SECRET_OWNER; kind < SERIAL_SECRET_COUNT; kind++) {
        struct throttle_counter counter;
        if (kind == SERIAL_SECRET_CODE && call->claim != CLAIM_CODE)
            break;
        refusals_name(call, organization_id, kind, &counter);
        for (size_t i = 0; i < counter.count; i++) {
            enum status status =
                throttle_check(call, counter.subjects[i].subject, "too_many_serials", too_many);
            if (status)
                return status;
        }
    }
    return STATUS_OK;
}

/* Each wrong claim code counts, even the same one again. */
static uint64_t
refusals_thing(const struct import_row *row)
{
    struct serial serial;

    if (row->refusal->tells == SERIAL_SECRET_OWNER
        && serial_parse(&serial, row->serial, strlen(row->serial)))
        return serial_number(serial);
    return (uint64_t)id_random();
}

static enum serial_secret
refusals_tell(const struct import_row *row)
{
    return row->refusal ? row->refusal->tells : SERIAL_SECRET_NONE;
}

/* Counts the refusals in the order of the rows. A row that uses up a counter is the last one that
 * is judged, whether more of its kind follow or not. */
static void
refusals_ask(struct refusals_context *context, utc_seconds now)
{
    size_t told[SERIAL_SECRET_COUNT] = { 0 };

    context->judged = context->count;
    for (size_t i = 0; i < context->count && context->judged == context->count; i++) {
        enum serial_secret kind = refusals_tell(&context->rows[i]);
        struct throttle_counter *counter = &context->counters[kind];
        if (kind == SERIAL_SECRET_NONE)
            continue;
        enum throttle_answer answer =
            throttle_counter_ask(counter, refusals_thing(&context->rows[i]), now);
        if (answer == THROTTLE_TOO_MANY) {
            context->wait_until = throttle_counter_until(counter, now);
            return;
        }
        bool used_up = answer == THROTTLE_NEW && throttle_counter_left(counter) == 0;
        if (++told[kind] == counter->most - 1 || used_up)
            context->judged = i + 1;
    }
}

/* Locks the counters that are needed, always in this order. */
static enum status
refusals_lock(struct call *call, struct refusals_context *context)
{
    bool needed[SERIAL_SECRET_COUNT] = { false };
    enum status status = STATUS_OK;

    context->wait_until = 0;
    for (size_t i = 0; i < context->count; i++)
        needed[refusals_tell(&context->rows[i])] = true;
    for (enum serial_secret kind = SERIAL_SECRET_OWNER; kind < SERIAL_SECRET_COUNT && !status;
         kind++) {
        struct throttle_counter *counter = &context->counters[kind];
        refusals_name(call, context->organization_id, kind, counter);
        if (!needed[kind])
            counter->count = 0;
        status = throttle_counter_lock(call, counter);
        utc_seconds until = throttle_counter_until(counter, call->now);
        context->wait_until = until > context->wait_until ? until : context->wait_until;
    }
    return status;
}

/* Gives the judged rows their codes. */
static void
refusals_tell_rows(const struct refusals_context *context, struct fault *why)
{
    size_t bad = 0, not_judged = 0;

    for (size_t i = 0; i < context->count; i++) {
        struct import_row *row = &context->rows[i];
        if (refusals_tell(row) != SERIAL_SECRET_NONE) {
            row->code = i < context->judged ? row->refusal->code : NULL;
            row->detail = i < context->judged ? row->refusal->detail : NULL;
        }
        row->not_judged = i >= context->judged && !row->code;
        bad += row->code != NULL;
        not_judged += row->not_judged;
    }
    if (context->single)
        return;
    (void)fail(why, STATUS_INVALID, "import_refused", "",
               "%zu of %zu rows cannot be imported, so none were imported", bad, context->count);
    if (not_judged == 0)
        return;
    (void)fail(why, STATUS_INVALID, "import_refused", "",
               "%zu of %zu rows cannot be imported, so none were imported; %zu rows were not "
               "judged, because the server names only a few such rows at a time",
               bad, context->count, not_judged);
    fault_add_number(why, "not_judged", (int64_t)not_judged);
}

/* After the rollback. Another call may have used up a counter, or begun a wait, meanwhile. */
static enum status
refusals_count(struct call *call, void *with, struct fault *why)
{
    struct refusals_context *context = with;
    enum status status = refusals_lock(call, context);

    if (!status && context->wait_until == 0)
        refusals_ask(context, call->now);
    for (size_t i = 0; i < SERIAL_SECRET_COUNT && !status; i++)
        status = throttle_counter_keep(call, &context->counters[i]);
    if (!status)
        status = throttle_drop_old(call);
    if (status)
        return status;
    if (context->wait_until == 0) {
        refusals_tell_rows(context, why);
        return STATUS_OK;
    }
    (void)fail(why, STATUS_SLOW_DOWN, "too_many_serials", "", "%s", too_many);
    why->until = context->wait_until;
    return STATUS_OK;
}

/* Without a secret nothing counts, and the transaction fails with what the rows say. */
static enum status
refusals_begin(struct call *call, struct refusals_context *context)
{
    bool tells = false;

    context->judged = context->count;
    for (size_t i = 0; i < context->count; i++)
        tells |= refusals_tell(&context->rows[i]) != SERIAL_SECRET_NONE;
    if (tells)
        call->after_failure = (struct after_failure){ refusals_count, context };
    refusals_tell_rows(context, &call->db.fault);
    return call->db.fault.status;
}

enum status
serial_refusals_fail(struct call *call, int64_t organization_id, struct import_row *rows,
                     size_t count, bool single)
{
    struct refusals_context *context = call_new(call, sizeof *context);
    const struct serial_refusal *refusal = rows[0].refusal;

    if (!context)
        return STATUS_TOO_LARGE;
    *context = (struct refusals_context){
        .organization_id = organization_id, .rows = rows, .count = count, .single = single
    };
    if (single)
        (void)call_fail(call, refusal->status, refusal->code, refusal->field, "%s",
                        refusal->detail);
    return refusals_begin(call, context);
}
