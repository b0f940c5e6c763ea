/* systemd.h - reports the state of the server to systemd, if it runs us (sd_notify(3)). */
#ifndef MAIN_SYSTEMD_H
#define MAIN_SYSTEMD_H

void notify_ready(void);
void notify_stopping(void);

#endif
