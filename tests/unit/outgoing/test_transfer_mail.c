#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "edge/outgoing/transfer.h"
#include "support/check.h"

enum { A_MOMENT_MS = 50 };

/* A relay that offers SMTPUTF8 and talks to one client at a time. */
static struct {
    int listener;
    char url[64];
    sem_t at_sender; /* the open connection has sent MAIL for its second mail */
    bool was_closed; /* the open connection was too old for it */
} fake;

static FILE *
fake_accept(void)
{
    return fdopen(accept(fake.listener, NULL, NULL), "r+");
}

static void
fake_answer(FILE *client, const char *command)
{
    if (!strncmp(command, "EHLO", 4))
        fprintf(client, "250-fake\r\n250 SMTPUTF8\r\n");
    else
        fprintf(client, "%s\r\n", !strncmp(command, "DATA", 4) ? "354 go on" : "250 yes");
    fflush(client);
}

/* Answers until a mail is taken. `command`: already read, or "". */
static void
fake_serve(FILE *client, const char *command)
{
    char line[256];

    if (*command)
        fake_answer(client, command);
    while (fgets(line, sizeof line, client)) {
        bool is_data = !strncmp(line, "DATA", 4);
        fake_answer(client, line);
        while (is_data && fgets(line, sizeof line, client) && strcmp(line, ".\r\n") != 0)
            continue;
        if (!is_data)
            continue;
        fake_answer(client, "");
        return;
    }
}

static FILE *
fake_greet(void)
{
    FILE *client = fake_accept();

    fprintf(client, "220 fake\r\n");
    fflush(client);
    return client;
}

/* The first client sends a mail, and MAIL for the next one. Its answer waits until the second
 * client has sent EHLO, and the answer to that until the first one is done. */
static void *
fake_run(void *with)
{
    FILE *first = fake_greet(), *second = NULL;
    char sender[256], hello[256];

    fake_serve(first, "");
    fake.was_closed = !fgets(sender, sizeof sender, first);
    sem_post(&fake.at_sender);
    second = fake_greet();
    if (!fake.was_closed && fgets(hello, sizeof hello, second)) {
        poll(NULL, 0, A_MOMENT_MS); /* the second client notes what it has sent */
        fake_serve(first, sender);
        fake_serve(second, hello);
    } else {
        fake_serve(second, "");
    }
    fclose(first);
    fclose(second);
    return with;
}

static void
fake_start(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;

    fake.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check_int(bind(fake.listener, (struct sockaddr *)&address, size), 0);
    check_int(listen(fake.listener, 2), 0);
    check_int(getsockname(fake.listener, (struct sockaddr *)&address, &size), 0);
    snprintf(fake.url, sizeof fake.url, "smtp://127.0.0.1:%d", ntohs(address.sin_port));
    sem_init(&fake.at_sender, 0, 0);
}

/* A mail to an address that needs SMTPUTF8. */
static void *
send_mail(void *with)
{
    struct relay *relay = with;
    char text[] = "Subject: x\r\n\r\nx\r\n";
    const struct buffer message = { .bytes = text, .size = sizeof text - 1 };
    struct transfer_result result;

    transfer_mail(relay, "łukasz@example.com", &message, (struct transfer_stop){ NULL, NULL },
                  &result);
    return (void *)(intptr_t)result.end;
}

TEST(transfer_mail_knows_what_the_relay_offers_while_another_mail_says_hello)
{
    pthread_t server, threads[2];
    void *end = NULL;
    size_t count = 1;

    transfer_start();
    fake_start();
    struct relay *relay = relay_open(&(struct relay_options){
        fake.url, "", "", "tenure@example.com", "", "tenure.example.com", .plain = true });
    pthread_create(&server, NULL, fake_run, NULL);
    check_int((intptr_t)send_mail(relay), TRANSFER_DONE);
    pthread_create(&threads[0], NULL, send_mail, relay);
    sem_wait(&fake.at_sender);
    if (!fake.was_closed)
        pthread_create(&threads[count++], NULL, send_mail, relay);
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], &end);
        check_int((intptr_t)end, TRANSFER_DONE);
    }
    pthread_join(server, NULL);
    relay_close(relay);
    close(fake.listener);
}
