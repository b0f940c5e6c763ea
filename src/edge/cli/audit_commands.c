#include "edge/cli/command.h"

#include <stdio.h>
#include <unistd.h>

#include "base/id.h"
#include "edge/cli/answer.h"
#include "service/audit/audit_log.h"
#include "service/audit/audit_seal.h"

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

static bool
audit_is_intact(const struct audit_verification *found)
{
    return found->flawed == 0 && !found->seals.flaw;
}

static void
write_seals(struct json_writer *json, const struct audit_seals_verdict *seals)
{
    char words[AUDIT_SEAL_WORDS_SIZE];

    audit_seal_flaw_write(words, seals);
    json_put_object_open(json, "seals");
    json_put_bool(json, "ok", !seals->flaw);
    json_put_int64(json, "first", seals->first);
    json_put_int64(json, "last", seals->last);
    json_put_time(json, "since", seals->since);
    json_put_int64(json, "unsealed_entries", seals->unsealed);
    json_put_text(json, "detail", words);
    json_object_close(json);
}

static void
write_verification(struct json_writer *json, const void *what)
{
    const struct audit_verification *found = what;

    json_put_bool(json, "ok", audit_is_intact(found));
    write_seals(json, &found->seals);
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
print_seals(const struct audit_seals_verdict *seals)
{
    char words[AUDIT_SEAL_WORDS_SIZE], since[UTC_TEXT_SIZE];

    audit_seal_flaw_write(words, seals);
    utc_format(since, seals->since);
    if (seals->flaw)
        printf("The seals do not hold: %s.\n", words);
    else if (seals->last < seals->first)
        printf("There was nothing to seal yet.\n");
    else
        printf("Seals %lld to %lld hold: a log that was rewritten after %s is found. Entries newer "
               "than the last seal: %lld.\n",
               (long long)seals->first, (long long)seals->last, since, (long long)seals->unsealed);
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
    print_seals(&found->seals);
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

/* A log that is not intact gets no new seal. */
static enum exit_code
verify_and_seal(struct cli *cli, struct call *call)
{
    struct audit_verification found;
    const struct audit_verify_request request = {
        .head = settings_given(&cli->settings, OPTION_HEAD)
                    ? settings_text(&cli->settings, OPTION_HEAD)
                    : NULL,
        .progress = isatty(STDERR_FILENO) && !cli->json ? show_progress : NULL,
    };

    if (audit_verify(call, &request, &found))
        return cli_fail(cli, &call->db.fault);
    bool intact = audit_is_intact(&found);
    if (!cli->json)
        print_verification(&found);
    else if (cli_answer(cli, write_verification, &found))
        return EXIT_FAILED;
    if (intact && audit_seal_all(call))
        return cli_fail(cli, &call->db.fault);
    return intact ? EXIT_DONE : EXIT_FAILED;
}

enum exit_code
audit_verify_run(struct cli *cli)
{
    struct call call = { 0 };

    if (cli->backend->open(cli, &call))
        return cli_fail(cli, &call.db.fault);
    enum exit_code code = verify_and_seal(cli, &call);
    cli->backend->close(&call);
    return code;
}

static void
write_head(struct json_writer *json, const void *what)
{
    const char *head = what;

    json_put_text(json, "head", *head ? head : NULL);
}

static enum exit_code
print_head(struct cli *cli, struct call *call)
{
    char head[AUDIT_HEAD_SIZE];

    if (audit_seal_all(call) || audit_head(call, head))
        return cli_fail(cli, &call->db.fault);
    if (cli->json)
        return cli_answer(cli, write_head, head);
    if (*head)
        printf("%s\n", head);
    else
        fprintf(stderr, "The audit log has no entries yet.\n");
    return cli_done(cli);
}

enum exit_code
audit_head_run(struct cli *cli)
{
    struct call call = { 0 };

    if (cli->backend->open(cli, &call))
        return cli_fail(cli, &call.db.fault);
    enum exit_code code = print_head(cli, &call);
    cli->backend->close(&call);
    return code;
}
