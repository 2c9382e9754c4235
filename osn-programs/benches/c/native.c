/* A program's rules in C as a plain call, to be measured beside the same rules behind the wall: `families` of one child,
 * made by the same arithmetic as in `programs.rs`. Prints nanoseconds a claim and how many are met throughout. */
#define _POSIX_C_SOURCE 199309L
#include "osn_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t births[3];

osn_answer osn_member(const osn_case *claim, uint32_t member, int field) {
  (void)claim, (void)field;
  osn_answer born = {births[member], OSN_NO_EVIDENCE, OSN_NONE};
  return born;
}

static osn_answer accepted(int64_t value) {
  osn_answer given = {value, OSN_ACCEPTED, OSN_NONE};
  return given;
}

/* Judges one family and says whether everything was met. */
static int family(int64_t number, int64_t *parameters, osn_finding *found, int64_t *keys) {
  osn_case one = {.as_of = 19265, .parameters = parameters, .members = (uint32_t)(number % 3), .claims = 1};
  one.application[0] = accepted(number * 7919 % 2000000);
  one.application[1] = accepted(number % 7 != 0);
  one.claim[0] = accepted(14000 + number * 37 % 5000);
  for (int64_t member = 0; member < number % 3; member++)
    births[member] = 8000 + (number * 53 + member * 97) % 10000;
  osn_assess(&one, found, keys);
  int met = 1;
  for (int at = 0; osn_this.criteria[at].key; at++)
    met &= found[at].state == OSN_MET;
  return met;
}

int main(int count, char **arguments) {
  int64_t families = count > 1 ? atoll(arguments[1]) : 20000, parameters[OSN_MOST], met = 0;
  double best = 0;
  for (int at = 0; at < OSN_MOST && osn_this.parameters[at].key; at++)
    parameters[at] = osn_this.parameters[at].value;
  osn_finding *found = malloc((size_t)families * OSN_MOST * sizeof *found);
  int64_t *keys = malloc((size_t)families * OSN_MOST * sizeof *keys);
  for (int round = 0; round < 7 && found && keys; round++) {
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    met = 0;
    for (int64_t number = 0; number < families; number++)
      met += family(number, parameters, found + number * OSN_MOST, keys + number * OSN_MOST);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double time = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
    best = round && best < time ? best : time;
  }
  printf("%.1f %lld\n", best / (double)families, (long long)met);
  free(found), free(keys);
  return 0;
}
