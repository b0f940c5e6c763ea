/* main.c - the table of commands. */
#include "edge/cli/cli.h"
#include "edge/cli/commands.h"
#include "edge/cli/help.h"
#include "main/backend.h"
#include "main/commands.h"

/* Commands that end by themselves log only warnings by default. */
static const struct command_default quiet[] = { { OPTION_LOG_LEVEL, "warning" },
                                                { .words = NULL } };

static const struct command_default demo_defaults[] = {
    { OPTION_STORE, "a temporary one" },
    { OPTION_SECRET_FILE, "beside the store" },
    { OPTION_COAP, DEMO_COAP },
    { OPTION_LOG_LEVEL, "warning" },
    { .words = NULL },
};

static const struct command commands[] = {
    { .name = "serve",
      .operands = "",
      .bit = COMMAND_SERVE,
      .run = serve_run,
      .summary = "serves pages, API and sensors in one process",
      .detail =
          "Runs until SIGTERM or SIGINT. Everything acknowledged is stored by then. A second\n"
          "signal ends it immediately. While there is no user, it prints a link that makes\n"
          "the first one, an operator; `tenure user add --operator` does the same. With\n"
          "--json the first line of output has the addresses and that link, as\n"
          "{\"http\":\"127.0.0.1:8080\",\"coap\":\"[::]:5683\",\"set_up\":null}." },
    { .name = "demo",
      .operands = "",
      .bit = COMMAND_DEMO,
      .defaults = demo_defaults,
      .run = demo_run,
      .summary = "serves an example with simulated sensors",
      .detail = "Serves an example organization on the loopback interface, with simulated sensors\n"
                "that post to it over CoAP. Prints the address and a sign-in with a new password.\n"
                "Its store is temporary and is deleted at the end; --store names one that stays,\n"
                "which must be empty. If port 8080 or 5683 is in use, it takes a free one." },
    { .name = "user add",
      .operands = "",
      .bit = COMMAND_USER_ADD,
      .defaults = quiet,
      .run = user_add_run,
      .summary = "adds a user",
      .detail =
          "Without --password-file it asks for the password at the terminal. A line break at\n"
          "the end of the file is not part of the password." },
    { .name = "code issue",
      .operands = "",
      .bit = COMMAND_CODE_ISSUE,
      .defaults = quiet,
      .run = code_issue_run,
      .summary = "issues an activation code, shown once",
      .detail = "  tenure code issue --quantity 5 --term P2Y --reference \"order 1234\"\n\n"
                "Standard output has only the code." },
    { .name = "code check",
      .operands = "CODE",
      .least_operands = 1,
      .most_operands = 8,
      .bit = COMMAND_CODE_CHECK,
      .defaults = quiet,
      .run = code_check_run,
      .summary = "checks the form of a code; needs no store",
      .detail =
          "Ignores case, hyphens and spaces. Exit code 0 if the code is well-formed, else 1." },
    { .name = "audit verify",
      .operands = "",
      .bit = COMMAND_AUDIT_VERIFY,
      .defaults = quiet,
      .run = audit_verify_run,
      .summary = "checks that the audit log was not changed",
      .detail =
          "Reads the log of every organization and of the operator. Names the first entry of\n"
          "each log that was changed, is missing, or was added after its end. Exit code 0\n"
          "if all logs are intact, else 1. The server may run meanwhile." },
    { .name = "doctor",
      .operands = "",
      .bit = COMMAND_DOCTOR,
      .defaults = quiet,
      .run = doctor_run,
      .summary = "checks the installation and says what to do",
      .detail =
          "Checks the store, its secret file, the disk, the clock, the ports, the public URL and\n"
          "the mail relay, with the settings that `serve` would use. Changes nothing. Prints a\n"
          "line for each: ok, warning or failed. Exit code 1 if any check has failed. The server\n"
          "may run meanwhile; then its ports are in use." },
    { .name = "help",
      .operands = "[COMMAND]",
      .most_operands = 2,
      .bit = COMMAND_HELP,
      .defaults = quiet,
      .run = help_run,
      .summary = "lists the commands, or describes one",
      .detail = "" },
    { .name = "version",
      .operands = "",
      .bit = COMMAND_VERSION,
      .defaults = quiet,
      .run = version_run,
      .summary = "prints the version",
      .detail = "" },
    { .name = NULL },
};

int
main(int argc, char **argv)
{
    return (int)cli_run(commands, &backend, argc > 0 ? argv + 1 : argv);
}
