/* main.c - the table of commands. */
#include "edge/cli/audit_commands.h"
#include "edge/cli/cli.h"
#include "edge/cli/code_commands.h"
#include "edge/cli/help.h"
#include "edge/cli/user_commands.h"
#include "main/backend.h"
#include "main/demo.h"
#include "main/doctor.h"
#include "main/serve.h"

/* One-shot commands are quiet unless they are told otherwise. */
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
      .summary = "everything in one process: pages, API, sensors",
      .detail = "Runs until SIGTERM or SIGINT; what was acknowledged is stored by then. A second\n"
                "signal ends it at once. As long as there is no user it prints a link that makes\n"
                "the first one, an operator; `tenure user add --operator` does the same. With\n"
                "--json the first line of its output is the addresses and that link, as\n"
                "{\"http\":\"127.0.0.1:8080\",\"coap\":\"[::]:5683\",\"set_up\":null}." },
    { .name = "demo",
      .operands = "",
      .bit = COMMAND_DEMO,
      .defaults = demo_defaults,
      .run = demo_run,
      .summary = "an example organization with simulated sensors",
      .detail = "Serves an example organization on the loopback interface, with simulated sensors\n"
                "that post to it over CoAP, and prints the address and a sign-in with a new\n"
                "password. Its store is a temporary one, which goes when it ends; --store names\n"
                "one that stays, and has to be empty. Port 8080 or 5683 in use: a free one is\n"
                "taken instead." },
    { .name = "user add",
      .operands = "",
      .bit = COMMAND_USER_ADD,
      .defaults = quiet,
      .run = user_add_run,
      .summary = "a first or further user",
      .detail = "Without --password-file the password is asked for at the terminal. A line\n"
                "break at the end of the file is not part of the password." },
    { .name = "code issue",
      .operands = "",
      .bit = COMMAND_CODE_ISSUE,
      .defaults = quiet,
      .run = code_issue_run,
      .summary = "a new activation code, shown once",
      .detail = "  tenure code issue --quantity 5 --term P2Y --reference \"order 1234\"\n\n"
                "Standard output holds the code and nothing else." },
    { .name = "code check",
      .operands = "CODE",
      .least_operands = 1,
      .most_operands = 8,
      .bit = COMMAND_CODE_CHECK,
      .defaults = quiet,
      .run = code_check_run,
      .summary = "is a code well-formed? needs no store",
      .detail = "Case, hyphens and spaces do not count. Exit code 0 if it is, 1 if it is not." },
    { .name = "audit verify",
      .operands = "",
      .bit = COMMAND_AUDIT_VERIFY,
      .defaults = quiet,
      .run = audit_verify_run,
      .summary = "has anybody changed the audit log?",
      .detail = "Walks the log of every organization and the operator's own, and names the first\n"
                "entry of each that was changed, is missing, or was added behind its end. Exit\n"
                "code 0 if all fit, 1 if not. The server may run meanwhile." },
    { .name = "doctor",
      .operands = "",
      .bit = COMMAND_DOCTOR,
      .defaults = quiet,
      .run = doctor_run,
      .summary = "is all well, and if not, what is to be done?",
      .detail =
          "Looks at the store, its secret file, the disk, the clock, the ports, the public URL\n"
          "and the mail relay, with the settings that `serve` would use, and changes nothing.\n"
          "A line for each: ok, warning or failed. Exit code 1 when something has failed. The\n"
          "server may run meanwhile; then it is the one that has the ports." },
    { .name = "help",
      .operands = "[COMMAND]",
      .most_operands = 2,
      .bit = COMMAND_HELP,
      .defaults = quiet,
      .run = help_run,
      .summary = "this list, or all about one command",
      .detail = "" },
    { .name = "version",
      .operands = "",
      .bit = COMMAND_VERSION,
      .defaults = quiet,
      .run = version_run,
      .summary = "which version this is",
      .detail = "" },
    { .name = NULL },
};

int
main(int argc, char **argv)
{
    return (int)cli_run(commands, &backend, argc > 0 ? argv + 1 : argv);
}
