/*
 * notify.h - tells the service manager how the server is (sd_notify(3)). Does
 * nothing where there is none.
 */
#ifndef MAIN_SYSTEMD_H
#define MAIN_SYSTEMD_H

void notify_ready(void);
void notify_stopping(void);

#endif
