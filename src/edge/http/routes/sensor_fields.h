/* sensor_fields.h - what a sensor that is added is made of: a struct sensor_request. */
#ifndef EDGE_HTTP_ROUTES_SENSOR_FIELDS_H
#define EDGE_HTTP_ROUTES_SENSOR_FIELDS_H

#include "edge/http/input.h"

extern const struct input_field sensor_fields[]; /* sensor_routes.c */

#endif
