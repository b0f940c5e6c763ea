#include "main/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "edge/cli/answer.h"
#include "main/commands.h"
#include "main/doctor_relay.h"

static const char *const verdict_words[] = { "ok", "warning", "failed" };
_Static_assert(sizeof verdict_words / sizeof *verdict_words == VERDICT_COUNT,
               "a verdict has no word");

void
doctor_find(struct doctor *doctor, const char *what, enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    doctor->failed = doctor->failed || verdict == VERDICT_FAILED;
    if (doctor->count == DOCTOR_MOST_FINDINGS)
        return;
    struct finding *finding = &doctor->findings[doctor->count++];
    finding->what = what;
    finding->verdict = verdict;
    va_start(arguments, format);
    vsnprintf(finding->words, sizeof finding->words, format, arguments);
    va_end(arguments);
}

static void
check_public_url(struct doctor *doctor)
{
    const char *url = doctor->options.public_url;

    if (!*url)
        doctor_find(
            doctor, "public URL", VERDICT_WARNING,
            "not set: links in e-mails have the address that Tenure listens on; set --public-url");
    else if (strncmp(url, "https://", 8) != 0)
        doctor_find(doctor, "public URL", VERDICT_WARNING,
                    "%s is not https: passwords travel unencrypted; put a proxy with TLS in front "
                    "of Tenure",
                    url);
    else
        doctor_find(doctor, "public URL", VERDICT_OK, "%s", url);
}

static void
find_relay_answer(struct doctor *doctor, enum smtp_step step, const struct transfer_result *result)
{
    char words[DOCTOR_RELAY_SIZE];
    bool serves = doctor_relay_write(words, step, result);

    doctor_find(doctor, "mail relay",
                result->end == TRANSFER_DONE ? VERDICT_OK
                : serves                     ? VERDICT_WARNING
                                             : VERDICT_FAILED,
                "%s", words);
}

/* Connects as for a mail, but sends none. */
static void
check_relay(struct doctor *doctor)
{
    struct transfer_result result;
    struct outgoing *outgoing = NULL;
    struct fault fault = { 0 };

    if (!*doctor->options.outgoing.smtp) {
        doctor_find(doctor, "mail relay", VERDICT_WARNING,
                    "not set: e-mails wait; give --smtp and --mail-from");
    } else if (outgoing_open(&outgoing, &doctor->options.outgoing, &fault)) {
        doctor_find(doctor, "mail relay", VERDICT_FAILED, "%s", fault.reason);
    } else {
        enum smtp_step step = transfer_mail_check(outgoing_relay(outgoing), &result);
        find_relay_answer(doctor, step, &result);
    }
    outgoing_stop(outgoing);
}

static void
write_findings(struct json_writer *json, const void *what)
{
    const struct doctor *doctor = what;

    json_put_bool(json, "ok", !doctor->failed);
    json_put_array_open(json, "checks");
    for (size_t i = 0; i < doctor->count; i++) {
        json_object_open(json);
        json_put_text(json, "name", doctor->findings[i].what);
        json_put_text(json, "state", verdict_words[doctor->findings[i].verdict]);
        json_put_text(json, "detail", doctor->findings[i].words);
        json_object_close(json);
    }
    json_array_close(json);
}

static enum exit_code
print_findings(const struct doctor *doctor)
{
    if (doctor->cli->json) {
        enum exit_code written = cli_answer(doctor->cli, write_findings, doctor);
        return written == EXIT_DONE && doctor->failed ? EXIT_FAILED : written;
    }
    for (size_t i = 0; i < doctor->count; i++)
        printf("%-8s %-14s %s\n", verdict_words[doctor->findings[i].verdict],
               doctor->findings[i].what, doctor->findings[i].words);
    return doctor->failed ? EXIT_FAILED : EXIT_DONE;
}

enum exit_code
doctor_run(struct cli *cli)
{
    struct doctor doctor = { .cli = cli };
    struct fault fault = { 0 };

    if (!settings_given(&cli->settings, OPTION_LOG_LEVEL))
        log_start(LOG_LEVEL_COUNT); /* the report says it all */
    secret_start();
    if (node_options_read(&cli->settings, &doctor.options, &fault))
        return cli_fail(cli, &fault);
    doctor_check_store(&doctor);
    doctor_check_ports(&doctor);
    doctor_check_machine(&doctor);
    doctor_check_unit(&doctor);
    check_public_url(&doctor);
    check_relay(&doctor);
    return print_findings(&doctor);
}
