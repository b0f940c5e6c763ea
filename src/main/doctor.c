#include "main/commands.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/zone.h"
#include "edge/cli/answer.h"
#include "main/backend.h"
#include "main/doctor_organizations.h"
#include "main/doctor_relay.h"
#include "main/finding.h"
#include "main/node.h"
#include "main/port.h"
#include "service/account/people.h"
#include "service/core/store_secret.h"
#include "service/measurement/damage.h"
#include "store/migrate.h"
#include "store/store.h"

enum { MOST_FINDINGS = 64, SAME_EMAILS_SHOWN = 3, ANSWER_BYTES = 64 * 1024 };

#define DISK_LEAST_BYTES (UINT64_C(1) << 30)

static const char *const verdict_words[] = { "ok", "warning", "failed" };
_Static_assert(sizeof verdict_words / sizeof *verdict_words == VERDICT_COUNT,
               "a verdict has no word");

struct doctor {
    struct cli *cli;
    struct node_options options;
    struct finding findings[MOST_FINDINGS];
    size_t count;
    bool failed;
};

static void doctor_find(struct doctor *doctor, const char *what, enum verdict verdict,
                        const char *format, ...) PRINTF_LIKE(4, 5);

static void
doctor_find(struct doctor *doctor, const char *what, enum verdict verdict, const char *format, ...)
{
    struct finding *finding = &doctor->findings[doctor->count++];
    va_list arguments;

    finding->what = what;
    finding->verdict = verdict;
    va_start(arguments, format);
    vsnprintf(finding->words, sizeof finding->words, format, arguments);
    va_end(arguments);
    doctor->failed = doctor->failed || verdict == VERDICT_FAILED;
}

/* True: the schema is that of this program. */
static bool
check_schema(struct doctor *doctor, struct store *store)
{
    struct fault fault = { 0 };
    enum schema_state state = SCHEMA_NONE;

    if (schema_find(store, &state, &fault))
        doctor_find(doctor, "store", VERDICT_FAILED, "%s", fault.reason);
    else if (state == SCHEMA_NONE)
        doctor_find(doctor, "store", VERDICT_WARNING, "%s is empty: `tenure serve` sets it up",
                    store_driver_name(store));
    else if (state != SCHEMA_CURRENT)
        doctor_find(doctor, "store", VERDICT_WARNING,
                    "%s, of an older version: back it up; the next start migrates it",
                    store_driver_name(store));
    else
        doctor_find(doctor, "store", VERDICT_OK, "%s, up to date", store_driver_name(store));
    return state == SCHEMA_CURRENT && !*fault.reason;
}

static void
check_damage(struct doctor *doctor, struct call *call)
{
    struct damage_summary damage;
    char day[DATE_TEXT_SIZE];

    if (damage_summary(call, &damage) || damage.count == 0)
        return;
    date_format(day, damage.day);
    doctor_find(
        doctor, "damage", VERDICT_WARNING,
        "damaged rows set aside: %lld, the first is a %s of %s (organization %lld, sensor %lld, "
        "serial %s): check disk and memory; restore that day from a backup or keep what is there, "
        "then delete the row from the table damaged",
        (long long)damage.count, damage.kind, day, (long long)damage.organization_id,
        (long long)damage.sensor_id, *damage.serial ? damage.serial : "of none now");
}

static void
check_secret(struct doctor *doctor, struct call *call)
{
    const char *path = doctor->options.place.secret_file;
    bool found;
    enum status status = store_secret_check(call, path, &found);

    if (status == STATUS_CONFLICT || status == STATUS_INVALID)
        doctor_find(doctor, "secret file", VERDICT_FAILED, "%s", call->db.fault.reason);
    else if (status || !found)
        doctor_find(doctor, "secret file", VERDICT_WARNING,
                    "the store has none yet: the first start creates %s", path);
    else
        doctor_find(doctor, "secret file", VERDICT_OK,
                    "%s belongs to the store; keep a copy of it with every backup", path);
}

static void
check_clock(struct doctor *doctor, struct call *call)
{
    struct finding *finding = &doctor->findings[doctor->count++];

    finding_clock(finding, call, doctor->options.clock_check);
    doctor->failed = doctor->failed || finding->verdict == VERDICT_FAILED;
}

static void
check_users(struct doctor *doctor, struct call *call)
{
    int64_t users = 0;

    if (!people_count(call, &users) && users == 0)
        doctor_find(doctor, "users", VERDICT_WARNING,
                    "none yet: open the link that `tenure serve` prints, or use `tenure user add "
                    "--operator`");
}

/* Names accounts that only their exact addresses tell apart. */
static void
check_emails(struct doctor *doctor, struct call *call)
{
    char pairs[FINDING_WORDS_SIZE / 2] = "";
    struct same_email *found;
    int64_t total;
    size_t count, used = 0;

    if (people_same_emails(call, SAME_EMAILS_SHOWN, &found, &count, &total) || count == 0)
        return;
    for (size_t i = 0; i < count && used < sizeof pairs; i++)
        used += (size_t)snprintf(pairs + used, sizeof pairs - used, "%s%s and %s", i ? ", " : "",
                                 found[i].email, found[i].other);
    doctor_find(
        doctor, "e-mails", VERDICT_WARNING,
        "pairs of accounts whose e-mails count as one: %lld (%s): each signs in with exactly this "
        "address; ask their owners which account to keep",
        (long long)total, pairs);
}

