#include "service/notice/notices_letter.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "service/notice/notices_send.h"
#include "service/organization/organizations.h"
#include "service/outbox/outbox.h"
#include "service/sensor/sensors.h"

enum {
    PART_SIZE = 64,
    PARTS = 3,
    SUBJECT_SIZE = ORGANIZATION_NAME_MOST_BYTES + 2 + PARTS * PART_SIZE
};

/* Counts of the sensors in a letter. */
struct counts {
    size_t shown;
    size_t stopped, stop_today, stop_later; /* the others continue */
    size_t ended;                           /* of those shown */
};

/* Counts by the day of the stop, not by the kind of notice: a late notice a month before may be
 * sent on the last day. */
static struct counts
count_items(const struct notices_letter *letter, day_number today)
{
    struct counts counts = { 0 };

    for (size_t i = 0; i < letter->count; i++) {
        const struct notice_item *item = letter->items[i];
        if (!item->shown)
            continue;
        counts.shown++;
        counts.ended += item->facts.ended;
        if (item->next != NOTICE_STOPS)
            continue;
        if (item->facts.ended)
            counts.stopped++;
        else if (item->last_day <= today)
            counts.stop_today++;
        else
            counts.stop_later++;
    }
    return counts;
}

/* "Cold chain: 2 sensors stop today, 1 sensor stops within a month" */
static void
notices_letter_write_subject(char out[SUBJECT_SIZE], const struct notices_letter *letter,
                             const struct counts *counts)
{
    const struct {
        size_t count;
        const char *one, *many;
    } parts[PARTS] = {
        { counts->stopped, "has stopped", "have stopped" },
        { counts->stop_today, "stops today", "stop today" },
        { counts->stop_later, "stops within a month", "stop within a month" },
    };
    int used = snprintf(out, SUBJECT_SIZE, "%s", letter->organization);
    const char *before = ": ";

    for (size_t i = 0; i < PARTS; i++) {
        if (parts[i].count == 0)
            continue;
        used += snprintf(out + used, SUBJECT_SIZE - (size_t)used, "%s%zu sensor%s %s", before,
                         parts[i].count, letter_plural((int64_t)parts[i].count),
                         parts[i].count == 1 ? parts[i].one : parts[i].many);
        before = ", ";
    }
    if (counts->stopped + counts->stop_today + counts->stop_later == 0)
        snprintf(out + used, SUBJECT_SIZE - (size_t)used, ": %zu license%s, no sensor stops",
                 counts->shown,
                 counts->ended == counts->shown
                     ? (counts->shown == 1 ? " has ended" : "s have ended")
                     : (counts->shown == 1 ? " ends" : "s end"));
}

enum { NOTICE_WORDS_SIZE = 96 };

/* "will stop on 24 November 2026", "was renewed from the pool after 24 November 2026", ... */
static void
notice_words(char out[NOTICE_WORDS_SIZE], const struct notice_item *item)
{
    char day[DATE_WORDS_SIZE];

    date_write_out(day, item->last_day);
    snprintf(out, NOTICE_WORDS_SIZE, "%s %s %s", notice_item_phrase(item),
             item->next == NOTICE_STOPS ? "on" : "after", day);
}

/* Why a sensor will stop; "" if it continues or has stopped. */
static const char *
stops_why(const struct notice_item *item)
{
    if (item->next != NOTICE_STOPS || item->facts.ended)
        return "";
    return item->facts.auto_renewal ? "no license is left for it" : "auto renewal is off";
}

static void
notices_letter_write_item(struct letter_writer *writer, const struct notice_item *item)
{
    char sensor[SENSOR_NAME_MOST_BYTES + 32], words[NOTICE_WORDS_SIZE];

    snprintf(sensor, sizeof sensor, "%s (%s)", item->name, item->serial);
    notice_words(words, item);
    letter_item(writer, *item->name ? sensor : item->serial,
                (const char *[]){ words, stops_why(item) }, 2);
}

/* Lists the sensors that stop, or those that continue, until NOTICES_LISTED are listed. */
static void
write_list(struct letter_writer *writer, const struct notices_letter *letter, bool stopping,
           size_t *listed)
{
    bool open = false;

    for (size_t i = 0; i < letter->count && *listed < NOTICES_LISTED; i++) {
        const struct notice_item *item = letter->items[i];
        if (!item->shown || (item->next == NOTICE_STOPS) != stopping)
            continue;
        if (!open) {
            letter_heading(writer, stopping ? "Sensors that stop" : "Sensors that continue");
            letter_list_open(writer);
            open = true;
        }
        notices_letter_write_item(writer, item);
        ++*listed;
    }
    if (open)
        letter_list_close(writer);
}

