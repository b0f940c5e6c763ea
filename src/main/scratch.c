#include "main/scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum status
scratch_open(struct scratch *out, struct fault *fault)
{
    const char *parent = getenv("TMPDIR");

    *out = (struct scratch){ 0 };
    if (!parent || !*parent || strlen(parent) > SCRATCH_PATH_SIZE - 32)
        parent = "/tmp";
    snprintf(out->folder, sizeof out->folder, "%.200s/tenure-demo-XXXXXX", parent);
    if (!mkdtemp(out->folder)) {
        int error = errno;
        out->folder[0] = '\0';
        return fail(fault, STATUS_BROKEN, "", "", "no temporary folder can be made in %.100s: %s",
                    parent, strerror(error));
    }
    snprintf(out->store, sizeof out->store, "sqlite:%s/tenure.db", out->folder);
    snprintf(out->secret, sizeof out->secret, "%s/tenure.secret", out->folder);
    return STATUS_OK;
}

void
scratch_remove(struct scratch *scratch)
{
    static const char *const files[] = {
        "db", "db-wal", "db-shm", "db-journal", "db.lock", "secret"
    };
    char path[SCRATCH_PATH_SIZE + 32];

    if (!*scratch->folder)
        return;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/tenure.%s", scratch->folder, files[i]);
        unlink(path);
    }
    rmdir(scratch->folder);
    scratch->folder[0] = '\0';
}
