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
    const char *uid; /* globally unique; constant for an event */
    day_number day;
    utc_seconds stamp; /* when the event was written */
    const char *summary;
    const char *description;
    const char *url; /* NULL: none */
};

/* Calendar programs show `name` and refresh every `hours` hours. There is no METHOD: it requires an
 * organizer and a parameter of the Content-Type (section 3.7.2; RFC 5546, section 3.2.1). */
void calendar_open(struct buffer *out, const char *name, int hours);
void calendar_put_event(struct buffer *out, const struct calendar_event *event);
/* Writes a time zone in place of events, because a calendar needs a component (section 3.6). No
 * program shows it. */
void calendar_put_nothing(struct buffer *out);
void calendar_close(struct buffer *out);

#endif
