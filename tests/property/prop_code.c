#include <ctype.h>
#include <string.h>

#include "domain/code.h"
#include "support/check.h"
#include "support/random.h"

static struct code
some_code(struct random *random)
{
    uint8_t bytes[CODE_RANDOM_BYTES];

    random_fill(random, bytes, sizeof bytes);
    return code_from_random(bytes);
}

static enum code_reading
read_back(const char *text, const struct code *before)
{
    struct code after;
    enum code_reading reading = code_parse(&after, text, strlen(text));

    if (reading == CODE_OK)
        check(!memcmp(&after, before, sizeof after));
    return reading;
}

TEST(code_survives_format_and_parse)
{
    struct random random = random_seeded();

    for (int i = 0; i < 10000; i++) {
        struct code code = some_code(&random);
        char text[CODE_TEXT_SIZE];

        code_format(text, &code);
        check_int(strlen(text), CODE_TEXT_SIZE - 1);
        check_int(read_back(text, &code), CODE_OK);
    }
}

TEST(code_check_catches_every_wrong_symbol)
{
    struct random random = random_seeded();

    for (int i = 0; i < 200; i++) {
        struct code code = some_code(&random);
        char text[CODE_TEXT_SIZE];

        code_format(text, &code);
        for (size_t at = 0; at < CODE_TEXT_SIZE - 1; at++) {
            char right = text[at];
            for (int value = 0; right != '-' && value < 32; value++) {
                text[at] = code_alphabet[value];
                check_int(read_back(text, &code),
                          code_alphabet[value] == right ? CODE_OK : CODE_BAD_CHECK);
            }
            text[at] = right;
        }
    }
}

TEST(code_check_catches_every_swap_of_neighbours)
{
    struct random random = random_seeded();

    for (int i = 0; i < 5000; i++) {
        struct code code = some_code(&random);

        for (size_t at = 0; at + 1 < CODE_SYMBOLS; at++) {
            struct code swapped = code;
            char text[CODE_TEXT_SIZE];

            swapped.values[at] = code.values[at + 1];
            swapped.values[at + 1] = code.values[at];
            code_format(text, &swapped);
            check_int(read_back(text, &code),
                      code.values[at] == code.values[at + 1] ? CODE_OK : CODE_BAD_CHECK);
        }
    }
}

/* As people type: any case, look-alikes, hyphens and spaces anywhere. */
static size_t
retype(char *out, const struct code *code, struct random *random)
{
    size_t at = 0;

    for (size_t i = 0; i < CODE_SYMBOLS; i++) {
        char symbol = code_alphabet[code->values[i]];
        while (random_below(random, 3) == 0)
            out[at++] = random_below(random, 2) ? '-' : ' ';
        if (symbol == '0' && random_below(random, 2))
            symbol = 'O';
        if (symbol == '1' && random_below(random, 2))
            symbol = random_below(random, 2) ? 'I' : 'L';
        out[at++] = random_below(random, 2) ? symbol : (char)tolower((unsigned char)symbol);
    }
    return at;
}

TEST(code_reads_the_same_however_it_is_typed)
{
    struct random random = random_seeded();

    for (int i = 0; i < 10000; i++) {
        struct code code = some_code(&random), after;
        char text[1024];
        size_t length = retype(text, &code, &random);

        check_int(code_parse(&after, text, length), CODE_OK);
        check(!memcmp(&code, &after, sizeof code));
    }
}

TEST(code_uses_every_random_bit)
{
    for (size_t bit = 0; bit < 8 * CODE_RANDOM_BYTES; bit++) {
        uint8_t bytes[CODE_RANDOM_BYTES] = { 0 };
        int ones = 0;

        bytes[bit / 8] = (uint8_t)(0x80 >> bit % 8);
        struct code code = code_from_random(bytes);
        for (size_t i = 0; i < CODE_SYMBOLS - 1; i++)
            ones += __builtin_popcount(code.values[i]);
        check_int(ones, 1);
        check_int(code.values[bit / 5], 16 >> bit % 5);
    }
}
