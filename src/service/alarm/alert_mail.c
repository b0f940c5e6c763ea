#include "service/alarm/alert_mail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/zone.h"
#include "domain/alarm.h"
#include "domain/channel.h"
#include "service/core/job.h"
#include "service/ledger/organization_lock.h"
#include "service/outbox/outbox.h"
#include "statements.h"
#include "store/store.h"

enum {
    LISTED = 100, /* in one mail; the page shows all */
    WORDS_SIZE = 160,
    CLOCK_SIZE = sizeof "23:59",
    URL_SIZE = 512,
    SUBJECT_SIZE = 512,
};

/* The mail to one recipient. */
struct mail_context {
    const struct alert_mail_due_out *organization;
    const struct zone *zone;
    int64_t batch_id; /* the batch holds the alerts of all these mails */
    const struct alert_mail_recipients_out *recipient;
    struct alert_mail_list_out *listed; /* by their begin */
    size_t listed_count;
};

/* "13:05", in the organization's time zone. */
static void
write_clock(char out[CLOCK_SIZE], const struct mail_context *context, utc_seconds when)
{
    int64_t local = when + zone_offset(context->zone, when);
    int64_t seconds = ((local % UTC_DAY) + UTC_DAY) % UTC_DAY;

    snprintf(out, CLOCK_SIZE, "%02u:%02u", (unsigned)(seconds / 3600) % 24U,
             (unsigned)(seconds / 60) % 60U);
}

/* "since 24 November 2026 13:05", "24 November 2026 13:05 to 13:20"; with the second day if it is
 * another one. "" for a sensor that never sent. */
static void
write_span(char out[WORDS_SIZE], const struct mail_context *context,
           const struct alert_mail_list_out *alert)
{
    day_number first = zone_local_day(context->zone, alert->started_at);
    char first_words[DATE_WORDS_SIZE], last_words[DATE_WORDS_SIZE] = "";
    char from[CLOCK_SIZE], to[CLOCK_SIZE];

    date_write_out(first_words, first);
    write_clock(from, context, alert->started_at);
    if (!alert->ended_at.is) {
        *out = '\0';
        if (!alert->never_seen)
            snprintf(out, WORDS_SIZE, "since %s %s", first_words, from);
        return;
    }
    day_number last = zone_local_day(context->zone, alert->ended_at.value);
    if (last != first)
        date_write_out(last_words, last);
    write_clock(to, context, alert->ended_at.value);
    snprintf(out, WORDS_SIZE, "%s %s to %s%s%s", first_words, from, last_words,
             *last_words ? " " : "", to);
}

static const char *
alert_mail_tamper_words(double signs)
{
    static const char *const words[] = {
        [TAMPER_PIN] = "wrong PIN entered", [TAMPER_ENCLOSURE] = "enclosure opened"
    };

    return signs == TAMPER_PIN || signs == TAMPER_ENCLOSURE
               ? words[(int)signs]
               : "wrong PIN entered and enclosure opened";
}

/* "temperature above 8 °C"; name: of the type of channel */
static void
alert_mail_write_values(char out[WORDS_SIZE], const struct alert_mail_list_out *alert,
                        const char *name)
{
    const struct channel_type *type = channel_type((int32_t)alert->channel_type);

    if (type->kind == CHANNEL_BINARY)
        snprintf(out, WORDS_SIZE, "%s: %s", name,
                 type->state_words[!strcmp(alert->condition, "above")]);
    else
        snprintf(out, WORDS_SIZE, "%s %s %.10g%s%s", name, alert->condition, alert->threshold,
                 type->unit[0] ? " " : "", type->unit);
}

