#include "domain/claim.h"

#include <string.h>

#include "domain/serial.h"

const char *const claim_policy_words[CLAIM_POLICY_COUNT] = { "open", "listed", "code" };

enum claim_policy
claim_policy_parse(const char *word)
{
    for (unsigned i = 0; i < CLAIM_POLICY_COUNT; i++)
        if (!strcmp(word, claim_policy_words[i]))
            return (enum claim_policy)i;
    return CLAIM_OPEN;
}

bool
claim_code_read(char out[CLAIM_CODE_SIZE], const char *text, size_t length)
{
    char code[CLAIM_CODE_SIZE];
    size_t size = 0;

    for (size_t i = 0; i < length; i++) {
        char symbol = text[i];
        if (symbol == ' ' || symbol == '-')
            continue;
        if (symbol < ' ' || symbol > '~' || symbol == ':' || size == CLAIM_CODE_MOST)
            return false;
        code[size++] = symbol >= 'a' && symbol <= 'z' ? (char)(symbol - 'a' + 'A') : symbol;
    }
    if (size < CLAIM_CODE_LEAST)
        return false;
    memcpy(out, code, size);
    out[size] = '\0';
    return true;
}

/* The claim has no colon: AC:DE:28:2C:02:00:42:4E is an identifier of eight bytes. */
size_t
claim_split(const char *text, size_t length)
{
    const char *colon = memrchr(text, ':', length);
    size_t end = colon ? (size_t)(colon - text) : length;
    struct serial serial;

    return end + 1 < length && serial_parse(&serial, text, end) ? end : length;
}

bool
claim_label_has_serial(const char *text)
{
    struct serial serial;

    return serial_parse(&serial, text, claim_split(text, strlen(text)));
}

enum claim_verdict
claim_judge(enum claim_policy policy, const struct claim_facts *facts)
{
    bool needs_code = policy == CLAIM_CODE && (facts->has_code || !facts->bound_here);

    if (needs_code && !facts->code_given)
        return CLAIM_REQUIRED;
    if (needs_code && !facts->code_matches)
        return CLAIM_WRONG;
    if (facts->bound_elsewhere || (policy == CLAIM_LISTED && !facts->listed))
        return CLAIM_NOT_AVAILABLE;
    return CLAIM_ACCEPTED;
}
