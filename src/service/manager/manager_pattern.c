#include "service/manager/manager_pattern.h"

#include <string.h>

void
manager_pattern(char out[MANAGER_PATTERN_SIZE], const char *text)
{
    size_t size = 0;

    out[size++] = '%';
    for (; *text; text++) {
        if (strchr("%_!", *text))
            out[size++] = '!';
        out[size++] = *text;
    }
    out[size++] = '%';
    out[size] = '\0';
}

void
manager_serial_pattern(char out[MANAGER_PATTERN_SIZE], const char *text)
{
    char serial[MANAGER_Q_MOST_BYTES + 1];
    size_t length = 0;

    for (; *text; text++) {
        if (!strchr(":- ", *text))
            serial[length++] = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
    }
    serial[length] = '\0';
    if (length > 0)
        manager_pattern(out, serial);
    else
        out[0] = '\0'; /* matches no serial */
}
