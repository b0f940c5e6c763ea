#include "edge/http/input.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "base/utc.h"

enum { FLAW_SIZE = 64 };

const struct input_field *
input_find(const struct input_field *fields, const char *name, size_t length)
{
    for (; fields && fields->name; fields++) {
        if (strlen(fields->name) == length && !memcmp(fields->name, name, length))
            return fields;
    }
    return NULL;
}

bool
input_is_text(enum input_kind kind)
{
    return kind != INPUT_INT64 && kind != INPUT_REAL && kind != INPUT_BOOL && input_is_single(kind);
}

bool
input_is_single(enum input_kind kind)
{
    return kind != INPUT_REAL && kind != INPUT_TEXTS && kind != INPUT_OBJECT
           && kind != INPUT_OBJECTS;
}

static void
input_put(const struct input_field *field, void *record, const void *value, size_t size)
{
    memcpy((char *)record + field->offset, value, size);
    if (field->has)
        memcpy((char *)record + field->has, &(bool){ true }, sizeof(bool));
}

static enum status
refusal(enum input_source source)
{
    return source == INPUT_QUERY ? STATUS_MALFORMED : STATUS_INVALID;
}

/* What is wrong with a text; false when nothing is. */
static bool
text_flaw(char out[FLAW_SIZE], const struct input_field *field, const char *text, size_t length)
{
    if ((int64_t)length > field->most)
        snprintf(out, FLAW_SIZE, "is longer than %" PRId64 " bytes", field->most);
    else if ((int64_t)length < field->least && length == 0)
        snprintf(out, FLAW_SIZE, "is empty");
    else if ((int64_t)length < field->least)
        /* What has too few bytes has too few characters, and these are what people count. */
        snprintf(out, FLAW_SIZE, "is shorter than %" PRId64 " characters", field->least);
    else if (text_has_control(text, length))
        snprintf(out, FLAW_SIZE, "contains a control character, such as a line break");
    else
        return false;
    return true;
}

static enum status
put_text(const struct input_field *field, void *record, const char *text, size_t length,
         enum input_source source, struct arena *arena, struct fault *fault)
{
    char flaw[FLAW_SIZE];

    if (text_flaw(flaw, field, text, length))
        return fail(fault, refusal(source),
                    source == INPUT_BODY && field->refused ? field->refused : "", field->name,
                    "%s %s", field->name, flaw);

    const char *copy = arena_text(arena, text, length);
    if (!copy)
        return fail(fault, STATUS_TOO_LARGE, "", field->name, "the request needs too much memory");
    input_put(field, record, &copy, sizeof copy);
    return STATUS_OK;
}

static enum status
put_word(const struct input_field *field, void *record, const char *text, size_t length,
         enum input_source source, struct fault *fault)
{
    size_t place = text_find_word(field->words, field->word_count, text, length);

    if (place == field->word_count)
        return fail(fault, refusal(source), "", field->name, "%s is not one of the allowed values",
                    field->name);
    if (field->kind == INPUT_WORD)
        input_put(field, record, &field->words[place], sizeof field->words[place]);
    else
        input_put(field, record, &(unsigned){ (unsigned)place }, sizeof(unsigned));
    return STATUS_OK;
}

/* "15m": a number and one unit. */
static bool
duration_parse(int64_t *out, const char *text, size_t length, int64_t least, int64_t most)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    int64_t count;

    if (length < 2 || !text_to_int64(&count, text, length - 1, 0, 1000000))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (units[i].unit != text[length - 1])
            continue;
        *out = count * units[i].seconds;
        return *out >= least && *out <= most;
    }
    return false;
}

/* Kinds that are a number inside and a text outside. */
static enum status
put_parsed(const struct input_field *field, void *record, const char *text, size_t length,
           enum input_source source, struct fault *fault)
{
    static const char *const forms[INPUT_KIND_COUNT] = {
        [INPUT_TIME] = "an instant such as 2026-11-24T13:05:00Z",
        [INPUT_DATE] = "a date such as 2026-11-24",
        [INPUT_ID] = "an id",
        [INPUT_DURATION] = "a duration such as 15m, 1h or 1d, within its limits",
    };
    int64_t number;
    bool good = false;

    if (field->kind == INPUT_TIME)
        good = utc_parse(&number, text, length);
    if (field->kind == INPUT_DATE)
        good = date_parse(&number, text, length);
    if (field->kind == INPUT_ID)
        good = id_parse(&number, text, length);
    if (field->kind == INPUT_DURATION)
        good = duration_parse(&number, text, length, field->least, field->most);
    if (!good)
        return fail(fault, refusal(source), "", field->name, "%s is not %s", field->name,
                    forms[field->kind]);
    input_put(field, record, &number, sizeof number);
    return STATUS_OK;
}

/* Numbers and truths stand as texts in a query only. */
static enum status
put_query_value(const struct input_field *field, void *record, const char *text, size_t length,
                struct fault *fault)
{
    int64_t number;

    assert(!input_is_text(field->kind) && input_is_single(field->kind));
    if (field->kind == INPUT_INT64) {
        if (!text_to_int64(&number, text, length, INT64_MIN, INT64_MAX))
            return fail(fault, STATUS_MALFORMED, "", field->name, "%s is not a whole number",
                        field->name);
        return input_put_int64(field, record, number, INPUT_QUERY, fault);
    }
    bool truth = length == 4 && !memcmp(text, "true", 4);
    if (!truth && !(length == 5 && !memcmp(text, "false", 5)))
        return fail(fault, STATUS_MALFORMED, "", field->name, "%s is neither true nor false",
                    field->name);
    input_put_bool(field, record, truth);
    return STATUS_OK;
}

enum status
input_put_text(const struct input_field *field, void *record, const char *text, size_t length,
               enum input_source source, struct arena *arena, struct fault *fault)
{
    switch (field->kind) {
    case INPUT_TEXT:
        return put_text(field, record, text, length, source, arena, fault);
    case INPUT_WORD:
    case INPUT_CHOICE:
        return put_word(field, record, text, length, source, fault);
    case INPUT_TIME:
    case INPUT_DATE:
    case INPUT_ID:
    case INPUT_DURATION:
        return put_parsed(field, record, text, length, source, fault);
    case INPUT_INT64:
    case INPUT_REAL:
    case INPUT_BOOL:
    case INPUT_TEXTS:
    case INPUT_OBJECT:
    case INPUT_OBJECTS:
    case INPUT_KIND_COUNT:
        break;
    }
    return put_query_value(field, record, text, length, fault);
}

enum status
input_put_int64(const struct input_field *field, void *record, int64_t number,
                enum input_source source, struct fault *fault)
{
    if (number < field->least || number > field->most)
        return fail(fault, refusal(source), "", field->name,
                    "%s is not between %" PRId64 " and %" PRId64, field->name, field->least,
                    field->most);
    input_put(field, record, &number, sizeof number);
    return STATUS_OK;
}

/* In a body only. */
enum status
input_put_real(const struct input_field *field, void *record, double number, struct fault *fault)
{
    if (!(number >= (double)field->least && number <= (double)field->most))
        return fail(fault, STATUS_INVALID, "", field->name,
                    "%s is not between %" PRId64 " and %" PRId64, field->name, field->least,
                    field->most);
    input_put(field, record, &number, sizeof number);
    return STATUS_OK;
}

void
input_put_bool(const struct input_field *field, void *record, bool truth)
{
    input_put(field, record, &truth, sizeof truth);
}
