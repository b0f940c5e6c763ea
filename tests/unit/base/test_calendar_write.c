#include "base/calendar_write.h"

#include <string.h>

#include "support/check.h"
#include "support/moment.h"

TEST(calendar_is_what_the_rfc_says)
{
    struct buffer out;

    buffer_init(&out, 4096);
    calendar_open(&out, "Cold chain, Ltd.", 12);
    calendar_put_event(&out, &(struct calendar_event){
                                 .uid = "2026-12-31-abc@tenure",
                                 .day = on("2026-12-31"),
                                 .stamp = at("2026-11-24T13:05:09Z"),
                                 .summary = "2 sensors stop; a\\b",
                                 .description = "One\nTwo",
                                 .url = "http://x/y?a=1,2",
                             });
    calendar_close(&out);
    check_text(
        out.bytes,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tenure//Tenure//EN\r\nCALSCALE:GREGORIAN\r\n"
        "NAME:Cold chain\\, Ltd.\r\nX-WR-CALNAME:Cold chain\\, Ltd.\r\n"
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\nX-PUBLISHED-TTL:PT12H\r\n"
        "BEGIN:VEVENT\r\nUID:2026-12-31-abc@tenure\r\nDTSTAMP:20261124T130509Z\r\n"
        "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"
        "SUMMARY:2 sensors stop\\; a\\\\b\r\nDESCRIPTION:One\\nTwo\r\nURL:http://x/y?a=1,2\r\n"
        "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    buffer_clear(&out);
}

TEST(a_calendar_without_events_has_a_component_too)
{
    struct buffer out;

    buffer_init(&out, 4096);
    calendar_open(&out, "Cold chain", 12);
    calendar_put_nothing(&out);
    calendar_close(&out);
    check(strstr(out.bytes, "\r\nBEGIN:VTIMEZONE\r\nTZID:UTC\r\nBEGIN:STANDARD\r\n"));
    check(strstr(out.bytes, "\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n"));
    buffer_clear(&out);
}

/* Whatever the text, no line is longer than 75 bytes, no character is cut, and unfolded
 * it is the text again. */
TEST(calendar_lines_are_folded)
{
    static const char *const texts[] = {
        "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789",
        "Kühlhaus ąęśćżźółń Kühlhaus ąęśćżźółń Kühlhaus ąęśćżźółń Kühlhaus ąęśćżźółń Kühlhaus "
        "ąęśćżźółń",
        "温度センサー温度センサー温度センサー温度センサー温度センサー温度センサー温度センサー温度セ"
        "ンサー",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct calendar_event event = {
            .uid = "u", .summary = texts[i], .description = "", .day = 1
        };
        char unfolded[1024];
        struct buffer out;
        size_t size = 0;

        check_row(texts[i]);
        buffer_init(&out, 4096);
        calendar_put_event(&out, &event);
        for (const char *line = out.bytes, *end; (end = strstr(line, "\r\n")); line = end + 2) {
            check(end - line <= 75);
            check((line[0] & 0xC0) != 0x80);
        }
        const char *from = strstr(out.bytes, "SUMMARY:") + 8;
        for (; strncmp(from, "\r\n", 2) || from[2] == ' '; from++) {
            if (!strncmp(from, "\r\n ", 3))
                from += 3;
            unfolded[size++] = *from;
        }
        unfolded[size] = '\0';
        check_text(unfolded, texts[i]);
        buffer_clear(&out);
    }
}
