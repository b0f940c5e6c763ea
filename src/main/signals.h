/* signals.h - the two signals that end a server; one thread handles them. */
#ifndef MAIN_SIGNALS_H
#define MAIN_SIGNALS_H

/* Blocks SIGTERM and SIGINT, and ignores SIGPIPE. Call it before any thread starts, so that every
 * thread inherits it. */
void signals_block(void);

/* Waits for one of them. From then on another one ends the process immediately. */
void signals_wait(void);

#endif
