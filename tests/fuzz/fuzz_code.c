/* fuzz_code.c - no text may crash code_parse() or serial_parse(), nor their explanations; what they
 * take has one form, and any other symbol in any place of a code is caught. */
#include <stdlib.h>
#include <string.h>

#include "domain/code.h"
#include "domain/serial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_serial(const char *text, size_t length)
{
    char written[SERIAL_TEXT_SIZE], explained[SERIAL_EXPLAINED_SIZE];
    struct serial serial, again;

    serial_explain(explained, text, length);
    if (!*explained)
        abort();
    if (!serial_parse(&serial, text, length))
        return;
    serial_format(written, serial);
    if (!serial_parse(&again, written, strlen(written))
        || memcmp(&serial, &again, sizeof serial) != 0)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char explained[CODE_EXPLAINED_SIZE];
    struct code code, again;
    char text[CODE_TEXT_SIZE];

    check_serial((const char *)data, size);
    code_explain(explained, (const char *)data, size);
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
