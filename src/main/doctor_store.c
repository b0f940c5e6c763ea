/* doctor_store.c - the lines of `tenure doctor` about the store. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "main/backend.h"
#include "main/doctor.h"
#include "main/doctor_organizations.h"
#include "service/account/people.h"
#include "service/core/store_secret.h"
#include "service/measurement/damage.h"
#include "store/migrate.h"
#include "store/rights.h"
#include "store/store.h"

enum {
    SAME_EMAILS_SHOWN = 3,
    ANSWER_BYTES = 64 * 1024,
    OTHER_SESSIONS = 8, /* of the writer, the ticker, the compactor, the senders, and a command */
};

#define DISK_LEAST_BYTES (UINT64_C(1) << 30)

/* True: the schema is that of this program. */
static bool
doctor_check_schema(struct doctor *doctor, struct store *store)
{
    struct fault fault = { 0 };
    enum schema_state state = SCHEMA_NONE;
    const char *name = store_driver_name(store);

    if (schema_find(store, &state, &fault)) {
        doctor_find(doctor, "store", VERDICT_FAILED, "%s", fault.reason);
        return false;
    }
    if (state == SCHEMA_NONE)
        doctor_find(doctor, "store", VERDICT_WARNING, "%s is empty: `tenure serve` sets it up",
                    name);
    else if (state != SCHEMA_CURRENT)
        doctor_find(doctor, "store", VERDICT_WARNING,
                    "%s, of an older version: back it up; the next start migrates it", name);
    else
        doctor_find(doctor, "store", VERDICT_OK, "%s, up to date", name);
    return state == SCHEMA_CURRENT;
}

static void
check_connections(struct doctor *doctor, const struct rights *rights)
{
    int64_t wanted = (int64_t)doctor->options.http_threads + OTHER_SESSIONS;
    int64_t left = rights->most - rights->others;

    if (rights->most == 0)
        return;
    if (left < wanted)
        doctor_find(
            doctor, "connections", VERDICT_FAILED,
            "the database leaves %lld connections to this server, which may need %lld: raise "
            "max_connections (or the limit of the user or the database), or lower "
            "--http-threads",
            (long long)(left > 0 ? left : 0), (long long)wanted);
    else
        doctor_find(doctor, "connections", VERDICT_OK,
                    "the database leaves %lld connections; this server needs at most %lld",
                    (long long)left, (long long)wanted);
}

/* `is_current`: no update has to change a table now. */
static void
check_rights(struct doctor *doctor, struct store *store, bool is_current)
{
    struct fault fault = { 0 };
    struct rights rights;

    if (!store_is_shared(store) || rights_read(store, &rights, &fault))
        return; /* SQLite: the file system decides; another line says what has failed */
    if (!rights.may_create)
        doctor_find(doctor, "rights", is_current ? VERDICT_WARNING : VERDICT_FAILED,
                    "this user may not create tables: make it the owner of the database, or GRANT "
                    "CREATE ON SCHEMA");
    else if (!rights.may_write)
        doctor_find(
            doctor, "rights", VERDICT_FAILED,
            "this user may not read and write every table: connect as the user that created "
            "them");
    else if (*rights.table)
        doctor_find(doctor, "rights", is_current ? VERDICT_WARNING : VERDICT_FAILED,
                    "another user owns the table %s, so an update cannot change it: connect as the "
                    "owner, or ALTER TABLE ... OWNER TO",
                    rights.table);
    else
        doctor_find(doctor, "rights", VERDICT_OK,
                    "this user may create, read, write and change the tables");
    check_connections(doctor, &rights);
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
    struct finding finding;

    finding_clock(&finding, call, doctor->options.clock_check);
    doctor_find(doctor, finding.what, finding.verdict, "%s", finding.words);
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
check_space(struct doctor *doctor, const char *folder, const struct statvfs *disk)
{
    uint64_t left = (uint64_t)disk->f_bavail * disk->f_frsize;

    if (disk->f_flag & ST_RDONLY)
        doctor_find(doctor, "disk", VERDICT_FAILED,
                    "the file system of %s is read-only: look at the kernel's log, repair it, and "
                    "mount it again for writing",
                    folder);
    else if (access(folder, W_OK | X_OK))
        doctor_find(doctor, "disk", VERDICT_FAILED,
                    "the folder %s is not writable: give it to the user that runs Tenure", folder);
    else if (left == 0)
        doctor_find(doctor, "disk", VERDICT_FAILED,
                    "no space is left in %s: nothing can be stored; free some space", folder);
    else if (disk->f_files > 0 && disk->f_favail == 0)
        doctor_find(doctor, "disk", VERDICT_FAILED,
                    "no file can be created in %s, which has no inode left: delete some files",
                    folder);
    else if (left < DISK_LEAST_BYTES)
        doctor_find(doctor, "disk", VERDICT_WARNING,
                    "less than 1 GiB is left in %s: free some space", folder);
    else
        doctor_find(doctor, "disk", VERDICT_OK, "%llu GiB left in %s",
                    (unsigned long long)(left >> 30), folder);
}

static void
check_disk(struct doctor *doctor, const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char folder[SETTING_VALUE_MOST_BYTES], file[SETTING_VALUE_MOST_BYTES + 8];
    struct statvfs disk;

    folder_of(folder, path);
    if (statvfs(folder, &disk))
        return; /* the folder does not exist: another line reports that */
    check_space(doctor, folder, &disk);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        if (access(file, R_OK | W_OK) && errno == EACCES)
            doctor_find(doctor, "store", VERDICT_FAILED,
                        "this user cannot read and write %s: change its owner, or run as another "
                        "user",
                        file);
    }
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
    bool is_current = doctor_check_schema(doctor, store);
    check_rights(doctor, store, is_current);
    if (is_current) {
        check_damage(doctor, &call);
        check_emails(doctor, &call);
        doctor_check_organizations(&call, doctor_add_warning, doctor);
    }
    check_secret(doctor, &call);
    check_users(doctor, &call);
    check_clock(doctor, &call);
    arena_clear(&arena);
}

void
doctor_check_store(struct doctor *doctor)
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
