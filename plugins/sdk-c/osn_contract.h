/* What the files of this SDK share: the shapes of the contract osn:program@0.2.0, memory, parameters. An author needs
 * `osn_program.h` only.
 *
 * Layouts are those of the component model's canonical ABI on wasm32.
 */
#ifndef OSN_CONTRACT_H
#define OSN_CONTRACT_H

#include "osn_program.h"

#define EXPORT(name) __attribute__((export_name(name)))

/* ---- shapes of the contract ---- */

typedef struct {
  const void *at;
  uint32_t length;
} list;

typedef struct {
  list present, evidence, valid_to;
  uint8_t kind;
  list data, more;
} field;

typedef struct {
  int32_t as_of;
  list parameters;
} context;

typedef struct {
  uint32_t rows, groups;
  list group, application, claim, members_at, members, facts;
} batch;

typedef struct {
  uint8_t is_error;
  union {
    list lists[7];
    struct {
      uint16_t code;
      uint8_t has_row;
      uint32_t row;
    } fault;
  } of;
} answer;

typedef struct {
  uint32_t series;
  int64_t starts_min;
  uint32_t minutes, place;
  uint16_t age_min, age_max;
  list features;
  uint32_t capacity;
} slot;

typedef struct {
  uint16_t supply;
  uint32_t quantity;
} stock;

typedef struct {
  uint32_t row, slot;
  uint16_t supply;
  uint32_t quantity;
  int64_t cost;
} delivery;

typedef struct {
  uint16_t category;
  int64_t amount;
  uint32_t quantity;
} budget_line;

_Static_assert(sizeof(field) == 44 && sizeof(slot) == 40 && sizeof(delivery) == 24 && sizeof(budget_line) == 24,
               "the canonical ABI's sizes");

/* ---- what `osn_program.c` does for the others ---- */

/* Memory, which is only taken: an instance lives for one call. */
void *osn_take(size_t size, size_t align);
void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
size_t osn_length_of(const char *text);
/* All parameters; zero where one is missing. */
int osn_read_parameters(list json, int64_t *values);

#endif
