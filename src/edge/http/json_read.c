#include "edge/http/json_read.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"

static enum status put_members(json_t *object, const struct input_field *fields, void *record,
                               struct arena *arena, struct fault *fault);

static enum status
wrong_type(const struct input_field *field, const char *wanted, struct fault *fault)
{
    return fail(fault, STATUS_MALFORMED, "wrong_type", field->name, "%s has to be %s", field->name,
                wanted);
}

static enum status
put_texts(const struct input_field *field, void *record, const json_t *array, struct arena *arena,
          struct fault *fault)
{
    struct input_field item = {
        .name = field->name,
        .kind = INPUT_TEXT,
        .least = field->least,
        .most = field->most,
        .refused = field->refused,
    };
    struct input_texts texts = { .count = json_array_size(array) };

    if (texts.count > field->most_items)
        return fail(fault, STATUS_INVALID, "", field->name, "%s has more than %zu items",
                    field->name, field->most_items);
    if (texts.count < field->least_items)
        return fail(fault, STATUS_INVALID, "", field->name, "%s has fewer than %zu items",
                    field->name, field->least_items);
    texts.items = arena_new(arena, (texts.count + 1) * sizeof *texts.items);
    if (!texts.items)
        return fail(fault, STATUS_TOO_LARGE, "", field->name, "the request needs too much memory");
    for (size_t i = 0; i < texts.count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_string(value))
            return wrong_type(field, "a list of strings", fault);
        enum status status = input_put_text(&item, &texts.items[i], json_string_value(value),
                                            json_string_length(value), INPUT_BODY, arena, fault);
        if (status)
            return status;
    }
    memcpy((char *)record + field->offset, &texts, sizeof texts);
    return STATUS_OK;
}

static enum status
put_object(const struct input_field *field, void *record, json_t *object, struct arena *arena,
           struct fault *fault)
{
    if (field->has)
        memcpy((char *)record + field->has, &(bool){ true }, sizeof(bool));
    return put_members(object, field->fields, (char *)record + field->offset, arena, fault);
}

static enum status
put_objects(const struct input_field *field, void *record, json_t *array, struct arena *arena,
            struct fault *fault)
{
    struct input_objects objects = { .count = json_array_size(array) };

    if (objects.count > field->most_items)
        return fail(fault, STATUS_INVALID, "", field->name, "%s has more than %zu items",
                    field->name, field->most_items);
    objects.items = arena_new(arena, (objects.count + 1) * field->item_size);
    if (!objects.items)
        return fail(fault, STATUS_TOO_LARGE, "", field->name, "the request needs too much memory");
    for (size_t i = 0; i < objects.count; i++) {
        json_t *value = json_array_get(array, i);
        if (!json_is_object(value))
            return wrong_type(field, "a list of objects", fault);
        enum status status = put_members(
            value, field->fields, (char *)objects.items + i * field->item_size, arena, fault);
        if (status)
            return status;
    }
    memcpy((char *)record + field->offset, &objects, sizeof objects);
    return STATUS_OK;
}

static enum status
put_value(const struct input_field *field, void *record, json_t *value, struct arena *arena,
          struct fault *fault)
{
    if (field->kind == INPUT_TEXTS)
        return json_is_array(value) ? put_texts(field, record, value, arena, fault)
                                    : wrong_type(field, "a list of strings", fault);
    if (field->kind == INPUT_OBJECTS)
        return json_is_array(value) ? put_objects(field, record, value, arena, fault)
                                    : wrong_type(field, "a list of objects", fault);
    if (field->kind == INPUT_OBJECT)
        return json_is_object(value) ? put_object(field, record, value, arena, fault)
                                     : wrong_type(field, "an object", fault);
    if (input_is_text(field->kind) && json_is_string(value))
        return input_put_text(field, record, json_string_value(value), json_string_length(value),
                              INPUT_BODY, arena, fault);
    if (field->kind == INPUT_INT64 && json_is_integer(value))
        return input_put_int64(field, record, json_integer_value(value), INPUT_BODY, fault);
    if (field->kind == INPUT_REAL && json_is_number(value))
        return input_put_real(field, record, json_number_value(value), fault);
    if (field->kind == INPUT_BOOL && json_is_boolean(value)) {
        input_put_bool(field, record, json_is_true(value));
        return STATUS_OK;
    }
    return wrong_type(field,
                      field->kind == INPUT_INT64  ? "a whole number"
                      : field->kind == INPUT_REAL ? "a number"
                      : field->kind == INPUT_BOOL ? "true or false"
                                                  : "a text",
                      fault);
}

/* The name of an unknown field comes from outside: only a plain one is repeated. */
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
        const struct input_field *field = input_find(fields, name, strlen(name));
        if (!field)
            return fail_unknown(name, fault);
        enum status status = put_value(field, record, value, arena, fault);
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

/* jansson refuses by itself: invalid UTF-8, \u0000 in a text, numbers out of range, anything
 * behind the value, nesting deeper than 2048. */
static enum status
load(json_t **out, const char *text, size_t size, struct fault *fault)
{
    json_error_t error;

    *out = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (*out)
        return STATUS_OK;
    return fail(fault, STATUS_MALFORMED, "", "", "the body is not JSON: line %d, column %d",
                error.line, error.column);
}

enum status
json_read(const char *text, size_t size, const struct input_field *fields, void *record,
          struct arena *arena, struct fault *fault)
{
    json_t *root;

    if (size == 0 && !any_required(fields))
        return STATUS_OK;
    if (size == 0)
        return fail(fault, STATUS_MALFORMED, "", "", "the request needs a JSON object as its body");

    enum status status = load(&root, text, size, fault);
    if (status)
        return status;
    status = json_is_object(root)
                 ? put_members(root, fields, record, arena, fault)
                 : fail(fault, STATUS_MALFORMED, "", "", "the body is not a JSON object");
    json_decref(root);
    return status;
}

struct reading_rows {
    const struct input_field *fields;
    void *room;
    size_t record_size;
    struct arena *arena;
    json_row *row;
    void *with;
};

static enum status
json_read_row(const struct reading_rows *reading, json_t *value)
{
    struct fault fault = { .status = STATUS_OK };
    enum status status;

    memset(reading->room, 0, reading->record_size);
    if (json_is_object(value))
        status = put_members(value, reading->fields, reading->room, reading->arena, &fault);
    else
        status = fail(&fault, STATUS_MALFORMED, "wrong_type", "", "a row has to be an object");
    return reading->row(reading->with, reading->room, status ? &fault : NULL);
}

enum status
json_read_array(const char *text, size_t size, const struct input_field *fields, void *room,
                size_t record_size, size_t most, struct arena *arena, json_row *row, void *with,
                struct fault *fault)
{
    const struct reading_rows reading = { fields, room, record_size, arena, row, with };
    json_t *root, *value;
    size_t place;
    enum status status = load(&root, text, size, fault);

    if (status)
        return status;
    if (!json_is_array(root))
        status = fail(fault, STATUS_MALFORMED, "", "", "the body is not a JSON array");
    else if (json_array_size(root) > most)
        status = fail(fault, STATUS_TOO_LARGE, "", "", "the body has more than %zu rows", most);
    json_array_foreach(root, place, value)
    {
        if (!status)
            status = json_read_row(&reading, value);
    }
    json_decref(root);
    return status;
}
