/*
 * serial.h - the six bytes that name a sensor.
 */
#ifndef DOMAIN_SERIAL_H
#define DOMAIN_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct serial {
    uint8_t bytes[6];
};

enum { SERIAL_TEXT_SIZE = 13 }; /* twelve hex digits and NUL */

/* Reads twelve hex digits, either case; a ':' or '-' may stand between two
 * pairs. False leaves *out as it was. */
bool serial_parse(struct serial *out, const char *text, size_t length);

/* Upper-case hex: serial_parse() of it gives the serial back. */
void serial_format(char out[SERIAL_TEXT_SIZE], struct serial serial);

/* The six bytes as one number, the first highest: the order of the numbers is
 * the order of the texts. From 0 to 2^48 - 1. */
uint64_t serial_number(struct serial serial);
struct serial serial_from_number(uint64_t number); /* upper 16 bits are dropped */

#endif
