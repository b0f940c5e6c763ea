#include "edge/cli/answer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_MOST_BYTES = 1024 * 1024 };

static enum exit_code
exit_code_of(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return EXIT_DONE;
    case STATUS_MALFORMED:
    case STATUS_INVALID:
    case STATUS_TOO_LARGE:
        return EXIT_USAGE;
    case STATUS_UNAUTHORIZED:
    case STATUS_FORBIDDEN:
    case STATUS_NOT_FOUND:
    case STATUS_CONFLICT:
    case STATUS_SLOW_DOWN:
    case STATUS_BUSY:
    case STATUS_BROKEN:
    case STATUS_COUNT:
        break;
    }
    return EXIT_FAILED;
}

/* Matches "redeem-by" with "redeem_by", and "organization" with "organization_id". */
static bool
names_option(const char *field, const char *name)
{
    for (; *name; name++, field++)
        if (*field != *name && !(*field == '_' && *name == '-'))
            return false;
    return !*field || !strcmp(field, "_id");
}

/* The flag that a field of a verb came from, or NULL. */
static const struct setting *
option_of(const struct cli *cli, const char *field)
{
    if (!cli->command || !*field)
        return NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if ((options_table[i].users & cli->command->bit)
            && names_option(field, options_table[i].name))
            return &options_table[i];
    return NULL;
}

static void
write_fault(struct json_writer *json, const struct fault *fault)
{
    json_object_open(json);
    json_put_text(json, "code", *fault->code ? fault->code : "failed");
    json_put_text(json, "field", *fault->field ? fault->field : NULL);
    json_put_text(json, "detail", fault->reason);
    json_object_close(json);
}

enum exit_code
cli_fail(const struct cli *cli, const struct fault *fault)
{
    bool names_itself = !strcmp(fault->code, "bad_setting");
    const struct setting *option = names_itself ? NULL : option_of(cli, fault->field);
    struct json_writer json;
    struct buffer text;

    buffer_init(&text, ANSWER_MOST_BYTES);
    if (cli->json) {
        json_begin(&json, &text);
        write_fault(&json, fault);
    } else {
        buffer_printf(&text, "tenure: %s%s%s%s.", option ? "--" : "", option ? option->name : "",
                      option ? ": " : "", fault->reason);
    }
    fprintf(stderr, "%.*s\n", (int)text.size, text.bytes);
    buffer_clear(&text);
    return exit_code_of(fault->status);
}

enum exit_code
cli_answer(const struct cli *cli, void (*fill)(struct json_writer *json, const void *what),
           const void *what)
{
    struct json_writer json;
    struct buffer text;

    buffer_init(&text, ANSWER_MOST_BYTES);
    json_begin(&json, &text);
    json_object_open(&json);
    fill(&json, what);
    json_object_close(&json);
    printf("%.*s\n", (int)text.size, text.bytes);
    buffer_clear(&text);
    return cli_done(cli);
}

enum exit_code
cli_done(const struct cli *cli)
{
    struct fault fault;

    if (fflush(stdout)
        && fail(&fault, STATUS_BROKEN, "", "", "the answer cannot be written: %s", strerror(errno)))
        return cli_fail(cli, &fault);
    return EXIT_DONE;
}

enum exit_code
cli_wrong_usage(const struct cli *cli, const char *reason, ...)
{
    struct fault fault = { .status = STATUS_INVALID, .code = "wrong_usage" };
    va_list arguments;

    va_start(arguments, reason);
    vsnprintf(fault.reason, sizeof fault.reason, reason, arguments);
    va_end(arguments);
    return cli_fail(cli, &fault);
}
