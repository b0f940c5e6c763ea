#include "base/calendar_write.h"

#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 75 };

/* A folded line continues after a space. */
struct line {
    struct buffer *out;
    size_t length;
};

/* The bytes of the UTF-8 character that begins with `first`. */
static size_t
character_bytes(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

static void
calendar_write_put(struct line *line, const char *bytes, size_t size)
{
    if (line->length + size > LINE_BYTES) {
        buffer_text(line->out, "\r\n ");
        line->length = 1;
    }
    buffer_append(line->out, bytes, size);
    line->length += size;
}

static void
calendar_write_put_escaped(struct line *line, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        size_t size = character_bytes((unsigned char)*text);
        if (size > left)
            size = left;
        if (*text == '\n')
            calendar_write_put(line, "\\n", 2);
        else if (strchr("\\;,", *text)) {
            calendar_write_put(line, "\\", 1);
            calendar_write_put(line, text, 1);
        } else if ((unsigned char)*text >= ' ')
            calendar_write_put(line, text, size);
        text += size;
        left -= size;
    }
}

static void
calendar_write_put_text(struct buffer *out, const char *name, const char *text)
{
    struct line line = { .out = out };

    calendar_write_put(&line, name, strlen(name));
    calendar_write_put(&line, ":", 1);
    calendar_write_put_escaped(&line, text);
    buffer_text(out, "\r\n");
}

/* Not a TEXT: nothing is escaped (section 3.3.13). */
static void
put_uri(struct buffer *out, const char *name, const char *uri)
{
    struct line line = { .out = out };

    calendar_write_put(&line, name, strlen(name));
    calendar_write_put(&line, ":", 1);
    for (; *uri; uri++)
        calendar_write_put(&line, uri, 1);
    buffer_text(out, "\r\n");
}

static void
calendar_write_put_day(struct buffer *out, const char *name, day_number day)
{
    struct civil_date date = civil_from_days(day);

    buffer_printf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, (int)date.year, (int)date.month,
                  (int)date.day);
}

void
calendar_open(struct buffer *out, const char *name, int hours)
{
    buffer_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tenure//Tenure//EN\r\n"
                     "CALSCALE:GREGORIAN\r\n");
    calendar_write_put_text(out, "NAME", name); /* RFC 7986, section 5.1; older programs: */
    calendar_write_put_text(out, "X-WR-CALNAME", name);
    buffer_printf(out, "REFRESH-INTERVAL;VALUE=DURATION:PT%dH\r\nX-PUBLISHED-TTL:PT%dH\r\n", hours,
                  hours);
}

void
calendar_put_event(struct buffer *out, const struct calendar_event *event)
{
    char stamp[UTC_TEXT_SIZE];

    utc_format(stamp, event->stamp);
    buffer_text(out, "BEGIN:VEVENT\r\n");
    calendar_write_put_text(out, "UID", event->uid);
    buffer_printf(out, "DTSTAMP:%.4s%.2s%.2sT%.2s%.2s%.2sZ\r\n", stamp, stamp + 5, stamp + 8,
                  stamp + 11, stamp + 14, stamp + 17);
    calendar_write_put_day(out, "DTSTART", event->day);
    calendar_write_put_day(out, "DTEND", event->day + 1);
    calendar_write_put_text(out, "SUMMARY", event->summary);
    calendar_write_put_text(out, "DESCRIPTION", event->description);
    if (event->url)
        put_uri(out, "URL", event->url);
    buffer_text(out, "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
}

void
calendar_put_nothing(struct buffer *out)
{
    buffer_text(out, "BEGIN:VTIMEZONE\r\nTZID:UTC\r\nBEGIN:STANDARD\r\n"
                     "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\n"
                     "END:STANDARD\r\nEND:VTIMEZONE\r\n");
}

void
calendar_close(struct buffer *out)
{
    buffer_text(out, "END:VCALENDAR\r\n");
}
