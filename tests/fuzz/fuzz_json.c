/* fuzz_json.c - no body and no query may crash its reader, and what is taken keeps
 * the limits of its table. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "edge/http/json_read.h"
#include "edge/http/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct record {
    const char *name, *word;
    int64_t quantity, at, day, id, span;
    bool has_switch, is_switch;
};

static const char *const words[] = { "oldest_first", "newest_first" };

static const struct input_field fields[] = {
    { INPUT_MEMBER(struct record, name), .kind = INPUT_TEXT, .required = true, .least = 2,
      .most = 40 },
    { INPUT_MEMBER(struct record, word), .kind = INPUT_WORD, .words = words, .word_count = 2 },
    { INPUT_MEMBER(struct record, quantity), .kind = INPUT_INT64, .least = -5, .most = 100000 },
    { INPUT_MEMBER(struct record, at), .kind = INPUT_TIME },
    { INPUT_MEMBER(struct record, day), .kind = INPUT_DATE },
    { INPUT_MEMBER(struct record, id), .kind = INPUT_ID },
    { INPUT_MEMBER(struct record, span), .kind = INPUT_DURATION, .least = 60, .most = 86400 },
    { INPUT_MEMBER(struct record, is_switch), .kind = INPUT_BOOL,
      .has = offsetof(struct record, has_switch) },
    INPUT_END,
};

static void
check_limits(const struct record *record)
{
    size_t length = record->name ? strlen(record->name) : 2;

    if (length < 2 || length > 40)
        abort();
    if (record->name
        && (!utf8_valid(record->name, length) || text_has_control(record->name, length)))
        abort();
    if (record->word && record->word != words[0] && record->word != words[1])
        abort();
    if (record->quantity < -5 || record->quantity > 100000 || record->id < 0)
        abort();
    if (record->span != 0 && (record->span < 60 || record->span > 86400))
        abort();
}

/* A failure says so in the fault, and nothing else does. */
static void
check_status(enum status status, const struct fault *fault)
{
    if (status != fault->status)
        abort();
    if (status && status != STATUS_MALFORMED && status != STATUS_INVALID)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault = { .status = STATUS_OK };
    struct record record = { .name = NULL };
    struct arena arena;
    enum status status;

    arena_init(&arena, 16 * 1024 * 1024);
    status = json_read((struct span){ (const char *)data, size }, fields, &record, &arena, &fault);
    check_status(status, &fault);
    if (!status && !record.name)
        abort(); /* it is required */
    check_limits(&record);

    fault = (struct fault){ .status = STATUS_OK };
    record = (struct record){ .name = NULL };
    const char *query = arena_text(&arena, (const char *)data, size);
    if (query) {
        status = query_read(query, &(struct input_place){ fields, &record }, 1, &arena, &fault);
        check_status(status, &fault);
        check_limits(&record);
    }
    arena_clear(&arena);
    return 0;
}
