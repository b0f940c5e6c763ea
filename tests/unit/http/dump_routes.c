/* dump_routes.c - prints the tables of routes and of problem codes as JSON, for
 * tests/rules/openapi.py. */
#include <stdio.h>

#include "base/json_write.h"
#include "edge/http/problem.h"
#include "edge/http/route.h"

static const char *const kinds[] = {
    [INPUT_TEXT] = "text",       [INPUT_WORD] = "word",   [INPUT_CHOICE] = "word",
    [INPUT_INT64] = "int64",     [INPUT_BOOL] = "bool",   [INPUT_TIME] = "time",
    [INPUT_DATE] = "date",       [INPUT_ID] = "id",       [INPUT_DURATION] = "duration",
    [INPUT_REAL] = "real",       [INPUT_TEXTS] = "texts", [INPUT_OBJECT] = "object",
    [INPUT_OBJECTS] = "objects",
};

static const char *const accesses[] = {
    [ACCESS_PUBLIC] = "public", [ACCESS_ANYBODY] = "anybody",   [ACCESS_SIGNED_IN] = "signed_in",
    [ACCESS_MEMBER] = "member", [ACCESS_OPERATOR] = "operator",
};

static const char *const permissions[] = {
    [PERMISSION_SEE] = "see",
    [PERMISSION_SEE_STAFF] = "see_staff",
    [PERMISSION_LICENSES] = "licenses",
    [PERMISSION_SENSORS] = "sensors",
    [PERMISSION_ADMINISTER] = "administer",
};

_Static_assert(sizeof kinds / sizeof kinds[0] == INPUT_KIND_COUNT, "every kind has a word");
_Static_assert(sizeof permissions / sizeof permissions[0] == PERMISSION_COUNT,
               "every permission has a word");

static void
write_fields(struct json_writer *json, const char *key, const struct input_field *field)
{
    json_key(json, key);
    json_array_open(json);
    for (; field && field->name; field++) {
        json_object_open(json);
        json_put_text(json, "name", field->name);
        json_put_text(json, "kind", kinds[field->kind]);
        json_put_bool(json, "required", field->required);
        json_put_int64(json, "least", field->least);
        json_put_int64(json, "most", field->most);
        json_put_int64(json, "least_items", (int64_t)field->least_items);
        json_put_int64(json, "most_items", (int64_t)field->most_items);
        write_fields(json, "fields", field->fields);
        json_key(json, "words");
        json_array_open(json);
        for (size_t i = 0; i < field->word_count; i++) {
            if (field->words[i])
                json_text(json, field->words[i]);
        }
        json_array_close(json);
        json_object_close(json);
    }
    json_array_close(json);
}

static void
write_route(struct json_writer *json, const struct http_route *route)
{
    json_object_open(json);
    json_put_text(json, "method", http_method_word(route->method));
    json_put_text(json, "path", route->path);
    json_put_text(json, "access", accesses[route->access]);
    json_put_text(json, "permission",
                  route->access == ACCESS_MEMBER ? permissions[route->permission] : NULL);
    json_put_bool(json, "dry_run", route->dry_run);
    json_put_bool(json, "reads_body", route->reads_body);
    json_put_bool(json, "writes", route->work == WORK_WRITE || route->work == WORK_PASSWORD);
    write_fields(json, "body", route->body);
    write_fields(json, "query", route->query);
    json_object_close(json);
}

int
main(void)
{
    struct buffer out;
    struct json_writer json;

    buffer_init(&out, 1024 * 1024);
    json_begin(&json, &out);
    json_object_open(&json);
    json_key(&json, "routes");
    json_array_open(&json);
    for (const struct http_route *const *table = http_routes; *table; table++) {
        for (const struct http_route *route = *table; route->path; route++)
            write_route(&json, route);
    }
    json_array_close(&json);
    json_key(&json, "codes");
    json_array_open(&json);
    for (const struct problem_code *row = problem_codes; row->code; row++)
        json_text(&json, row->code);
    json_array_close(&json);
    json_object_close(&json);
    puts(out.bytes);
    buffer_clear(&out);
    return 0;
}