static void
write_advice(struct letter_writer *writer, const struct counts *counts)
{
    if (counts->stop_today + counts->stop_later > 0)
        letter_paragraph(
            writer,
            "A sensor that stops is not broken, but its measurements are not saved after its last "
            "day. To keep it running, assign a license or switch on auto renewal. If no license is "
            "left, add an activation code first.");
    else if (counts->stopped > 0)
        letter_paragraph(
            writer,
            "The measurements of a stopped sensor are not saved after its last day. Assign a "
            "license, and the sensor continues from that moment.");
    else
        letter_paragraph(writer,
                         "All of these sensors continue automatically. There is nothing to do.");
}

/* Links to the list of the sensors that stop, or to all sensors if none stops or if no list has
 * all of them. */
static void
write_link(char url[PAGE_URL_SIZE], struct call *call, const struct notices_letter *letter,
           const struct counts *counts)
{
    size_t will_stop = counts->stop_today + counts->stop_later;
    const char *page = counts->stopped > 0 && will_stop > 0 ? "licenses"
                       : counts->stopped > 0                ? "licenses?state=expired"
                       : counts->stop_later > 0             ? "licenses?within=60"
                       : counts->stop_today > 0             ? "licenses?state=expiring"
                                                            : "licenses";

    letter_page_url(url, call, letter->organization_id, page);
}

static enum status
notices_letter_write_letter(struct call *call, const struct notices_letter *letter,
                            struct letter *out)
{
    struct counts counts = count_items(letter, zone_local_day(letter->zone, call->now));
    char subject[SUBJECT_SIZE], url[PAGE_URL_SIZE];
    struct letter_writer writer;
    size_t listed = 0;

    notices_letter_write_subject(subject, letter, &counts);
    write_link(url, call, letter, &counts);
    letter_open(&writer, subject);
    write_advice(&writer, &counts);
    write_list(&writer, letter, true, &listed);
    write_list(&writer, letter, false, &listed);
    if (listed < counts.shown)
        letter_paragraph(&writer, "And %zu more: the attached file has the complete list.",
                         counts.shown - listed);
    letter_button(&writer, "Open the License Manager", url);
    letter_small(&writer,
                 "Days are in the time zone %s. The list is attached as a file for spreadsheets.",
                 zone_name(letter->zone));
    notices_say_why(&writer, call, letter->organization_id, letter->organization);
    return letter_close(&writer, call, out);
}

static enum status
write_file(struct call *call, const struct notices_letter *letter, struct buffer *out)
{
    static const char *const headings[] = { "serial",     "name", "last_day",
                                            "expires_at", "next", "what_happens" };
    enum { COLUMNS = sizeof headings / sizeof headings[0] };

    buffer_text(out, CSV_MARK);
    csv_put_row(out, headings, COLUMNS);
    for (size_t i = 0, rows = 0; i < letter->count && rows < NOTICES_FILE_MOST; i++) {
        const struct notice_item *item = letter->items[i];
        char day[DATE_TEXT_SIZE], at[UTC_TEXT_SIZE], words[NOTICE_WORDS_SIZE];
        const char *fields[COLUMNS] = {
            item->serial, item->name, day, at, notice_next_words[item->next], words
        };
        if (!item->shown)
            continue;
        date_format(day, item->last_day);
        utc_format(at, item->expires_at);
        notice_words(words, item);
        csv_put_row(out, fields, COLUMNS);
        rows++;
    }
    return out->overflow
               ? call_fail(call, STATUS_TOO_LARGE, "", "", "the list of licenses is too large")
               : STATUS_OK;
}

enum status
notices_letter_queue(struct call *call, const struct notices_letter *letter, const char *to,
                     int64_t *outbox_id)
{
    char url[PAGE_URL_SIZE], name[64], day[DATE_TEXT_SIZE];
    struct outbox_mail mail = {
        .organization_id = letter->organization_id,
        .purpose = "license_expiration",
        .to = to,
        .unsubscribe_url = url,
    };
    struct buffer file;

    letter_page_url(url, call, letter->organization_id, "notifications");
    date_format(day, zone_local_day(letter->zone, call->now));
    snprintf(name, sizeof name, "licenses-%s.csv", day);
    buffer_init(&file, NOTICES_FILE_MOST_BYTES);
    enum status status = write_file(call, letter, &file);
    mail.attachment =
        (struct outbox_attachment){ name, "text/csv; charset=utf-8", file.bytes, file.size };
    if (!status)
        status = notices_letter_write_letter(call, letter, &mail.letter);
    if (!status)
        status = outbox_put_mails(call, &mail, 1, outbox_id);
    buffer_clear(&file);
    return status;
}
