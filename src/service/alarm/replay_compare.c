/* replay_compare.c - compares the alerts that a replay found with the known ones. */
#include <string.h>

#include "base/id.h"
#include "service/alarm/replay.h"

/* span: the alert as found now, NULL: none. old: the alert as known, NULL: it is new. */
static enum status
replay_put_change(struct replay *replay, const struct replay_course *course, int64_t id,
                  const struct alarm_span *span, const struct alarm_span *old)
{
    if (old && span && !memcmp(span, old, sizeof *span))
        return STATUS_OK;
    struct alert_change *change = alarm_batch_add(replay->batch, replay->call);
    if (!change)
        return STATUS_TOO_LARGE;
    *change = (struct alert_change){
        .id = id,
        .organization_id = replay->sensor->organization->id,
        .sensor_id = replay->sensor->id,
        .rule = course->rule,
        .channel = course->channel,
        .span = span ? *span : *old,
        .is_new = !old,
        .withdrawn = !span,
        .over = span && old && old->ended_at == UTC_NEVER && span->ended_at != UTC_NEVER,
    };
    return STATUS_OK;
}

enum status
replay_compare(struct replay *replay, const struct replay_course *course, int64_t *open_id)
{
    struct call *call = replay->call;
    size_t *match = call_new(call, (course->found_count + 1) * sizeof *match);
    struct alarm_span *old = call_new(call, (course->old_count + 1) * sizeof *old);
    bool *kept = call_new(call, (course->old_count + 1) * sizeof *kept);
    enum status status = STATUS_OK;

    if (!match || !old || !kept)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < course->old_count; i++) {
        const struct alerts_of_course_out *row = &course->old[i];
        old[i] = (struct alarm_span){ row->started_at,
                                      row->ended_at.is ? row->ended_at.value : UTC_NEVER,
                                      row->peak };
    }
    alarm_match(match, course->found, course->found_count, old, course->old_count);
    for (size_t i = 0; i < course->found_count && !status; i++) {
        bool is_known = match[i] != SIZE_MAX;
        int64_t id = is_known ? course->old[match[i]].id : id_random();
        if (is_known)
            kept[match[i]] = true;
        else if (course->found[i].ended_at < course->first_late)
            continue; /* the rule did not exist then */
        if (course->found[i].ended_at == UTC_NEVER)
            *open_id = id;
        status = replay_put_change(replay, course, id, &course->found[i],
                                   is_known ? &old[match[i]] : NULL);
    }
    for (size_t i = 0; i < course->old_count && !status; i++)
        if (!kept[i])
            status = replay_put_change(replay, course, course->old[i].id, NULL, &old[i]);
    return status;
}
