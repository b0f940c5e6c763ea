/*
 * signals.h - the two signals that end a server, taken by one thread.
 */
#ifndef MAIN_SIGNALS_H
#define MAIN_SIGNALS_H

/* Blocks SIGTERM and SIGINT, and ignores SIGPIPE. Before any thread is started, so
 * that every thread inherits it. */
void signals_block(void);

/* Waits for one of them. From then on a further one ends the process at once. */
void signals_wait(void);

#endif
