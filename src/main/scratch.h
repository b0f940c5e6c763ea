/*
 * scratch.h - a folder for one run, and the store in it.
 */
#ifndef MAIN_SCRATCH_H
#define MAIN_SCRATCH_H

#include "base/status.h"

enum { SCRATCH_PATH_SIZE = 256 };

struct scratch {
    char folder[SCRATCH_PATH_SIZE];      /* "" when there is none */
    char store[SCRATCH_PATH_SIZE + 32];  /* the URL of an SQLite store in it */
    char secret[SCRATCH_PATH_SIZE + 32]; /* the path of its secret file */
};

/* Makes the folder, mode 0700, in $TMPDIR or /tmp.
 *   STATUS_BROKEN  it cannot be made; the reason says why */
enum status scratch_open(struct scratch *out, struct fault *fault);

/* Removes the store and the folder. Once more is fine. */
void scratch_remove(struct scratch *scratch);

#endif
