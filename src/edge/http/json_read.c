#include "edge/http/json_read.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"

static enum status put_members(json_t *object, const struct input_field *fields, void *record,
                               struct arena *arena, struct fault *fault);

static enum status
wrong_type(const struct input_target *to, const char *wanted)
{
    return fail(to->fault, STATUS_MALFORMED, "wrong_type", to->field->name, "%s has to be %s",
                to->field->name, wanted);
}

/* Checks the number of items and allocates one more. */
static enum status
make_items(const struct input_target *to, size_t count, size_t item_size, void *out)
{
    const struct input_field *field = to->field;

    if (count > field->most_items)
        return fail(to->fault, STATUS_INVALID, "", field->name, "%s has more than %zu items",
                    field->name, field->most_items);
    if (count < field->least_items)
        return fail(to->fault, STATUS_INVALID, "", field->name, "%s has fewer than %zu items",
                    field->name, field->least_items);
    void *items = arena_new(to->arena, (count + 1) * item_size);
    if (!items)
        return fail(to->fault, STATUS_TOO_LARGE, "", field->name,
                    "the request needs too much memory");
    memcpy(out, &items, sizeof items);
    return STATUS_OK;
}

static enum status
put_texts(const struct input_target *to, const json_t *array)
{
    struct input_field item = {
        .name = to->field->name,
        .kind = INPUT_TEXT,
        .least = to->field->least,
        .most = to->field->most,
        .refused = to->field->refused,
    };
    struct input_texts texts = { .count = json_array_size(array) };
    enum status status = make_items(to, texts.count, sizeof *texts.items, &texts.items);

    for (size_t i = 0; !status && i < texts.count; i++) {
        struct input_target text = { &item, &texts.items[i], INPUT_BODY, to->arena, to->fault };
        const json_t *value = json_array_get(array, i);
        status = json_is_string(value)
                     ? input_put_text(&text, json_string_value(value), json_string_length(value))
                     : wrong_type(to, "a list of strings");
    }
    memcpy((char *)to->record + to->field->offset, &texts, sizeof texts);
    return status;
}

static enum status
put_object(const struct input_target *to, json_t *object)
{
    if (to->field->has)
        memcpy((char *)to->record + to->field->has, &(bool){ true }, sizeof(bool));
    return put_members(object, to->field->fields, (char *)to->record + to->field->offset, to->arena,
                       to->fault);
}

static enum status
put_objects(const struct input_target *to, json_t *array)
{
    struct input_objects objects = { .count = json_array_size(array) };
    size_t size = to->field->item_size;
    enum status status = make_items(to, objects.count, size, &objects.items);

    for (size_t i = 0; !status && i < objects.count; i++) {
        json_t *value = json_array_get(array, i);
        status = json_is_object(value)
                     ? put_members(value, to->field->fields, (char *)objects.items + i * size,
                                   to->arena, to->fault)
                     : wrong_type(to, "a list of objects");
    }
    memcpy((char *)to->record + to->field->offset, &objects, sizeof objects);
    return status;
}

static enum status
put_value(const struct input_target *to, json_t *value)
{
    enum input_kind kind = to->field->kind;

    if (kind == INPUT_TEXTS)
        return json_is_array(value) ? put_texts(to, value) : wrong_type(to, "a list of strings");
    if (kind == INPUT_OBJECTS)
        return json_is_array(value) ? put_objects(to, value) : wrong_type(to, "a list of objects");
    if (kind == INPUT_OBJECT)
        return json_is_object(value) ? put_object(to, value) : wrong_type(to, "an object");
    if (input_is_text(kind) && json_is_string(value))
        return input_put_text(to, json_string_value(value), json_string_length(value));
    if (kind == INPUT_INT64 && json_is_integer(value))
        return input_put_int64(to, json_integer_value(value));
    if (kind == INPUT_REAL && json_is_number(value))
        return input_put_real(to, json_number_value(value));
    if (kind == INPUT_BOOL && json_is_boolean(value))
        return input_put_bool(to, json_is_true(value));
    return wrong_type(to, kind == INPUT_INT64  ? "a whole number"
                          : kind == INPUT_REAL ? "a number"
                          : kind == INPUT_BOOL ? "true or false"
                                               : "a text");
}

