/* zone_load.c - loads zones by name from the zone directory. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/zone_file.h"

enum { PATH_SIZE = 1024, ZONE_CHECK_SECONDS = 1 };

/* See zone_load(). Without dots a name cannot leave the directory. */
static bool
zone_load_name_is_good(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t length = strlen(name);

    return length > 0 && length < ZONE_NAME_SIZE && strspn(name, allowed) == length
           && name[0] >= 'A' && name[0] <= 'Z' && name[length - 1] != '/' && !strstr(name, "//");
}

static enum status
unknown(struct fault *fault, const char *name)
{
    return fail(fault, STATUS_INVALID, "time_zone_unknown", "time_zone",
                "there is no time zone named \"%.64s\"", name);
}

/* NULL: there is no file, or it is not a regular one. A named pipe does not block. */
static FILE *
open_zone_file(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat state;

    if (descriptor < 0)
        return NULL;
    FILE *file = !fstat(descriptor, &state) && S_ISREG(state.st_mode) ? fdopen(descriptor, "rb")
                                                                      : NULL;
    if (!file)
        close(descriptor);
    return file;
}

/* False: it is too long. */
static bool
zone_path(char out[PATH_SIZE], const char *name)
{
    const char *directory = getenv("TZDIR");

    return snprintf(out, PATH_SIZE, "%s/%s", directory ? directory : "/usr/share/zoneinfo", name)
           < PATH_SIZE;
}

/* Returns the size; 0: there is no file, it cannot be read, or it is too large. */
static size_t
read_zone_file(uint8_t *bytes, size_t room, const char *name)
{
    char path[PATH_SIZE];

    if (!zone_path(path, name))
        return 0;
    FILE *file = open_zone_file(path);
    if (!file)
        return 0;
    size_t size = fread(bytes, 1, room, file);
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    return whole ? size : 0;
}

enum status
zone_load(struct zone **out, const char *name, struct fault *fault)
{
    if (!zone_load_name_is_good(name))
        return fail(fault, STATUS_INVALID, "time_zone_unknown", "time_zone",
                    "a time zone has a name such as Europe/Warsaw");

    size_t room = ZONE_FILE_MOST_BYTES + 1;
    uint8_t *bytes = memory_must(malloc(room));
    size_t size = read_zone_file(bytes, room, name);
    enum status status = size > 0 ? zone_parse(out, bytes, size, fault) : unknown(fault, name);
    free(bytes);
    if (!status)
        snprintf((*out)->name, sizeof(*out)->name, "%s", name);
    return status;
}

/* Identifies the content of a file. */
struct zone_version {
    dev_t device;
    ino_t number;
    off_t size;
    struct timespec changed_at;
};

/* Loaded zones, about 600: only valid names are added. A newer version of a zone stands before the
 * older one, which others may still use. */
struct loaded {
    struct zone *zone;
    struct zone_version version;
    int64_t checked_at; /* monotonic nanoseconds */
    struct loaded *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct loaded *all;

/* All zeros: there is no file. */
static struct zone_version
version_of(const char *name)
{
    char path[PATH_SIZE];
    struct stat state;

    if (!zone_path(path, name) || stat(path, &state))
        return (struct zone_version){ 0 };
    return (struct zone_version){ state.st_dev, state.st_ino, state.st_size, state.st_mtim };
}

/* Looks at the file at most once in ZONE_CHECK_SECONDS. A file that is gone has not changed. */
static bool
zone_has_changed(struct loaded *known)
{
    int64_t now = monotonic_nanoseconds();

    if (now - known->checked_at < ZONE_CHECK_SECONDS * INT64_C(1000000000))
        return false;
    known->checked_at = now;
    struct zone_version found = version_of(known->zone->name), had = known->version;
    if (found.number == 0)
        return false;
    known->version = found; /* a file that cannot be read is not read again and again */
    return found.device != had.device || found.number != had.number || found.size != had.size
           || found.changed_at.tv_sec != had.changed_at.tv_sec
           || found.changed_at.tv_nsec != had.changed_at.tv_nsec;
}

static enum status
zone_add(const struct zone **out, const char *name, struct fault *fault)
{
    struct loaded *loaded = memory_new(1, sizeof *loaded);

    *loaded = (struct loaded){
        .version = version_of(name),
        .checked_at = monotonic_nanoseconds(),
        .next = all,
    };
    enum status status = zone_load(&loaded->zone, name, fault);
    if (status) {
        free(loaded);
        return status;
    }
    all = loaded;
    *out = loaded->zone;
    return STATUS_OK;
}

static enum status
zone_find(const struct zone **out, const char *name, struct fault *fault)
{
    struct loaded *known = all;

    while (known && strcmp(known->zone->name, name) != 0)
        known = known->next;
    if (!known)
        return zone_add(out, name, fault);
    *out = known->zone;
    if (zone_has_changed(known))
        (void)zone_add(out, name, NULL); /* otherwise it stays as it was */
    return STATUS_OK;
}

enum status
zone_get(const struct zone **out, const char *name, struct fault *fault)
{
    pthread_mutex_lock(&lock);
    enum status status = zone_find(out, name, fault);
    pthread_mutex_unlock(&lock);
    return status;
}

const struct zone *
zone_get_or_utc(const char *name, bool *missing)
{
    static const struct zone utc = { .name = "UTC" };
    const struct zone *found = &utc;
    bool is_missing = zone_get(&found, name, NULL) != STATUS_OK;

    if (missing)
        *missing = is_missing;
    return found;
}
