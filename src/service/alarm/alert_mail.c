#include "service/alarm/alert_mail.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/zone.h"
#include "domain/alarm.h"
#include "domain/channel.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

enum {
    LISTED = 100, /* in one mail; the page has them all */
    WORDS_SIZE = 160,
    CLOCK_SIZE = sizeof "23:59",
    URL_SIZE = 512,
    SUBJECT_SIZE = 512,
};

/* What one recipient is told. */
struct mailing {
    const struct alert_mail_due_out *organization;
    const struct zone *zone;
    int64_t batch_id; /* what everybody is told at once */
    const struct alert_tellings_out *telling;
    struct alerts_to_tell_out *listed; /* those that began first come first */
    size_t listed_count;
};

/* "13:05", by the organization's clock. */
static void
write_clock(char out[CLOCK_SIZE], const struct mailing *mailing, utc_seconds when)
{
    int64_t local = when + zone_offset(mailing->zone, when);
    int64_t seconds = ((local % UTC_DAY) + UTC_DAY) % UTC_DAY;

    snprintf(out, CLOCK_SIZE, "%02u:%02u", (unsigned)(seconds / 3600) % 24U,
             (unsigned)(seconds / 60) % 60U);
}

/* "since 24 November 2026 13:05", "24 November 2026 13:05 to 13:20", and both days where there
 * are two. */
static void
write_span(char out[WORDS_SIZE], const struct mailing *mailing,
           const struct alerts_to_tell_out *alert)
{
    day_number first = zone_local_day(mailing->zone, alert->started_at);
    char first_words[DATE_WORDS_SIZE], last_words[DATE_WORDS_SIZE] = "";
    char from[CLOCK_SIZE], to[CLOCK_SIZE];

    date_write_out(first_words, first);
    write_clock(from, mailing, alert->started_at);
    if (!alert->ended_at.is) {
        snprintf(out, WORDS_SIZE, "since %s %s", first_words, from);
        return;
    }
    day_number last = zone_local_day(mailing->zone, alert->ended_at.value);
    if (last != first)
        date_write_out(last_words, last);
    write_clock(to, mailing, alert->ended_at.value);
    snprintf(out, WORDS_SIZE, "%s %s to %s%s%s", first_words, from, last_words,
             *last_words ? " " : "", to);
}

