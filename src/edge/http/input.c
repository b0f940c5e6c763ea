#include "edge/http/input.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "base/utc.h"

enum { FLAW_SIZE = 80 };

const struct input_field *
input_find(const struct input_field *fields, const char *name, size_t length)
{
    for (; fields && fields->name; fields++) {
        if (strlen(fields->name) == length && !memcmp(fields->name, name, length))
            return fields;
    }
    return NULL;
}

/* Can a value of this kind stand in a query? */
static bool
input_is_single(enum input_kind kind)
{
    return kind != INPUT_REAL && kind != INPUT_TEXTS && kind != INPUT_OBJECT
           && kind != INPUT_OBJECTS;
}

bool
input_is_text(enum input_kind kind)
{
    return kind != INPUT_INT64 && kind != INPUT_REAL && kind != INPUT_BOOL && input_is_single(kind);
}

static enum status
input_put(const struct input_target *to, const void *value, size_t size)
{
    memcpy((char *)to->record + to->field->offset, value, size);
    if (to->field->has)
        memcpy((char *)to->record + to->field->has, &(bool){ true }, sizeof(bool));
    return STATUS_OK;
}

static enum status
refuse_input(const struct input_target *to, const char *code, const char *flaw)
{
    return fail(to->fault, to->source == INPUT_QUERY ? STATUS_MALFORMED : STATUS_INVALID, code,
                to->field->name, "%s %s", to->field->name, flaw);
}

/* Describes the flaw of a text. False: there is none. */
static bool
text_flaw(char out[FLAW_SIZE], const struct input_field *field, const char *text, size_t length)
{
    if ((int64_t)length > field->most)
        snprintf(out, FLAW_SIZE, "is longer than %" PRId64 " bytes", field->most);
    else if ((int64_t)length < field->least && length == 0)
        snprintf(out, FLAW_SIZE, "is empty");
    else if ((int64_t)length < field->least)
        /* A text of too few bytes has too few characters, which people count. */
        snprintf(out, FLAW_SIZE, "is shorter than %" PRId64 " characters", field->least);
    else if (!field->pasted && text_has_control(text, length))
        snprintf(out, FLAW_SIZE, "contains a control character, such as a line break");
    else
        return false;
    return true;
}

static enum status
put_text(const struct input_target *to, const char *text, size_t length)
{
    const struct input_field *field = to->field;
    char flaw[FLAW_SIZE];

    if (text_flaw(flaw, field, text, length))
        return refuse_input(to, to->source == INPUT_BODY && field->refused ? field->refused : "",
                            flaw);

    const char *copy = arena_text(to->arena, text, length);
    if (!copy)
        return fail(to->fault, STATUS_TOO_LARGE, "", field->name,
                    "the request needs too much memory");
    return input_put(to, &copy, sizeof copy);
}

static enum status
put_word(const struct input_target *to, const char *text, size_t length)
{
    const struct input_field *field = to->field;
    size_t place = text_find_word(field->words, field->word_count, text, length);

    if (place == field->word_count)
        return refuse_input(to, "", "is not one of the allowed values");
    if (field->kind == INPUT_WORD)
        return input_put(to, &field->words[place], sizeof field->words[place]);
    return input_put(to, &(unsigned){ (unsigned)place }, sizeof(unsigned));
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

/* Kinds that are a number in the record and a text in the request. */
static enum status
put_parsed(const struct input_target *to, const char *text, size_t length)
{
    static const char *const flaws[INPUT_KIND_COUNT] = {
        [INPUT_TIME] = "is not an instant such as 2026-11-24T13:05:00Z",
        [INPUT_DATE] = "is not a date such as 2026-11-24",
        [INPUT_ID] = "is not an id",
        [INPUT_DURATION] = "is not a duration such as 15m, 1h or 1d, within its limits",
    };
    const struct input_field *field = to->field;
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
        return refuse_input(to, "", flaws[field->kind]);
    return input_put(to, &number, sizeof number);
}

/* Numbers and booleans are texts in a query only. */
static enum status
put_query_value(const struct input_target *to, const char *text, size_t length)
{
    int64_t number;

    assert(!input_is_text(to->field->kind) && input_is_single(to->field->kind));
    if (to->field->kind == INPUT_INT64) {
        if (!text_to_int64(&number, text, length, INT64_MIN, INT64_MAX))
            return refuse_input(to, "", "is not a whole number");
        return input_put_int64(to, number);
    }
    bool truth = length == 4 && !memcmp(text, "true", 4);
    if (!truth && !(length == 5 && !memcmp(text, "false", 5)))
        return refuse_input(to, "", "is neither true nor false");
    return input_put_bool(to, truth);
}

enum status
input_put_text(const struct input_target *to, const char *text, size_t length)
{
    switch (to->field->kind) {
    case INPUT_TEXT:
        return put_text(to, text, length);
    case INPUT_WORD:
    case INPUT_CHOICE:
        return put_word(to, text, length);
    case INPUT_TIME:
    case INPUT_DATE:
    case INPUT_ID:
    case INPUT_DURATION:
        return put_parsed(to, text, length);
    case INPUT_INT64:
    case INPUT_REAL:
    case INPUT_BOOL:
    case INPUT_TEXTS:
    case INPUT_OBJECT:
    case INPUT_OBJECTS:
    case INPUT_KIND_COUNT:
        break;
    }
    return put_query_value(to, text, length);
}

static enum status
out_of_range(const struct input_target *to)
{
    char flaw[FLAW_SIZE];

    snprintf(flaw, sizeof flaw, "is not between %" PRId64 " and %" PRId64, to->field->least,
             to->field->most);
    return refuse_input(to, "", flaw);
}

enum status
input_put_int64(const struct input_target *to, int64_t number)
{
    if (number < to->field->least || number > to->field->most)
        return out_of_range(to);
    return input_put(to, &number, sizeof number);
}

enum status
input_put_real(const struct input_target *to, double number)
{
    if (!(number >= (double)to->field->least && number <= (double)to->field->most))
        return out_of_range(to);
    return input_put(to, &number, sizeof number);
}

enum status
input_put_bool(const struct input_target *to, bool truth)
{
    return input_put(to, &truth, sizeof truth);
}
