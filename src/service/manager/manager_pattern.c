#include "service/manager/manager_pattern.h"

#include <string.h>

#include "domain/serial.h"

void
manager_serial_pattern(char out[LIKE_PATTERN_SIZE], const char *text)
{
    char serial[MANAGER_Q_MOST_BYTES + 1] = "", whole[SERIAL_TEXT_SIZE];
    size_t length = 0;
    struct serial parsed;

    if (serial_parse(&parsed, text, strlen(text))) {
        serial_format(whole, parsed);
        like_pattern(out, whole);
        return;
    }
    /* No serial is written with these; unicode_plain() would drop them. */
    if (!strpbrk(text, "!#$%&()*+,;<=>?@[\\]^_{|}~"))
        unicode_plain(serial, text, strlen(text));
    for (const char *at = serial; *at; at++) {
        if (!strchr(":- ", *at))
            serial[length++] = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
    }
    serial[length] = '\0';
    if (length > 0)
        like_pattern(out, serial);
    else
        out[0] = '\0'; /* matches no serial */
}