/* "temperature above 8 °C" */
static void
write_condition(char out[WORDS_SIZE], const struct alerts_to_tell_out *alert)
{
    const struct channel_type *type = channel_type((uint16_t)alert->channel_type);
    char name[CHANNEL_NAME_SIZE];

    channel_name(name, (uint16_t)alert->channel_type);
    for (char *at = name; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    if (!strcmp(alert->condition, "lost_connection"))
        snprintf(out, WORDS_SIZE, "no message");
    else if (!strcmp(alert->condition, "low_battery"))
        snprintf(out, WORDS_SIZE, "battery is low");
    else if (type->kind == CHANNEL_BINARY)
        snprintf(out, WORDS_SIZE, "%s: %s", name,
                 type->state_words[!strcmp(alert->condition, "above")]);
    else
        snprintf(out, WORDS_SIZE, "%s %s %.10g%s%s", name, alert->condition, alert->threshold,
                 type->unit[0] ? " " : "", type->unit);
}

/* "up to 11 °C"; "" where the condition is not of values, or of two states. */
static void
write_peak(char out[WORDS_SIZE], const struct alerts_to_tell_out *alert)
{
    const struct channel_type *type = channel_type((uint16_t)alert->channel_type);
    bool above = !strcmp(alert->condition, "above");

    *out = '\0';
    if (type->kind == CHANNEL_CONTINUOUS && (above || !strcmp(alert->condition, "below")))
        snprintf(out, WORDS_SIZE, "%s %.10g%s%s", above ? "up to" : "down to", alert->peak,
                 type->unit[0] ? " " : "", type->unit);
}

static const char *
name_of(const struct alerts_to_tell_out *alert)
{
    return alert->sensor_name[0] ? alert->sensor_name : alert->serial;
}

static void
write_items(struct letter_writer *writer, const struct mailing *mailing)
{
    letter_list_open(writer);
    for (size_t i = 0; i < mailing->listed_count; i++) {
        const struct alerts_to_tell_out *alert = &mailing->listed[i];
        char sensor[WORDS_SIZE * 2], what[WORDS_SIZE], peak[WORDS_SIZE], span[WORDS_SIZE];
        write_condition(what, alert);
        write_peak(peak, alert);
        write_span(span, mailing, alert);
        if (alert->sensor_name[0])
            snprintf(sensor, sizeof sensor, "%s (%s)", alert->sensor_name, alert->serial);
        else
            snprintf(sensor, sizeof sensor, "%s", alert->serial);
        letter_item(writer, sensor, (const char *[]){ what, peak, span }, 3);
    }
    letter_list_close(writer);
    if (mailing->telling->alerts > (int64_t)mailing->listed_count)
        letter_paragraph(writer, "And %" PRId64 " more: the page has them all.",
                         mailing->telling->alerts - (int64_t)mailing->listed_count);
}

static void
write_subject(char out[SUBJECT_SIZE], const struct mailing *mailing)
{
    int64_t count = mailing->telling->alerts, over = mailing->telling->over;
    const struct alerts_to_tell_out *first = mailing->listed;
    char what[WORDS_SIZE];

    write_condition(what, first);
    if (count == 1)
        snprintf(out, SUBJECT_SIZE, "%s: %s: %s", over ? "Over" : "Alert", name_of(first), what);
    else
        snprintf(out, SUBJECT_SIZE, "%s: %" PRId64 " alerts%s", mailing->organization->name, count,
                 over == count ? " are over" : "");
}

/* A notice of what the mail tells: of those that are over, or of those that only began. */
static enum status
record(struct call *call, const struct mailing *mailing, int64_t outbox_id, bool over)
{
    const struct alert_tellings_out *telling = mailing->telling;
    struct notice_insert_in notice = {
        .organization_id = mailing->organization->organization_id,
        .id = id_random(),
        .kind = over ? "alert_over" : "alert_began",
        .user_id = telling->user_id,
        .recipient = telling->email,
        .due_on = zone_local_day(mailing->zone, call->now),
        .queued_at = call->now,
        .outbox_id = outbox_id,
    };

    if (telling->over == (over ? 0 : telling->alerts))
        return STATUS_OK;
    enum status status = notice_insert(call->store, call->arena, &notice, 1, NULL, &call->fault);
    return status ? status
                  : notice_rule_insert(call->store, call->arena,
                                       &(struct notice_rule_insert_in){
                                           .organization_id = notice.organization_id,
                                           .batch_id = mailing->batch_id,
                                           .notice_id = notice.id,
                                           .user_id = telling->user_id,
                                           .over = over,
                                       },
                                       NULL, &call->fault);
}

static enum status
queue(struct call *call, const struct mailing *mailing)
{
    char subject[SUBJECT_SIZE], id[ID_TEXT_SIZE], url[URL_SIZE], rules_url[URL_SIZE];
    struct outbox_mail mail = {
        .organization_id = mailing->organization->organization_id,
        .purpose = "alert",
        .to = mailing->telling->email,
        .unsubscribe_url = rules_url,
    };
    struct letter_writer writer;
    int64_t outbox_id;

    id_format(id, mail.organization_id);
    snprintf(url, sizeof url, "%s/o/%s/alerts", call->public_url, id);
    snprintf(rules_url, sizeof rules_url, "%s/o/%s/alarms", call->public_url, id);
    write_subject(subject, mailing);
    letter_open(&writer, subject);
    letter_paragraph(&writer, "In %s:", mailing->organization->name);
    write_items(&writer, mailing);
    letter_button(&writer, "See the alerts", url);
    letter_small(&writer, "Times are those of %s.", zone_name(mailing->zone));
    letter_small(&writer, "You get this because an alarm rule of %s names you: %s",
                 mailing->organization->name, rules_url);
    enum status status = letter_close(&writer, call, &mail.letter);
    if (!status)
        status = outbox_put_mail(call, &mail, &outbox_id);
    if (!status)
        status = record(call, mailing, outbox_id, false);
    return status ? status : record(call, mailing, outbox_id, true);
}

static int
by_start(const void *a, const void *b)
{
    const struct alerts_to_tell_out *x = a, *y = b;

    if (x->started_at != y->started_at)
        return x->started_at < y->started_at ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static enum status
tell(struct call *call, struct mailing *mailing)
{
    enum status status =
        alerts_to_tell(call->store, call->arena,
                       &(struct alerts_to_tell_in){
                           .organization_id = mailing->organization->organization_id,
                           .batch_id = mailing->batch_id,
                           .user_id = mailing->telling->user_id,
                           .most = LISTED,
                       },
                       &mailing->listed, &mailing->listed_count, &call->fault);

    if (status || mailing->listed_count == 0) /* he is a recipient no more */
        return status;
    qsort(mailing->listed, mailing->listed_count, sizeof *mailing->listed, by_start);
    return queue(call, mailing);
}

/* What is told up to `last`, and when the next is: what nobody had to be told of makes no pause. */
static enum status
note_told(struct call *call, int64_t organization_id, int64_t last, bool mailed)
{
    enum status status = alerts_told(call->store, call->arena,
                                     &(struct alerts_told_in){ organization_id, last }, NULL,
                                     &call->fault);

    return status ? status
                  : alert_told_until(call->store, call->arena,
                                     &(struct alert_told_until_in){
                                         organization_id,
                                         mailed ? call->now + ALERT_MAIL_PAUSE_SECONDS : 0,
                                     },
                                     NULL, &call->fault);
}

static enum status
tell_all(struct call *call, const struct alert_mail_due_out *organization)
{
    int64_t id = organization->organization_id;
    struct mailing mailing = { .organization = organization, .batch_id = id_random() };
    struct alerts_to_tell_last_out last;
    struct alert_tellings_out *tellings;
    size_t count = 0;
    enum status status = zone_get(&mailing.zone, organization->time_zone, &call->fault);

    if (!status)
        status = alerts_to_tell_last(call->store, call->arena,
                                     &(struct alerts_to_tell_last_in){ id, ALERT_MAIL_MOST_ROWS },
                                     &last, &call->fault);
    if (!status)
        status = alert_mail_batch_insert(
            call->store, call->arena,
            &(struct alert_mail_batch_insert_in){ id, last.id.value, mailing.batch_id }, NULL,
            &call->fault);
    if (!status)
        status = alert_tellings(call->store, call->arena,
                                &(struct alert_tellings_in){ id, mailing.batch_id }, &tellings,
                                &count, &call->fault);
    for (size_t i = 0; i < count && !status; i++) {
        mailing.telling = &tellings[i];
        status = tell(call, &mailing);
    }
    return status ? status : note_told(call, id, last.id.value, count > 0);
}

enum status
alert_mail_job_run(struct call *call, bool *more)
{
    struct alert_mail_due_out organization;
    enum status status = alert_mail_due(call->store, call->arena,
                                        &(struct alert_mail_due_in){ call->now }, &organization,
                                        more, &call->fault);

    return status || !*more ? status : tell_all(call, &organization);
}

enum status
alert_mail_job_next_at(struct call *call, utc_seconds *at)
{
    struct alert_tell_at_out next;
    enum status status = alert_tell_at(call->store, call->arena, &next, &call->fault);

    if (!status)
        *at = next.at.is ? next.at.value : UTC_NEVER;
    return status;
}
