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

enum { PATH_SIZE = 1024 };

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

/* NULL: there is no file, or it is no regular one. A named pipe does not block. */
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

/* Returns the size; 0: there is no file, it cannot be read, or it is too large. */
static size_t
read_zone_file(uint8_t *bytes, size_t room, const char *name)
{
    const char *directory = getenv("TZDIR");
    char path[PATH_SIZE];

    if (snprintf(path, sizeof path, "%s/%s", directory ? directory : "/usr/share/zoneinfo", name)
        >= PATH_SIZE)
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

/* Loaded zones. Only valid names are added, about 600. */
struct loaded {
    struct zone *zone;
    struct loaded *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct loaded *all;

static enum status
load_once(const struct zone **out, const char *name, struct fault *fault)
{
    for (struct loaded *known = all; known; known = known->next)
        if (!strcmp(known->zone->name, name)) {
            *out = known->zone;
            return STATUS_OK;
        }

    struct loaded *loaded = memory_new(1, sizeof *loaded);
    enum status status = zone_load(&loaded->zone, name, fault);
    if (status) {
        free(loaded);
        return status;
    }
    loaded->next = all;
    all = loaded;
    *out = loaded->zone;
    return STATUS_OK;
}

enum status
zone_get(const struct zone **out, const char *name, struct fault *fault)
{
    pthread_mutex_lock(&lock);
    enum status status = load_once(out, name, fault);
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
