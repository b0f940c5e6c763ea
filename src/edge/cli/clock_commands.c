#include "edge/cli/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edge/cli/answer.h"
#include "service/clock/clock_reset.h"

struct reset_report {
    utc_seconds before, after;
    bool changed;
    struct clock_leftovers left;
};

static void
write_reset(struct json_writer *json, const void *what)
{
    const struct reset_report *report = what;

    json_put_bool(json, "changed", report->changed);
    json_put_time(json, "mark_before", report->before);
    json_put_time(json, "mark", report->after);
    json_put_object_open(json, "not_undone");
    json_put_int64(json, "licenses_assigned", report->left.licenses);
    json_put_int64(json, "renewals", report->left.renewals);
    json_put_int64(json, "codes_redeemed", report->left.keys);
    json_put_int64(json, "notices_sent", report->left.notices);
    json_put_int64(json, "alerts", report->left.alerts);
    json_put_int64(json, "messages_waiting_for_compaction", report->left.measurements);
    json_put_int64(json, "audit_entries", report->left.entries);
    json_object_close(json);
}

static void
print_count(FILE *out, int64_t count, const char *what)
{
    if (count > 0)
        fprintf(out, "  %lld %s\n", (long long)count, what);
}

/* Prints what a reset does not undo. */
static void
print_leftovers(FILE *out, const struct clock_leftovers *left)
{
    fprintf(out, "A reset cannot undo the decisions for those instants:\n"
                 "  licenses that counted as expired, and measurements refused for that reason\n");
    print_count(out, left->licenses,
                "licenses assigned; those that have not started can be taken back");
    print_count(out, left->renewals, "of these licenses are automatic renewals");
    print_count(out, left->keys, "activation codes redeemed");
    print_count(out, left->notices, "notices sent");
    print_count(out, left->alerts, "alerts that began or ended");
    print_count(out, left->measurements, "messages of sensors with a wrong time of arrival");
    print_count(out, left->entries, "entries of audit logs with a wrong time");
}

/* Refuses a clock that differs from the database's. Warns about one that only the kernel does not
 * call synchronized. */
static enum status
reset_check_trust(const struct cli *cli, const struct call *call, const struct clock_review *review,
                  struct fault *fault)
{
    char now[UTC_TEXT_SIZE], database[UTC_TEXT_SIZE];

    if (review->trust == CLOCK_TRUSTED || settings_on(&cli->settings, OPTION_FORCE))
        return STATUS_OK;
    utc_format(now, call->now);
    utc_format(database, review->stored.database_at);
    if (review->trust == CLOCK_UNLIKE_DATABASE)
        return fail(fault, STATUS_CONFLICT, "clock_differs", "",
                    "this machine's clock reads %s, but the database's reads %s: correct the one "
                    "that is wrong first; --force believes this machine's",
                    now, database);
    fprintf(stderr,
            "This machine's clock reads %s. The kernel does not call it synchronized: make sure "
            "that it is right.\n",
            now);
    return STATUS_OK;
}

/* Asks at a terminal, but not in a script. EXIT_DONE: go on. */
static enum exit_code
reset_ask(const struct cli *cli)
{
    char answer[16] = "";

    if (settings_on(&cli->settings, OPTION_YES) || !isatty(STDIN_FILENO))
        return EXIT_DONE;
    fprintf(stderr, "Reset the mark? Type yes: ");
    if (!fgets(answer, sizeof answer, stdin) || strcmp(answer, "yes\n") != 0) {
        fprintf(stderr, "Nothing was changed.\n");
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static enum exit_code
reset_answer(const struct cli *cli, const struct reset_report *report)
{
    char before[UTC_TEXT_SIZE], after[UTC_TEXT_SIZE];

    if (cli->json)
        return cli_answer(cli, write_reset, report);
    utc_format(before, report->before);
    utc_format(after, report->after);
    if (report->changed)
        printf("The clock's mark was %s and is now %s. A running server continues by itself.\n",
               before, after);
    else
        printf("The clock's mark is not in the future: nothing was changed.\n");
    return cli_done(cli);
}

static enum exit_code
reset_mark(struct cli *cli, struct call *call)
{
    struct clock_review review;
    struct reset_report report = { 0 };
    struct fault fault;

    if (clock_review(call, call->clock->checks, &review))
        return cli_fail(cli, &call->db.fault);
    report.before = report.after = review.stored.mark;
    if (!review.behind)
        return reset_answer(cli, &report);
    if (reset_check_trust(cli, call, &review, &fault))
        return cli_fail(cli, &fault);
    if (clock_leftovers_count(call, &report.left))
        return cli_fail(cli, &call->db.fault);
    if (!cli->json)
        print_leftovers(stderr, &report.left);
    enum exit_code code = reset_ask(cli);
    if (code != EXIT_DONE)
        return code;
    if (clock_reset(call, &report.changed))
        return cli_fail(cli, &call->db.fault);
    report.after = call->now;
    return reset_answer(cli, &report);
}

enum exit_code
clock_reset_run(struct cli *cli)
{
    struct call call = { 0 };

    if (cli->backend->open(cli, &call))
        return cli_fail(cli, &call.db.fault);
    enum exit_code code = reset_mark(cli, &call);
    cli->backend->close(&call);
    return code;
}
