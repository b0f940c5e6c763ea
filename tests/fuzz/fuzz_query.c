/* fuzz_query.c - no address may crash query_read(); the order of its parameters does not matter,
 * and the link to the next page says the same but for the cursor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "edge/http/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct record {
    const char *q, *state, *cursor;
    int64_t limit, from;
    bool has_open, open;
};

static const char *const states[] = { "active", "expired" };

static const struct input_field fields[] = {
    { INPUT_MEMBER(struct record, q), .kind = INPUT_TEXT, .most = 100 },
    { INPUT_MEMBER(struct record, state), .kind = INPUT_WORD, .words = states, .word_count = 2 },
    { INPUT_MEMBER(struct record, limit), .kind = INPUT_INT64, .least = 1, .most = 1000 },
    INPUT_END,
};
static const struct input_field more_fields[] = {
    { INPUT_MEMBER(struct record, from), .kind = INPUT_TIME },
    { INPUT_MEMBER(struct record, open), .kind = INPUT_BOOL,
      .has = offsetof(struct record, has_open) },
    { INPUT_MEMBER(struct record, cursor), .kind = INPUT_TEXT, .most = 1024 },
    INPUT_END,
};

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static enum status
read_into(struct record *record, const char *query, struct arena *arena)
{
    struct fault fault = { .status = STATUS_OK };

    *record = (struct record){ .q = NULL };
    enum status status =
        query_read(query, (struct input_place[]){ { fields, record }, { more_fields, record } }, 2,
                   arena, &fault);
    must(status == fault.status && (!status || status == STATUS_MALFORMED));
    return status;
}

static bool
same_text(const char *a, const char *b)
{
    return !a == !b && (!a || !strcmp(a, b));
}

static void
check_same(const struct record *a, const struct record *b)
{
    must(same_text(a->q, b->q) && same_text(a->state, b->state));
    must(a->limit == b->limit && a->from == b->from && a->has_open == b->has_open
         && a->open == b->open);
}

static void
check_limits(const struct record *record)
{
    must(!record->q
         || (strlen(record->q) <= 100 && utf8_valid(record->q, strlen(record->q))
             && !text_has_control(record->q, strlen(record->q))));
    must(!record->state || record->state == states[0] || record->state == states[1]);
    must(record->limit >= 0 && record->limit <= 1000);
}

/* The last parameter first. */
static const char *
turned(const char *query, size_t size, struct arena *arena)
{
    char *out = arena_new(arena, size + 1), *to = out;

    for (size_t end = size; end > 0;) {
        size_t start = end;
        while (start > 0 && query[start - 1] != '&')
            start--;
        memcpy(to, query + start, end - start);
        to += end - start;
        end = start > 0 ? start - 1 : 0;
        if (end > 0)
            *to++ = '&';
    }
    *to = '\0';
    return out;
}

static void
check_next(const char *query, const struct record *record, struct arena *arena)
{
    static const char cursor[] = "next+/=& %\xC3\xA9";
    char target[4096];
    struct record next;

    snprintf(target, sizeof target, "/a?%s", query);
    const char *link = query_with_cursor(arena, target, cursor);
    must(link && !strncmp(link, "/a?", 3));
    for (const char *at = link; *at; at++)
        must(*at > ' ' && *at <= '~');
    must(read_into(&next, link + 3, arena) == STATUS_OK);
    check_same(record, &next);
    must(next.cursor && !strcmp(next.cursor, cursor));
}

/* Each byte written as %XX comes back. */
static void
check_decoding(const char *text, size_t size, struct arena *arena)
{
    char *encoded = arena_new(arena, 3 * size + 1);

    for (size_t i = 0; i < size; i++)
        snprintf(encoded + 3 * i, 4, i % 2 ? "%%%02x" : "%%%02X", (unsigned char)text[i]);
    const char *decoded = percent_decode(arena, encoded, 3 * size, true);
    must(!decoded == !(utf8_valid(text, size) && !memchr(text, '\0', size)));
    must(!decoded || (strlen(decoded) == size && !memcmp(decoded, text, size)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct record record, again;
    struct arena arena;

    if (size > 2000)
        return 0;
    arena_init(&arena, 1024 * 1024);
    check_decoding((const char *)data, size, &arena);
    const char *query = arena_text(&arena, (const char *)data, size);
    size = strlen(query);
    enum status status = read_into(&record, query, &arena);
    must(status == read_into(&again, turned(query, size, &arena), &arena));
    check_limits(&record);
    if (!status) {
        check_same(&record, &again);
        check_next(query, &record, &arena);
    }
    arena_clear(&arena);
    return 0;
}
