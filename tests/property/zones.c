#include "zones.h"

#include <dirent.h>
#include <string.h>

#include "support/check.h"

struct walk {
    void (*visit)(const struct zone *zone, struct random *random);
    struct random random;
    int visited;
};

static void
visit_name(struct walk *walk, const char *name)
{
    const struct zone *zone;
    struct fault fault;

    if (zone_get(&zone, name, &fault))
        return; /* a folder, or one of the tables beside the zones */
    check_row(zone_name(zone));
    walk->visit(zone, &walk->random);
    walk->visited++;
}

static void
walk_folder(struct walk *walk, const char *root, const char *prefix)
{
    char path[512], name[512];
    const struct dirent *entry;

    snprintf(path, sizeof path, "%s/%s", root, prefix);
    DIR *folder = opendir(path);
    if (!folder)
        return;
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] < 'A' || entry->d_name[0] > 'Z')
            continue;
        int length =
            snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? "/" : "", entry->d_name);
        if (length >= (int)sizeof name)
            continue;
        if (entry->d_type == DT_DIR)
            walk_folder(walk, root, name);
        else
            visit_name(walk, name);
    }
    closedir(folder);
}

void
for_each_zone(void (*visit)(const struct zone *zone, struct random *random))
{
    const char *root = getenv("TZDIR");
    struct walk walk = { .visit = visit, .random = random_seeded() };

    walk_folder(&walk, root ? root : "/usr/share/zoneinfo", "");
    check_row("all zones");
    check(walk.visited >= ZONES_EXPECTED_AT_LEAST);
}