static void
folder_of(char out[SETTING_VALUE_MOST_BYTES], const char *path)
{
    const char *slash = strrchr(path, '/');
    int length = slash && slash > path ? (int)(slash - path) : 1;

    snprintf(out, SETTING_VALUE_MOST_BYTES, "%.*s", length, slash ? path : ".");
}

/* `serve` creates the file and its folder, but not the folder above. */
static void
doctor_check_missing(struct doctor *doctor, const char *file)
{
    char folder[SETTING_VALUE_MOST_BYTES], above[SETTING_VALUE_MOST_BYTES];

    folder_of(folder, file);
    folder_of(above, folder);
    if (!access(folder, F_OK) || !access(above, W_OK))
        doctor_find(doctor, "store", VERDICT_WARNING,
                    "%s does not exist yet: `tenure serve` creates it", file);
    else
        doctor_find(
            doctor, "store", VERDICT_FAILED,
            "%s cannot be created: its folder is missing, and cannot be created either: create the "
            "folder, for the user that runs Tenure",
            file);
}

static void
check_disk(struct doctor *doctor, const char *path)
{
    char folder[SETTING_VALUE_MOST_BYTES];
    struct statvfs disk;

    folder_of(folder, path);
    if (statvfs(folder, &disk))
        return; /* the folder does not exist: check_store() reports that */
    uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (access(folder, W_OK))
        doctor_find(doctor, "disk", VERDICT_FAILED,
                    "the folder %s is not writable: give it to the user that runs Tenure", folder);
    else if (left < DISK_LEAST_BYTES)
        doctor_find(doctor, "disk", VERDICT_WARNING,
                    "less than 1 GiB is left in %s: free some space", folder);
    else
        doctor_find(doctor, "disk", VERDICT_OK, "%llu GiB left in %s",
                    (unsigned long long)(left >> 30), folder);
}

static void
doctor_add_warning(void *with, const char *what, const char *words)
{
    doctor_find(with, what, VERDICT_WARNING, "%s", words);
}

static void
check_inside(struct doctor *doctor, struct store *store)
{
    struct arena arena;
    struct call call = call_of_system(&arena);

    call.db.store = store;
    arena_init(&arena, ANSWER_BYTES);
    if (check_schema(doctor, store)) {
        check_damage(doctor, &call);
        check_emails(doctor, &call);
        doctor_check_organizations(&call, doctor_add_warning, doctor);
    }
    check_secret(doctor, &call);
    check_users(doctor, &call);
    check_clock(doctor, &call);
    arena_clear(&arena);
}

/* Read-only, so that no store is created. */
static void
check_store(struct doctor *doctor)
{
    const char *url = doctor->options.place.store,
               *file = strncmp(url, "sqlite:", 7) ? NULL : url + 7;
    struct store_options options = { .url = url, .mode = STORE_READ_ONLY, .explain = true };
    struct fault fault = { 0 };
    struct store *store = NULL;

    if (file && access(file, F_OK))
        doctor_check_missing(doctor, file);
    else if (store_open(&store, &options, &fault) && backend_advise(url, &fault))
        doctor_find(doctor, "store", VERDICT_FAILED, "%s", fault.reason);
    if (store)
        check_inside(doctor, store);
    store_close(store);
    if (file)
        check_disk(doctor, file);
}

static void
check_port(struct doctor *doctor, const char *what, const char *address, int type)
{
    if (port_is_free(address, type))
        doctor_find(doctor, what, VERDICT_OK, "%s is free", address);
    else
        doctor_find(doctor, what, VERDICT_WARNING,
                    "%s is in use: if not by a running Tenure, choose another one with --%s",
                    address, what);
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
check_zones(struct doctor *doctor)
{
    struct zone *zone = NULL;
    struct fault fault = { 0 };

    if (zone_load(&zone, "Europe/Warsaw", &fault))
        doctor_find(doctor, "time zones", VERDICT_FAILED,
                    "the system has no zone files: install the package tzdata");
    else
        doctor_find(doctor, "time zones", VERDICT_OK, "the system has zone files");
    zone_close(zone);
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
        printf("%-8s %-12s %s\n", verdict_words[doctor->findings[i].verdict],
               doctor->findings[i].what, doctor->findings[i].words);
    return doctor->failed ? EXIT_FAILED : EXIT_DONE;
}

enum exit_code
doctor_run(struct cli *cli)
{
    struct doctor doctor = { .cli = cli };
    struct fault fault = { 0 };

    secret_start();
    if (node_options_read(&cli->settings, &doctor.options, &fault))
        return cli_fail(cli, &fault);
    check_store(&doctor);
    check_zones(&doctor);
    check_port(&doctor, "http", doctor.options.http, SOCK_STREAM);
    check_port(&doctor, "coap", doctor.options.coap, SOCK_DGRAM);
    check_public_url(&doctor);
    check_relay(&doctor);
    return print_findings(&doctor);
}
