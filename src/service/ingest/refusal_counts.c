#include "service/ingest/refusal_counts.h"

#include <stdlib.h>
#include <string.h>

static enum status
counts_add_message(struct refusal_counts *counts, struct call *call,
                   const struct covered_sensor *sensor, const struct delivery *delivery)
{
    struct refused_message *messages = arena_grow(call->db.arena, counts->messages,
                                                  sizeof *messages, counts->message_count,
                                                  &counts->message_room);

    if (!messages)
        return call_too_large(call);
    counts->messages = messages;
    messages[counts->message_count] = (struct refused_message){
        .organization_id = sensor->organization->id,
        .sensor_id = sensor->sensor_id,
        .delivery = delivery,
        .place = counts->message_count,
    };
    counts->message_count++;
    return STATUS_OK;
}

enum status
refusal_counts_add(struct refusal_counts *counts, struct call *call,
                   const struct covered_sensor *sensor, const struct delivery *delivery,
                   const uint32_t refused[GATE_VERDICT_COUNT])
{
    enum status status = counts_add_message(counts, call, sensor, delivery);

    for (size_t verdict = 0; verdict < GATE_VERDICT_COUNT && !status; verdict++) {
        if (refused[verdict] == 0)
            continue;
        struct refusal_count *all =
            arena_grow(call->db.arena, counts->counts, sizeof *all, counts->count, &counts->room);
        if (!all)
            return call_too_large(call);
        counts->counts = all;
        all[counts->count++] = (struct refusal_count){
            { sensor->organization->id, sensor->sensor_id, gate_verdict_words[verdict],
              refused[verdict], call->now },
            counts->message_count - 1,
        };
    }
    return status;
}

static int
counts_by_sensor_and_reason(const void *a, const void *b)
{
    const struct refusal_add_in *x = a, *y = b;

    if (x->sensor_id != y->sensor_id)
        return (x->sensor_id > y->sensor_id) - (x->sensor_id < y->sensor_id);
    return strcmp(x->reason, y->reason);
}

enum status
refusal_counts_write(struct refusal_counts *counts, struct call *call)
{
    bool *is_repeat = call_new(call, counts->message_count + 1);
    struct refusal_add_in *rows = call_new(call, (counts->count + 1) * sizeof *rows);
    size_t count = 0;

    if (counts->count == 0)
        return STATUS_OK;
    if (!is_repeat || !rows)
        return STATUS_TOO_LARGE;
    enum status status = refused_messages_note(call, counts->messages, counts->message_count);
    if (status)
        return status;
    for (size_t i = 0; i < counts->message_count; i++)
        is_repeat[counts->messages[i].place] = counts->messages[i].is_repeat;
    for (size_t i = 0; i < counts->count; i++)
        if (!is_repeat[counts->counts[i].place])
            rows[count++] = counts->counts[i].row;
    if (count == 0)
        return STATUS_OK;
    qsort(rows, count, sizeof *rows, counts_by_sensor_and_reason);
    return refusal_add(&call->db, rows, count, NULL);
}
