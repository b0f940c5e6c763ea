/* fuzz_code.c - no text may crash code_parse(); what it takes has one form, and
 * any other symbol in any place is caught. */
#include <stdlib.h>
#include <string.h>

#include "domain/code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct code code, again;
    char text[CODE_TEXT_SIZE];

    if (size == CODE_RANDOM_BYTES) {
        code = code_from_random(data);
        code_format(text, &code);
    } else if (code_parse(&code, (const char *)data, size) == CODE_OK) {
        code_format(text, &code);
    } else {
        return 0;
    }
    if (code_parse(&again, text, strlen(text)) != CODE_OK || memcmp(&code, &again, sizeof code))
        abort();

    size_t at = size > 0 ? data[0] % (CODE_TEXT_SIZE - 1) : 0;
    char right = text[at];
    for (const char *symbol = code_alphabet; right != '-' && *symbol; symbol++) {
        text[at] = *symbol;
        if ((code_parse(&again, text, strlen(text)) == CODE_OK) != (*symbol == right))
            abort();
    }
    return 0;
}