static void
alert_mail_write_condition(char out[WORDS_SIZE], const struct alert_mail_list_out *alert)
{
    enum alarm_condition condition = ALARM_CONDITION_COUNT;
    char name[CHANNEL_NAME_SIZE];

    (void)!alarm_condition_parse(&condition, alert->condition, strlen(alert->condition));
    channel_name(name, (int32_t)alert->channel_type);
    for (char *at = name; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    if (condition == ALARM_LOST_CONNECTION)
        snprintf(out, WORDS_SIZE, "%s", alert->never_seen ? "never sent a message" : "no message");
    else if (condition == ALARM_LOW_BATTERY)
        snprintf(out, WORDS_SIZE, "battery is low");
    else if (condition == ALARM_CLOCK_WRONG)
        snprintf(out, WORDS_SIZE, "clock is wrong, measurements are refused");
    else if (condition == ALARM_TAMPER)
        snprintf(out, WORDS_SIZE, "%s", alert_mail_tamper_words(alert->peak));
    else if (condition == ALARM_SENSOR_ERROR)
        snprintf(out, WORDS_SIZE, "%s%sprobe error on channel %" PRId64,
                 alert->channel_type ? name : "", alert->channel_type ? ": " : "", alert->channel);
    else
        alert_mail_write_values(out, alert, name);
}

/* "up to 11 °C"; "" for a condition that looks at no values, or at two states. */
static void
write_peak(char out[WORDS_SIZE], const struct alert_mail_list_out *alert)
{
    const struct channel_type *type = channel_type((int32_t)alert->channel_type);
    bool above = !strcmp(alert->condition, "above");

    *out = '\0';
    if (type->kind == CHANNEL_CONTINUOUS && (above || !strcmp(alert->condition, "below")))
        snprintf(out, WORDS_SIZE, "%s %.10g%s%s", above ? "up to" : "down to", alert->peak,
                 type->unit[0] ? " " : "", type->unit);
}

static const char *
name_of(const struct alert_mail_list_out *alert)
{
    return alert->sensor_name[0] ? alert->sensor_name : alert->serial;
}

static void
write_items(struct letter_writer *writer, const struct mail_context *context)
{
    letter_list_open(writer);
    for (size_t i = 0; i < context->listed_count; i++) {
        const struct alert_mail_list_out *alert = &context->listed[i];
        char sensor[WORDS_SIZE * 2], what[WORDS_SIZE], peak[WORDS_SIZE], span[WORDS_SIZE];
        alert_mail_write_condition(what, alert);
        write_peak(peak, alert);
        write_span(span, context, alert);
        if (alert->sensor_name[0])
            snprintf(sensor, sizeof sensor, "%s (%s)", alert->sensor_name, alert->serial);
        else
            snprintf(sensor, sizeof sensor, "%s", alert->serial);
        letter_item(writer, sensor, (const char *[]){ what, peak, span }, 3);
    }
    letter_list_close(writer);
    if (context->recipient->alerts > (int64_t)context->listed_count)
        letter_paragraph(writer, "And %" PRId64 " more: the page shows all of them.",
                         context->recipient->alerts - (int64_t)context->listed_count);
}

static void
alert_mail_write_subject(char out[SUBJECT_SIZE], const struct mail_context *context)
{
    int64_t count = context->recipient->alerts, over = context->recipient->over;
    const struct alert_mail_list_out *first = context->listed;
    char what[WORDS_SIZE];

    alert_mail_write_condition(what, first);
    if (count == 1)
        snprintf(out, SUBJECT_SIZE, "%s: %s: %s", over ? "Over" : "Alert", name_of(first), what);
    else
        snprintf(out, SUBJECT_SIZE, "%s: %" PRId64 " alerts%s", context->organization->name, count,
                 over == count ? " are over" : "");
}

/* Records a notice of the mail: for its alerts that are over, or for those that only began. */
static enum status
alert_mail_record(struct call *call, const struct mail_context *context, int64_t outbox_id,
                  bool over)
{
    const struct alert_mail_recipients_out *recipient = context->recipient;
    struct outbox_notice notice = {
        .organization_id = context->organization->organization_id,
        .id = id_random(),
        .kind = over ? "alert_over" : "alert_began",
        .user_id = recipient->user_id,
        .recipient = recipient->email,
        .due_on = zone_local_day(context->zone, call->now),
        .outbox_id = outbox_id,
    };

    if (recipient->over == (over ? 0 : recipient->alerts))
        return STATUS_OK;
    enum status status = outbox_record_notices(call, &notice, 1);
    if (status)
        return status;
    return notice_rule_insert(&call->db,
                              &(struct notice_rule_insert_in){
                                  .organization_id = notice.organization_id,
                                  .batch_id = context->batch_id,
                                  .notice_id = notice.id,
                                  .user_id = recipient->user_id,
                                  .over = over,
                              },
                              NULL);
}

static enum status
alert_mail_queue(struct call *call, const struct mail_context *context)
{
    char subject[SUBJECT_SIZE], id[ID_TEXT_SIZE], url[URL_SIZE], rules_url[URL_SIZE];
    struct outbox_mail mail = {
        .organization_id = context->organization->organization_id,
        .purpose = "alert",
        .to = context->recipient->email,
        .unsubscribe_url = rules_url,
    };
    struct letter_writer writer;
    int64_t outbox_id;

    id_format(id, mail.organization_id);
    snprintf(url, sizeof url, "%s/o/%s/alerts", call->public_url, id);
    snprintf(rules_url, sizeof rules_url, "%s/o/%s/alarms", call->public_url, id);
    alert_mail_write_subject(subject, context);
    letter_open(&writer, subject);
    letter_paragraph(&writer, "In %s:", context->organization->name);
    write_items(&writer, context);
    letter_button(&writer, "See the alerts", url);
    letter_small(&writer, "Times are in the time zone %s.", zone_name(context->zone));
    letter_small(&writer, "You get this e-mail because an alarm rule of %s names you: %s",
                 context->organization->name, rules_url);
    enum status status = letter_close(&writer, call, &mail.letter);
    if (!status)
        status = outbox_put_mails(call, &mail, 1, &outbox_id);
    if (!status)
        status = alert_mail_record(call, context, outbox_id, false);
    return status ? status : alert_mail_record(call, context, outbox_id, true);
}

static enum status
alert_mail_send(struct call *call, struct mail_context *context)
{
    enum status status =
        alert_mail_list(&call->db,
                        &(struct alert_mail_list_in){
                            .organization_id = context->organization->organization_id,
                            .batch_id = context->batch_id,
                            .user_id = context->recipient->user_id,
                            .most = LISTED,
                        },
                        &context->listed, &context->listed_count);

    if (status || context->listed_count == 0) /* no recipient any more */
        return status;
    return alert_mail_queue(call, context);
}

/* Marks the alerts up to `last` as mailed. Without a mail there is no pause, but other waiting
 * organizations come first. */
static enum status
alert_mail_finish(struct call *call, int64_t organization_id, int64_t last, bool mailed)
{
    utc_seconds pause_until = mailed ? call->now + ALERT_MAIL_PAUSE_SECONDS : call->now;
    enum status status =
        alerts_set_mailed(&call->db, &(struct alerts_set_mailed_in){ organization_id, last }, NULL);

    if (status)
        return status;
    return alert_mail_pause(&call->db,
                            &(struct alert_mail_pause_in){ organization_id, pause_until }, NULL);
}

static enum status
alert_mail_send_all(struct call *call, const struct alert_mail_due_out *organization)
{
    int64_t id = organization->organization_id;
    struct mail_context context = {
        .organization = organization,
        .zone = organization_find_zone(id, organization->time_zone, NULL),
        .batch_id = id_random(),
    };
    struct alert_mail_last_out last;
    struct alert_mail_recipients_out *recipients;
    size_t count = 0;
    enum status status =
        alert_mail_last(&call->db, &(struct alert_mail_last_in){ id, ALERT_MAIL_MOST_ROWS }, &last);

    if (status)
        return status;
    status = alert_mail_batch_insert(
        &call->db, &(struct alert_mail_batch_insert_in){ id, last.id.value, context.batch_id },
        NULL);
    if (status)
        return status;
    status = alert_mail_recipients(
        &call->db, &(struct alert_mail_recipients_in){ id, context.batch_id }, &recipients, &count);
    for (size_t i = 0; i < count && !status; i++) {
        context.recipient = &recipients[i];
        status = alert_mail_send(call, &context);
    }
    return status ? status : alert_mail_finish(call, id, last.id.value, count > 0);
}

enum status
alert_mail_job_run(struct call *call, bool *more)
{
    struct alert_mail_due_out organization;
    struct alert_mail_due_in in = { job_name(call), call->now };
    enum status status = alert_mail_due(&call->db, &in, &organization, more);

    if (status || !*more)
        return status;
    status = job_begin_organization(call, organization.organization_id);
    return status ? status : alert_mail_send_all(call, &organization);
}

enum status
alert_mail_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, alert_mail_next_at, at);
}
