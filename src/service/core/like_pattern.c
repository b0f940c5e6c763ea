#include "service/core/like_pattern.h"

#include <string.h>

void
like_pattern(char out[LIKE_PATTERN_SIZE], const char *text)
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
like_pattern_fold(char out[LIKE_PATTERN_SIZE], const char *text)
{
    char folded[UNICODE_FOLDED_SIZE];

    unicode_fold(folded, text, strlen(text));
    like_pattern(out, folded);
}
