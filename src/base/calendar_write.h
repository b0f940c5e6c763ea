/*
 * calendar_write.h - writes an iCalendar object (RFC 5545) of all-day events.
 *
 * Lines are folded at 75 bytes, never within a character (section 3.1); texts are escaped
 * (section 3.3.11).
 */
#ifndef BASE_CALENDAR_WRITE_H
#define BASE_CALENDAR_WRITE_H

#include "base/buffer.h"
#include "base/utc.h"

struct calendar_event {
    const char *uid; /* stays the same for the same event; globally unique */
    day_number day;
    utc_seconds stamp; /* when this text was made */
    const char *summary;
    const char *description;
    const char *url; /* NULL: none */
};

/* `name` is shown by the calendar program; `hours`: how often it should look again. */
void calendar_open(struct buffer *out, const char *name, int hours);
void calendar_put_event(struct buffer *out, const struct calendar_event *event);
void calendar_close(struct buffer *out);

#endif
