#include "service/alert_mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/zone.h"
#include "domain/alarm.h"
#include "domain/channel.h"
#include "service/outbox.h"
#include "statements.h"
#include "store/store.h"

enum {
    ALERTS = 500, /* told of in one step */
    LISTED = 100, /* in one mail; the page has them all */
    WORDS_SIZE = 160,
    URL_SIZE = 512,
    SUBJECT_SIZE = 512,
};

/* Who is told of what: one a recipient and alert. */
struct telling {
    int64_t user_id;
    const char *email;
    const struct alerts_to_tell_out *alert;
};

struct mailing {
    const struct alert_tell_next_out *organization;
    const struct zone *zone;
    struct telling *tellings; /* by user */
    size_t count, room;
};

static enum status
no_room(struct call *call)
{
    return fail(&call->fault, STATUS_TOO_LARGE, "", "", "too many alerts to tell of at once");
}

/* "24 November 2026 13:05", by the organization's clock. */
static void
write_time(char out[WORDS_SIZE], const struct mailing *mailing, utc_seconds when)
{
    int64_t local = when + zone_offset(mailing->zone, when);
    int64_t seconds = ((local % UTC_DAY) + UTC_DAY) % UTC_DAY;
    char day[DATE_WORDS_SIZE];

    date_write_out(day, zone_local_day(mailing->zone, when));
    snprintf(out, WORDS_SIZE, "%s %02d:%02d", day, (int)(seconds / 3600), (int)(seconds / 60 % 60));
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

static const char *
name_of(const struct alerts_to_tell_out *alert)
{
    return alert->sensor_name[0] ? alert->sensor_name : alert->serial;
}

static void
write_rows(struct letter_writer *writer, const struct mailing *mailing,
           const struct telling *tellings, size_t count)
{
    static const char *const headings[] = { "Sensor", "What", "Since", "Until" };

    letter_table_open(writer, headings, sizeof headings / sizeof headings[0]);
    for (size_t i = 0; i < count && i < LISTED; i++) {
        const struct alerts_to_tell_out *alert = tellings[i].alert;
        char what[WORDS_SIZE], since[WORDS_SIZE], until[WORDS_SIZE] = "goes on",
                                                  sensor[WORDS_SIZE * 2];
        write_condition(what, alert);
        write_time(since, mailing, alert->started_at);
        if (alert->ended_at.is)
            write_time(until, mailing, alert->ended_at.value);
        snprintf(sensor, sizeof sensor, "%s%s%s", name_of(alert), alert->sensor_name[0] ? ", " : "",
                 alert->sensor_name[0] ? alert->serial : "");
        letter_row(writer, (const char *[]){ sensor, what, since, until });
    }
    letter_table_close(writer);
    if (count > LISTED)
        letter_paragraph(writer, "And %zu more: the page has them all.", count - LISTED);
}

static void
write_subject(char out[SUBJECT_SIZE], const struct mailing *mailing, const struct telling *tellings,
              size_t count)
{
    const struct alerts_to_tell_out *first = tellings[0].alert;
    char what[WORDS_SIZE];
    size_t over = 0;

    for (size_t i = 0; i < count; i++)
        over += tellings[i].alert->ended_at.is;
    write_condition(what, first);
    if (count == 1)
        snprintf(out, SUBJECT_SIZE, "%s: %s: %s", over ? "Over" : "Alert", name_of(first), what);
    else if (over == count)
        snprintf(out, SUBJECT_SIZE, "%s: %zu alerts are over", mailing->organization->name, count);
    else
        snprintf(out, SUBJECT_SIZE, "%s: %zu alerts", mailing->organization->name, count);
}

/* What one recipient is told. */
static enum status
queue(struct call *call, const struct mailing *mailing, const struct telling *tellings,
      size_t count)
{
    char subject[SUBJECT_SIZE], id[ID_TEXT_SIZE], url[URL_SIZE], rules_url[URL_SIZE];
    struct outbox_mail mail = {
        .organization_id = mailing->organization->organization_id,
        .purpose = "alert",
        .to = tellings[0].email,
        .unsubscribe_url = rules_url,
    };
    struct letter_writer writer;
    int64_t outbox_id;

    id_format(id, mail.organization_id);
    snprintf(url, sizeof url, "%s/o/%s/alerts", call->public_url, id);
    snprintf(rules_url, sizeof rules_url, "%s/o/%s/alarms", call->public_url, id);
    write_subject(subject, mailing, tellings, count);
    letter_open(&writer, subject);
    letter_paragraph(&writer, "In %s:", mailing->organization->name);
    write_rows(&writer, mailing, tellings, count);
    letter_button(&writer, "See the alerts", url);
    letter_small(&writer, "Times are those of %s.", zone_name(mailing->zone));
    letter_small(&writer, "You get this because an alarm rule of %s names you: %s",
                 mailing->organization->name, rules_url);
    enum status status = letter_close(&writer, call, &mail.letter);
    return status ? status : outbox_put_mail(call, &mail, &outbox_id);
}

static enum status
add_tellings(struct call *call, struct mailing *mailing, const struct alerts_to_tell_out *alert)
{
    struct alarm_recipients_out *recipients;
    size_t count;
    enum status status = alarm_recipients(
        call->store, call->arena,
        &(struct alarm_recipients_in){ mailing->organization->organization_id, alert->rule_id },
        &recipients, &count, &call->fault);

    if (status || count == 0)
        return status;
    if (mailing->count + count > mailing->room) {
        size_t room = 2 * (mailing->count + count);
        struct telling *tellings = arena_new(call->arena, room * sizeof *tellings);
        if (!tellings)
            return no_room(call);
        if (mailing->count > 0)
            memcpy(tellings, mailing->tellings, mailing->count * sizeof *tellings);
        mailing->tellings = tellings;
        mailing->room = room;
    }
    for (size_t i = 0; i < count; i++)
        mailing->tellings[mailing->count++] =
            (struct telling){ recipients[i].user_id, recipients[i].email, alert };
    return STATUS_OK;
}

static int
by_user(const void *a, const void *b)
{
    const struct telling *x = a, *y = b;

    if (x->user_id != y->user_id)
        return x->user_id < y->user_id ? -1 : 1;
    return (x->alert > y->alert) - (x->alert < y->alert);
}

static bool
is_worth(const struct alerts_to_tell_out *alert)
{
    if (alert->withdrawn || alert->rule_id == 0)
        return false;
    return !alert->told_begin || (alert->ended_at.is && alert->tell_when_over);
}

static enum status
queue_all(struct call *call, struct mailing *mailing)
{
    enum status status = STATUS_OK;

    if (mailing->count > 0)
        qsort(mailing->tellings, mailing->count, sizeof *mailing->tellings, by_user);
    for (size_t i = 0, next; i < mailing->count && !status; i = next) {
        for (next = i + 1; next < mailing->count
                           && mailing->tellings[next].user_id == mailing->tellings[i].user_id;)
            next++;
        status = queue(call, mailing, mailing->tellings + i, next - i);
    }
    return status;
}

static enum status
note_told(struct call *call, const struct mailing *mailing, const struct alerts_to_tell_out *alerts,
          size_t count)
{
    int64_t organization_id = mailing->organization->organization_id;
    struct alert_told_in *told = arena_new(call->arena, (count + 1) * sizeof *told);

    if (!told)
        return no_room(call);
    for (size_t i = 0; i < count; i++)
        told[i] = (struct alert_told_in){ organization_id, alerts[i].id };
    enum status status =
        count ? alert_told(call->store, call->arena, told, count, NULL, &call->fault) : STATUS_OK;
    if (status || count == ALERTS)
        return status; /* the rest in the next step */
    return alert_told_until(call->store, call->arena,
                            &(struct alert_told_until_in){
                                organization_id,
                                mailing->count > 0 ? call->now + ALERT_MAIL_PAUSE_SECONDS : 0,
                            },
                            NULL, &call->fault);
}

enum status
alert_mail_moment_step(struct call *call, bool *more)
{
    struct alert_tell_next_out organization;
    struct alerts_to_tell_out *alerts;
    struct mailing mailing = { .organization = &organization };
    size_t count;
    enum status status = alert_tell_next(call->store, call->arena,
                                         &(struct alert_tell_next_in){ call->now }, &organization,
                                         more, &call->fault);

    if (status || !*more)
        return status;
    status = zone_get(&mailing.zone, organization.time_zone, &call->fault);
    if (!status)
        status = alerts_to_tell(call->store, call->arena,
                                &(struct alerts_to_tell_in){ organization.organization_id, ALERTS },
                                &alerts, &count, &call->fault);
    for (size_t i = 0; !status && i < count; i++)
        if (is_worth(&alerts[i]))
            status = add_tellings(call, &mailing, &alerts[i]);
    if (!status)
        status = queue_all(call, &mailing);
    return status ? status : note_told(call, &mailing, alerts, count);
}

enum status
alert_mail_moment_next(struct call *call, utc_seconds *at)
{
    struct alert_tell_at_out next;
    enum status status = alert_tell_at(call->store, call->arena, &next, &call->fault);

    if (!status)
        *at = next.at.is ? next.at.value : UTC_NEVER;
    return status;
}
