#include "edge/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "domain/code.h"
#include "domain/pasted.h"
#include "domain/term.h"
#include "edge/cli/answer.h"
#include "service/code/codes.h"

static const char *
given(const struct cli *cli, enum option option)
{
    return settings_given(&cli->settings, option) ? settings_text(&cli->settings, option) : NULL;
}

static enum status
read_organization(const struct cli *cli, struct code_request *out, struct fault *fault)
{
    const char *text = given(cli, OPTION_ORGANIZATION);

    if (text && !id_parse(&out->organization_id, text, strlen(text)))
        return fail(fault, STATUS_INVALID, "wrong_usage", "organization",
                    "it must be an organization's id: 13 symbols of 0-9 and a-z");
    return STATUS_OK;
}

/* Checks everything that needs no store. */
static enum status
code_read_request(const struct cli *cli, struct code_request *out, struct fault *fault)
{
    const char *term = given(cli, OPTION_TERM), *redeem_by = given(cli, OPTION_REDEEM_BY);
    struct term parsed;

    if (!given(cli, OPTION_QUANTITY) || !term)
        return fail(fault, STATUS_INVALID, "wrong_usage", "",
                    "--quantity and --term are needed, such as --quantity 5 --term P2Y");
    if (!term_parse(&parsed, term, strlen(term)))
        return fail(fault, STATUS_INVALID, "wrong_usage", "term",
                    "\"%s\" is not a term: P2Y, P18M, P2W or P30D, from one day to ten years",
                    term);
    *out = (struct code_request){
        .quantity = settings_int64(&cli->settings, OPTION_QUANTITY),
        .term = term,
        .has_redeem_by = redeem_by,
        .reference = given(cli, OPTION_REFERENCE),
    };
    if (redeem_by && !date_parse(&out->redeem_by, redeem_by, strlen(redeem_by)))
        return fail(fault, STATUS_INVALID, "wrong_usage", "redeem-by",
                    "\"%s\" is not a date: write it as 2026-11-24", redeem_by);
    return read_organization(cli, out, fault);
}

static void
code_write_order(struct json_writer *json, const void *what)
{
    const struct code_order *order = what;

    json_put_id(json, "id", order->id);
    json_put_text(json, "code", order->code);
    json_put_int64(json, "quantity", order->quantity);
    json_put_text(json, "term", order->term);
    json_put_date(json, "redeem_by", order->has_redeem_by ? order->redeem_by : 0);
    json_put_id(json, "organization_id", order->bound_organization_id);
    json_put_text(json, "reference", order->reference);
    json_put_time(json, "issued_at", order->issued_at);
}

static enum exit_code
print_order(const struct cli *cli, const struct code_order *order)
{
    if (cli->json)
        return cli_answer(cli, code_write_order, order);
    printf("%s\n", order->code);
    enum exit_code code = cli_done(cli);
    if (code != EXIT_DONE)
        return code;
    if (order->quantity == 1)
        fprintf(stderr, "1 license of %s.", order->term);
    else
        fprintf(stderr, "%lld licenses of %s each.", (long long)order->quantity, order->term);
    fputs(" The code is shown only once; keep it safe.\n", stderr);
    return EXIT_DONE;
}

enum exit_code
code_issue_run(struct cli *cli)
{
    struct code_request request;
    struct code_order order;
    struct call call = { 0 };
    enum exit_code code;

    if (code_read_request(cli, &request, &call.db.fault) || cli->backend->open(cli, &call))
        return cli_fail(cli, &call.db.fault);
    if (code_issue(&call, &request, &order))
        code = cli_fail(cli, &call.db.fault);
    else
        code = print_order(cli, &order);
    cli->backend->close(&call);
    return code;
}

struct checked {
    enum code_reading reading;
    char text[CODE_TEXT_SIZE];
    char flaw[CODE_EXPLAINED_SIZE];
};

static void
write_checked(struct json_writer *json, const void *what)
{
    const struct checked *checked = what;

    json_put_bool(json, "well_formed", checked->reading == CODE_OK);
    if (checked->reading == CODE_OK)
        json_put_text(json, "code", checked->text);
    else
        json_put_text(json, "detail", checked->flaw);
}

/* The command line says more than the pages have room for. */
static void
explain(struct checked *checked, const char *typed)
{
    if (checked->reading == CODE_BAD_CHECK)
        snprintf(checked->flaw, sizeof checked->flaw,
                 "one symbol is wrong, or two neighbors are swapped");
    else
        code_explain(checked->flaw, typed, strlen(typed));
}

/* A code with spaces arrives as several arguments. */
static void
join_operands(const struct settings *settings, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < settings->operand_count && used < size; i++)
        used +=
            (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", settings->operands[i]);
}

enum exit_code
code_check_run(struct cli *cli)
{
    struct checked checked;
    struct code code;
    char typed[PASTED_SIZE];

    join_operands(&cli->settings, typed, sizeof typed);
    checked.reading = code_parse(&code, typed, strlen(typed));
    if (checked.reading == CODE_OK)
        code_format(checked.text, &code);
    else
        explain(&checked, typed);
    if (cli->json) {
        enum exit_code written = cli_answer(cli, write_checked, &checked);
        return written == EXIT_DONE && checked.reading != CODE_OK ? EXIT_FAILED : written;
    }
    if (checked.reading == CODE_OK)
        printf("%s is well-formed. Only the server knows whether it is still valid.\n",
               checked.text);
    else
        printf("This is not a code: %s.\n", checked.flaw);
    return checked.reading == CODE_OK ? EXIT_DONE : EXIT_FAILED;
}
