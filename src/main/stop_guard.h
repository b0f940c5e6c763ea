/* stop_guard.h - the end of a process whose stop does not end. */
#ifndef MAIN_STOP_GUARD_H
#define MAIN_STOP_GUARD_H

/* We promise to end within 5 s. */
enum { STOP_GUARD_MS = 4700 };

/* From now on the process ends in STOP_GUARD_MS at the latest, with a line in the log. Nothing
 * acknowledged is lost: the store undoes what is not committed, as after a crash. Without another
 * thread there is no guard. */
void stop_guard_start(void);

#endif
