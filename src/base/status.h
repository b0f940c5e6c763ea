/*
 * status.h - how functions report failures.
 *
 * A function that can fail returns `enum status` and takes a `struct fault *`
 * as its last parameter (or a `struct call *`, which holds one). It fills the
 * fault exactly when it returns non-zero. There is no global and no
 * thread-local error state.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdint.h>

/* With clang, a call that ignores the status does not compile. */
#ifdef __clang__
#define NEVER_IGNORED __attribute__((warn_unused_result))
#else
#define NEVER_IGNORED
#endif
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* Each value answers one question: what should the caller do now? Each edge has one table that
 * turns it into an HTTP code, a CoAP code or an exit code. */
enum NEVER_IGNORED status {
    STATUS_OK = 0,
    STATUS_MALFORMED,    /* cannot be read at all; mend its form */
    STATUS_INVALID,      /* can be read, but breaks a rule; do not send it again */
    STATUS_TOO_LARGE,    /* send less */
    STATUS_UNAUTHORIZED, /* say who you are */
    STATUS_FORBIDDEN,    /* we know who you are; you may not */
    STATUS_NOT_FOUND,    /* no such thing, or none that you may see */
    STATUS_CONFLICT,     /* the state says no; read, then decide again */
    STATUS_SLOW_DOWN,    /* too many tries; wait until fault.until */
    STATUS_BUSY,         /* nothing was changed; try again later */
    STATUS_BROKEN,       /* our bug or a broken disk; a person must look */
    STATUS_COUNT
};

/* A number of a failure: how many are needed, how many there are. */
struct fault_number {
    char name[16];
    int64_t number;
};

enum { FAULT_NUMBERS = 2 };

/* Why a call failed. Plain data: copy it, keep it, throw it away. */
struct fault {
    enum status status;
    char code[32];    /* stable word for programs; "" = the status's own */
    char field[48];   /* input field at fault, "" if none; safe to show */
    char reason[256]; /* one sentence without a full stop; safe to show */
    int64_t until;    /* utc_seconds from which to try again; 0 unless SLOW_DOWN */
    struct fault_number numbers[FAULT_NUMBERS]; /* the name "" ends them */
};

/* Fills `fault` and returns `status`, so that a failing path is one line:
 *     return fail(fault, STATUS_CONFLICT, "no_licenses_left", "", "the pool is empty");
 * A text that does not fit is cut. `fault` may be NULL. */
enum status fail(struct fault *fault, enum status status, const char *code, const char *field,
                 const char *reason, ...) PRINTF_LIKE(5, 6);

/* After fail(): adds a number for programs. More than FAULT_NUMBERS is a bug. */
void fault_add_number(struct fault *fault, const char *name, int64_t number);

#endif
