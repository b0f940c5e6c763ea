/* temp_dir.h - a temporary folder with a store. */
#ifndef MAIN_TEMP_DIR_H
#define MAIN_TEMP_DIR_H

#include "base/status.h"

enum { TEMP_DIR_PATH_SIZE = 256 };

struct temp_dir {
    char folder[TEMP_DIR_PATH_SIZE];      /* "" for none */
    char store[TEMP_DIR_PATH_SIZE + 32];  /* the URL of an SQLite store in it */
    char secret[TEMP_DIR_PATH_SIZE + 32]; /* the path of its secret file */
};

/* Makes the folder, mode 0700, in $TMPDIR or /tmp.
 *   STATUS_BROKEN  it cannot be made; the reason says why */
enum status temp_dir_open(struct temp_dir *out, struct fault *fault);

/* Removes the store and the folder. It may be called again. */
void temp_dir_remove(struct temp_dir *temp_dir);

#endif
