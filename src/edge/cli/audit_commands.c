#include "edge/cli/command.h"

#include <stdio.h>
#include <unistd.h>

#include "base/id.h"
#include "edge/cli/answer.h"
#include "service/audit/audit_log.h"

/* "Cold chain (id)" */
static void
write_whose(char *out, size_t size, const struct audit_verdict *verdict)
{
    char id[ID_TEXT_SIZE];

    id_format(id, verdict->organization_id);
    if (verdict->organization_id == AUDIT_OPERATOR_CHAIN)
        snprintf(out, size, "the operator's log");
    else
        snprintf(out, size, "%s (%s)", *verdict->name ? verdict->name : "an organization", id);
}

static void
write_verification(struct json_writer *json, const void *what)
{
    const struct audit_verification *found = what;

    json_put_bool(json, "ok", found->flawed == 0);
    json_put_int64(json, "chains", (int64_t)found->count);
    json_put_int64(json, "entries", found->entries);
    json_put_array_open(json, "flaws");
    for (size_t i = 0; i < found->count; i++) {
        const struct audit_verdict *verdict = &found->chains[i];
        if (verdict->flaw == AUDIT_WHOLE)
            continue;
        json_object_open(json);
        json_put_id(json, "organization_id", verdict->organization_id); /* null: the operator's */
        json_put_text(json, "organization", *verdict->name ? verdict->name : NULL);
        json_put_int64(json, "entry", verdict->sequence);
        json_put_id(json, "entry_id", verdict->sequence);
        json_put_text(json, "detail", audit_flaw_words(verdict->flaw));
        json_object_close(json);
    }
    json_array_close(json);
}

static void
print_verification(const struct audit_verification *found)
{
    char whose[512];

    for (size_t i = 0; i < found->count; i++) {
        const struct audit_verdict *verdict = &found->chains[i];
        if (verdict->flaw == AUDIT_WHOLE)
            continue;
        write_whose(whose, sizeof whose, verdict);
        printf("%s: entry %lld %s.\n", whose, (long long)verdict->sequence,
               audit_flaw_words(verdict->flaw));
    }
    if (found->flawed == 0)
        printf("All %lld entries of %zu chains are intact.\n", (long long)found->entries,
               found->count);
    else
        printf("%lld of %zu chains are not intact.\n", (long long)found->flawed, found->count);
}

static void
show_progress(void *with, int64_t read, int64_t all)
{
    (void)with;
    fprintf(stderr, "\r%lld of %lld entries", (long long)read,
            (long long)(all > read ? all : read));
    if (read >= all)
        fprintf(stderr, "\n");
}

enum exit_code
audit_verify_run(struct cli *cli)
{
    struct audit_verification found;
    struct call call = { 0 };
    enum exit_code code;

    if (cli->backend->open(cli, &call))
        return cli_fail(cli, &call.db.fault);
    if (audit_verify(&call, isatty(STDERR_FILENO) && !cli->json ? show_progress : NULL, NULL,
                     &found)) {
        code = cli_fail(cli, &call.db.fault);
    } else {
        code = found.flawed ? EXIT_FAILED : EXIT_DONE;
        if (!cli->json)
            print_verification(&found);
        else if (cli_answer(cli, write_verification, &found))
            code = EXIT_FAILED;
    }
    cli->backend->close(&call);
    return code;
}
