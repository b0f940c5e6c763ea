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

/* `name` is shown by the calendar program; `hours`: how often it should look again. Without a
 * METHOD, which the Content-Type would have to repeat, and which wants an organizer (section
 * 3.7.2; RFC 5546, section 3.2.1). */
void calendar_open(struct buffer *out, const char *name, int hours);
void calendar_put_event(struct buffer *out, const struct calendar_event *event);
/* In place of events: a calendar holds at least one component (section 3.6). This one is a time
 * zone, which no program shows. */
void calendar_put_nothing(struct buffer *out);
void calendar_close(struct buffer *out);

#endif