/* Repeats the name of an unknown field only if it is short and plain. */
static enum status
fail_unknown(const char *name, struct fault *fault)
{
    size_t length = strlen(name);

    if (length >= sizeof fault->field || text_has_control(name, length))
        return fail(fault, STATUS_MALFORMED, "unknown_field", "", "there is no such field");
    return fail(fault, STATUS_MALFORMED, "unknown_field", name, "there is no field \"%s\"", name);
}

static enum status
put_members(json_t *object, const struct input_field *fields, void *record, struct arena *arena,
            struct fault *fault)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        struct input_target to = { input_find(fields, name, strlen(name)), record, INPUT_BODY,
                                   arena, fault };
        if (!to.field)
            return fail_unknown(name, fault);
        enum status status = put_value(&to, value);
        if (status)
            return status;
    }
    for (; fields && fields->name; fields++) {
        if (fields->required && !json_object_get(object, fields->name))
            return fail(fault, STATUS_INVALID, "field_missing", fields->name, "%s is missing",
                        fields->name);
    }
    return STATUS_OK;
}

static bool
any_required(const struct input_field *fields)
{
    for (; fields && fields->name; fields++) {
        if (fields->required)
            return true;
    }
    return false;
}

/* Some programs write a byte order mark, which a reader may skip (RFC 8259, section 8.1). */
static struct span
without_mark(struct span text)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t size = sizeof mark - 1;

    if (text.length >= size && !memcmp(text.at, mark, size))
        return (struct span){ text.at + size, text.length - size };
    return text;
}

/* jansson itself refuses invalid UTF-8, \u0000 in a text, numbers out of range, nesting deeper than
 * 2048, and text after the value. */
static enum status
load(json_t **out, struct span text, struct fault *fault)
{
    json_error_t error;

    *out = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, &error);
    if (*out)
        return STATUS_OK;
    return fail(fault, STATUS_MALFORMED, "", "", "the body is not JSON: line %d, column %d",
                error.line, error.column);
}

enum status
json_read(struct span text, const struct input_field *fields, void *record, struct arena *arena,
          struct fault *fault)
{
    json_t *root;

    text = without_mark(text);
    if (text.length == 0 && !any_required(fields))
        return STATUS_OK;
    if (text.length == 0)
        return fail(fault, STATUS_MALFORMED, "", "", "the request needs a JSON object as its body");

    enum status status = load(&root, text, fault);
    if (status)
        return status;
    status = json_is_object(root)
                 ? put_members(root, fields, record, arena, fault)
                 : fail(fault, STATUS_MALFORMED, "", "", "the body is not a JSON object");
    json_decref(root);
    return status;
}

static enum status
json_read_row(const struct json_rows *rows, json_t *value, struct arena *arena)
{
    struct fault fault = { .status = STATUS_OK };
    enum status status;

    memset(rows->record, 0, rows->record_size);
    if (json_is_object(value))
        status = put_members(value, rows->fields, rows->record, arena, &fault);
    else
        status = fail(&fault, STATUS_MALFORMED, "wrong_type", "", "a row has to be an object");
    return rows->row(rows->with, rows->record, status ? &fault : NULL);
}

enum status
json_read_array(struct span text, const struct json_rows *rows, struct arena *arena,
                struct fault *fault)
{
    json_t *root;
    enum status status = load(&root, without_mark(text), fault);

    if (status)
        return status;
    if (!json_is_array(root))
        status = fail(fault, STATUS_MALFORMED, "", "", "the body is not a JSON array");
    else if (json_array_size(root) > rows->most)
        status =
            fail(fault, STATUS_TOO_LARGE, "", "", "the body has more than %zu rows", rows->most);
    for (size_t i = 0; !status && i < json_array_size(root); i++)
        status = json_read_row(rows, json_array_get(root, i), arena);
    json_decref(root);
    return status;
}
