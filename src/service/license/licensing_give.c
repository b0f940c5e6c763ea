#include "service/license/licensing_give.h"

#include <string.h>

#include "base/id.h"
#include "domain/code.h"
#include "domain/coverage.h"
#include "domain/term.h"
#include "service/ledger/renewal_queue.h"
#include "statements.h"
#include "store/store.h"

/* The running and the waiting licenses of a sensor, first to start first. */
struct standing {
    struct licenses_not_ended_out *rows;
    struct interval *intervals;
    size_t count;
};

struct chosen_key {
    int64_t id;
    const char *key;
    const char *term_text;
    struct term term;
};

struct give_context {
    struct call *call;
    int64_t sensor_id;
    const struct organization_lock *lock;
};

static enum status
read_standing(struct call *call, int64_t organization_id, int64_t sensor_id, struct standing *out)
{
    enum status status = licenses_not_ended(&call->db,
                                            &(struct licenses_not_ended_in){
                                                .organization_id = organization_id,
                                                .sensor_id = sensor_id,
                                                .now = call->now,
                                            },
                                            &out->rows, &out->count);

    if (status)
        return status;
    out->intervals = call_new(call, (out->count + 1) * sizeof *out->intervals);
    if (!out->intervals)
        return call_fail(call, STATUS_TOO_LARGE, "", "", "the sensor has too many licenses");
    for (size_t i = 0; i < out->count; i++)
        out->intervals[i] = (struct interval){ out->rows[i].starts_at, out->rows[i].expires_at };
    return STATUS_OK;
}

enum status
license_covered(struct call *call, int64_t organization_id, int64_t sensor_id, bool *covered)
{
    struct standing standing;
    enum status status = read_standing(call, organization_id, sensor_id, &standing);

    if (!status)
        *covered = coverage_contains(standing.intervals, standing.count, call->now);
    return status;
}

static enum status
give_read_term(struct call *call, const char *text, struct term *out)
{
    if (term_parse(out, text, strlen(text)))
        return STATUS_OK;
    return call_fail(call, STATUS_BROKEN, "", "", "the term of a key cannot be read");
}

static enum status
choose_named(struct give_context *context, const char *key, struct chosen_key *out)
{
    struct call *call = context->call;
    struct key_by_text_out row;
    char text[CODE_TEXT_SIZE];
    struct code code;
    bool found = code_parse(&code, key, strlen(key)) == CODE_OK;
    enum status status = STATUS_OK;

    if (found) {
        code_format(text, &code);
        status = key_by_text(&call->db,
                             &(struct key_by_text_in){
                                 .organization_id = context->lock->organization_id, .key = text },
                             &row, &found);
    }
    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "key", "this organization has no such key");
    *out = (struct chosen_key){
        .id = row.id,
        .key = call_text(call, text),
        .term_text = row.term,
    };
    if (!out->key)
        return STATUS_TOO_LARGE;
    return give_read_term(call, row.term, &out->term);
}

static enum status
no_licenses_left(struct call *call)
{
    return call_fail(call, STATUS_CONFLICT, "no_licenses_left", "",
                     "no licenses are left: redeem an activation code first");
}

static enum status
choose_from_pool(struct give_context *context, struct chosen_key *out)
{
    struct call *call = context->call;
    struct renewal_queue queue;
    const struct renewal_plan *pool = &queue.plan;
    enum status status = renewal_queue_keys(call, context->lock, 1, &queue);

    if (status)
        return status;
    size_t pick = pool_pick(pool->keys, pool->key_count, pool->order, call->now, pool->zone);
    if (pick == SIZE_MAX)
        return no_licenses_left(call);
    *out = (struct chosen_key){
        .id = pool->keys[pick].id,
        .key = pool->keys[pick].key,
        .term_text = queue.terms[pick],
        .term = pool->keys[pick].term,
    };
    return STATUS_OK;
}

/* The number of changed rows decides, not what was read before. */
static enum status
give_take(struct give_context *context, const struct chosen_key *chosen, bool named)
{
    struct call *call = context->call;
    int64_t changed;
    enum status status =
        key_take_license(&call->db,
                         &(struct key_take_license_in){
                             .organization_id = context->lock->organization_id, .id = chosen->id },
                         &changed);

    if (status || changed == 1)
        return status;
    if (!named)
        return no_licenses_left(call);
    return call_fail(call, STATUS_CONFLICT, "key_exhausted", "key",
                     "no licenses of this key are left");
}

/* Moves the waiting licenses that a new one reaches into. Each moves to a later
 * start, so the last one goes first: no two of a sensor start together at any moment. */
static enum status
move_behind(struct give_context *context, const struct standing *standing,
            const struct given_license *given)
{
    struct call *call = context->call;
    struct interval *intervals = standing->intervals;
    size_t first = 0, end;
    utc_seconds free_from = given->expires_at;
    enum status status = STATUS_OK;

    while (first < standing->count && intervals[first].starts_at < given->starts_at)
        first++;
    for (end = first; end < standing->count && intervals[end].starts_at < free_from; end++) {
        struct term term;
        status = give_read_term(call, standing->rows[end].term, &term);
        if (status)
            return status;
        intervals[end].starts_at = free_from;
        free_from = intervals[end].expires_at = term_end(term, free_from, context->lock->zone);
    }
    for (size_t i = end; i > first && !status; i--)
        status = license_set_interval(&call->db,
                                      &(struct license_set_interval_in){
                                          .organization_id = context->lock->organization_id,
                                          .id = standing->rows[i - 1].id,
                                          .starts_at = intervals[i - 1].starts_at,
                                          .expires_at = intervals[i - 1].expires_at,
                                      },
                                      NULL);
    return status;
}

/* No two licenses of a sensor start at one instant: one that started now would cover
 * now, and one that started at covered until would reach beyond it. */
static enum status
give_insert(struct give_context *context, const struct given_license *license, int64_t key_id,
            const char *cause)
{
    struct call *call = context->call;

    return license_insert(&call->db,
                          &(struct license_insert_in){
                              .organization_id = context->lock->organization_id,
                              .id = license->id,
                              .sensor_id = context->sensor_id,
                              .key_id = key_id,
                              .starts_at = license->starts_at,
                              .expires_at = license->expires_at,
                              .assigned_at = call->now,
                              .assigned_by = call->actor->name,
                              .cause = cause,
                          },
                          NULL);
}

enum status
license_give(struct call *call, const struct organization_lock *lock, int64_t sensor_id,
             const char *key, const char *cause, struct given_license *out)
{
    struct give_context context = {
        .call = call,
        .sensor_id = sensor_id,
        .lock = lock,
    };
    struct standing standing;
    struct chosen_key chosen;
    enum status status = read_standing(call, lock->organization_id, sensor_id, &standing);

    if (status)
        return status;
    if (standing.count > QUEUE_MOST)
        return call_fail(call, STATUS_CONFLICT, "queue_full", "",
                         "%d licenses wait for this sensor's turn already", QUEUE_MOST);
    status = key ? choose_named(&context, key, &chosen) : choose_from_pool(&context, &chosen);
    if (!status)
        status = give_take(&context, &chosen, key);
    if (status)
        return status;

    utc_seconds until = coverage_until(standing.intervals, standing.count, call->now);
    *out = (struct given_license){
        .id = id_random(),
        .key = chosen.key,
        .term = chosen.term_text,
        .starts_at = until ? until : call->now,
    };
    out->expires_at = term_end(chosen.term, out->starts_at, lock->zone);
    status = move_behind(&context, &standing, out);
    return status ? status : give_insert(&context, out, chosen.id, cause);
}
