#include "base/id.h"

#include "base/secret.h"

/* Crockford's Base32, lower case. The first symbol holds three bits, the other twelve five each. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

int64_t
id_random(void)
{
    uint64_t id;

    do {
        random_bytes(&id, sizeof id);
        id >>= 1;
    } while (id == 0);
    return (int64_t)id;
}

void
id_format(char out[ID_TEXT_SIZE], int64_t id)
{
    uint64_t rest = (uint64_t)id;

    out[ID_TEXT_SIZE - 1] = '\0';
    for (int i = ID_TEXT_SIZE - 2; i >= 0; i--, rest >>= 5)
        out[i] = alphabet[rest & 31];
}

static int
id_value_of(char symbol)
{
    for (int value = 0; value < 32; value++)
        if (alphabet[value] == symbol)
            return value;
    return -1;
}

bool
id_parse(int64_t *out, const char *text, size_t length)
{
    uint64_t id = 0;

    if (length != ID_TEXT_SIZE - 1 || text[0] > '7') /* more than 63 bits */
        return false;
    for (size_t i = 0; i < length; i++) {
        int value = id_value_of(text[i]);
        if (value < 0)
            return false;
        id = id << 5 | (uint64_t)value;
    }
    if (id == 0)
        return false;
    *out = (int64_t)id;
    return true;
}
