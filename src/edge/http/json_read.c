#include "edge/http/json_read.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"

static enum status
put_value(const struct input_field *field, void *record, const json_t *value, struct arena *arena,
          struct fault *fault)
{
    if (input_is_text(field->kind) && json_is_string(value))
        return input_put_text(field, record, json_string_value(value), json_string_length(value),
                              INPUT_BODY, arena, fault);
    if (field->kind == INPUT_INT64 && json_is_integer(value))
        return input_put_int64(field, record, json_integer_value(value), INPUT_BODY, fault);
    if (field->kind == INPUT_BOOL && json_is_boolean(value)) {
        input_put_bool(field, record, json_is_true(value));
        return STATUS_OK;
    }
    return fail(fault, STATUS_MALFORMED, "wrong_type", field->name, "%s has to be a %s",
                field->name,
                field->kind == INPUT_INT64  ? "whole number"
                : field->kind == INPUT_BOOL ? "true or false"
                                            : "text");
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

enum status
json_read(const char *text, size_t size, const struct input_field *fields, void *record,
          struct arena *arena, struct fault *fault)
{
    json_error_t error;

    if (size == 0 && !any_required(fields))
        return STATUS_OK;
    if (size == 0)
        return fail(fault, STATUS_MALFORMED, "", "", "the request needs a JSON object as its body");

    /* jansson refuses by itself: invalid UTF-8, \u0000 in a text, numbers out of range,
     * anything behind the object, nesting deeper than 2048. */
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return fail(fault, STATUS_MALFORMED, "", "", "the body is not JSON: line %d, column %d",
                    error.line, error.column);

    enum status status = json_is_object(root) ? put_members(root, fields, record, arena, fault)
                                              : fail(fault, STATUS_MALFORMED, "", "",
                                                     "the body is not a JSON object");
    json_decref(root);
    return status;
}
