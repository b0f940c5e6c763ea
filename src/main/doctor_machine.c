/* doctor_machine.c - the lines of `tenure doctor` about this machine. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/zone.h"
#include "edge/coap/datagrams.h"
#include "main/doctor.h"

/* 1,024 connections of the pages, those to receivers and the relay, and the files of the store. */
enum { DESCRIPTORS_LEAST = 2048, DESCRIPTORS_ADVISED = 65536 };

static void
check_zones(struct doctor *doctor)
{
    struct zone *zone = NULL;
    struct fault fault = { 0 };

    if (zone_load(&zone, "Europe/Warsaw", &fault))
        doctor_find(doctor, "time zones", VERDICT_FAILED,
                    "the system has no zone files: install the package tzdata");
    else
        doctor_find(doctor, "time zones", VERDICT_OK, "the system has zone files");
    zone_close(zone);
}

/* A program may raise its own limit up to the hard one. */
static void
check_descriptors(struct doctor *doctor)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    if (limit.rlim_max < DESCRIPTORS_LEAST)
        doctor_find(
            doctor, "descriptors", VERDICT_WARNING,
            "this user may open %llu files, and a busy server needs %d: set LimitNOFILE=%d in "
            "the unit, or raise `ulimit -Hn`",
            (unsigned long long)limit.rlim_max, DESCRIPTORS_LEAST, DESCRIPTORS_ADVISED);
    else
        doctor_find(doctor, "descriptors", VERDICT_OK, "this user may open %llu files",
                    (unsigned long long)limit.rlim_max);
}

static void
check_buffers(struct doctor *doctor)
{
    int wanted = DATAGRAMS_RECEIVE_BYTES, got = 0;
    socklen_t size = sizeof got;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted))
        (void)!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &size))
        got = 0;
    close(fd);
    got /= 2; /* the kernel doubles it for its own use: socket(7) */
    if (got < wanted)
        doctor_find(doctor, "socket buffers", VERDICT_WARNING,
                    "the kernel gives %d KiB to the messages of sensors that wait, and %d KiB are "
                    "better: sysctl -w net.core.rmem_max=%d, and the same in /etc/sysctl.d",
                    got / 1024, wanted / 1024, wanted);
    else
        doctor_find(doctor, "socket buffers", VERDICT_OK, "%d KiB for the messages of sensors",
                    got / 1024);
}

/* Debian's bundle, which libcurl reads. */
static void
check_certificates(struct doctor *doctor)
{
    static const char bundle[] = "/etc/ssl/certs/ca-certificates.crt";
    struct stat found;

    if (stat(bundle, &found) || found.st_size == 0 || access(bundle, R_OK))
        doctor_find(doctor, "certificates", VERDICT_WARNING,
                    "%s is missing or cannot be read, so no webhook by https and no relay with TLS "
                    "is trusted: install the package ca-certificates",
                    bundle);
    else
        doctor_find(doctor, "certificates", VERDICT_OK, "the system's certificates are there");
}

static void
check_own_user(struct doctor *doctor)
{
    if (geteuid() == 0)
        doctor_find(doctor, "user", VERDICT_WARNING,
                    "root: run Tenure as a user of its own, who owns only its store; if the server "
                    "does, run this command as that user");
    else
        doctor_find(doctor, "user", VERDICT_OK, "not root");
}

void
doctor_check_machine(struct doctor *doctor)
{
    check_zones(doctor);
    check_descriptors(doctor);
    check_buffers(doctor);
    check_certificates(doctor);
    check_own_user(doctor);
}
