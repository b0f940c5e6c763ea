#include "main/temp_dir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum status
temp_dir_open(struct temp_dir *out, struct fault *fault)
{
    const char *parent = getenv("TMPDIR");

    *out = (struct temp_dir){ 0 };
    if (!parent || !*parent || strlen(parent) > TEMP_DIR_PATH_SIZE - 32)
        parent = "/tmp";
    snprintf(out->folder, sizeof out->folder, "%.200s/tenure-demo-XXXXXX", parent);
    if (!mkdtemp(out->folder)) {
        int error = errno;
        out->folder[0] = '\0';
        return fail(fault, STATUS_BROKEN, "", "",
                    "no temporary folder can be created in %.100s: %s", parent, strerror(error));
    }
    snprintf(out->store, sizeof out->store, "sqlite:%s/tenure.db", out->folder);
    snprintf(out->secret, sizeof out->secret, "%s/tenure.secret", out->folder);
    return STATUS_OK;
}

void
temp_dir_remove(struct temp_dir *temp_dir)
{
    static const char *const files[] = {
        "db", "db-wal", "db-shm", "db-journal", "db.lock", "secret"
    };
    char path[TEMP_DIR_PATH_SIZE + 32];

    if (!*temp_dir->folder)
        return;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/tenure.%s", temp_dir->folder, files[i]);
        unlink(path);
    }
    rmdir(temp_dir->folder);
    temp_dir->folder[0] = '\0';
}
