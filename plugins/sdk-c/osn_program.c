/* The contract osn:program@0.2.0 behind a table and a function: memory, parameters, columns, verdicts, plan, estimate.
 * The description is in `osn_describe.c`, findings and days are in `osn_rules.c`.
 */
#include "osn_contract.h"

/* ---- memory ---- */

extern unsigned char __heap_base;
static uintptr_t next_free;

void *osn_take(size_t size, size_t align) {
  if (!next_free)
    next_free = (uintptr_t)&__heap_base;
  uintptr_t at = (next_free + align - 1) & ~(uintptr_t)(align - 1);
  uintptr_t end = at + size;
  if (end < at)
    __builtin_trap();
  size_t pages = __builtin_wasm_memory_size(0), wanted = (end + 0xffff) >> 16;
  if (wanted > pages && __builtin_wasm_memory_grow(0, wanted - pages) == (size_t)-1)
    __builtin_trap();
  next_free = end;
  return (void *)at;
}

__attribute__((no_builtin("memcpy"))) void *memcpy(void *to, const void *from, size_t size) {
  for (size_t at = 0; at < size; at++)
    ((char *)to)[at] = ((const char *)from)[at];
  return to;
}

__attribute__((no_builtin("memset"))) void *memset(void *to, int byte, size_t size) {
  for (size_t at = 0; at < size; at++)
    ((char *)to)[at] = (char)byte;
  return to;
}

EXPORT("cabi_realloc") void *osn_realloc(void *old, size_t old_size, size_t align, size_t size) {
  void *fresh = osn_take(size, align ? align : 1);
  return old_size ? memcpy(fresh, old, old_size < size ? old_size : size) : fresh;
}

/* ---- parameters: canonical JSON, an object of whole numbers ---- */

size_t osn_length_of(const char *text) {
  size_t length = 0;
  while (text[length])
    length++;
  return length;
}

static int starts_with(const char *at, const char *end, const char *text) {
  for (; *text; at++, text++)
    if (at >= end || *at != *text)
      return 0;
  return 1;
}

/* The number behind a key; OSN_NONE where there is none. Keys hold no quotes, so a quoted key is found as it is
 * written. */
static int64_t number_of(list json, const char *key) {
  const char *end = (const char *)json.at + json.length;
  size_t length = osn_length_of(key);
  for (const char *at = json.at; at < end; at++) {
    if (*at != '"' || !starts_with(at + 1, end, key) || !starts_with(at + 1 + length, end, "\":"))
      continue;
    at += length + 3;
    int negative = at < end && *at == '-';
    int64_t value = 0;
    const char *from = at += negative;
    for (; at < end && *at >= '0' && *at <= '9' && at - from < 17; at++)
      value = value * 10 + (*at - '0');
    return at == from ? OSN_NONE : negative ? -value : value;
  }
  return OSN_NONE;
}

/* All parameters; zero where one is missing. */
int osn_read_parameters(list json, int64_t *values) {
  for (int at = 0; at < OSN_MOST && osn_this.parameters[at].key; at++) {
    values[at] = number_of(json, osn_this.parameters[at].key);
    if (values[at] == OSN_NONE)
      return 0;
  }
  return 1;
}

/* ---- answers ---- */

static osn_answer read_answer(const field *from, uint32_t row) {
  osn_answer read = {OSN_NONE, OSN_NO_EVIDENCE, OSN_NONE};
  const uint8_t *present = from->present.at, *evidence = from->evidence.at;
  if (row < from->evidence.length)
    read.evidence = (osn_evidence)evidence[row];
  if (row < from->valid_to.length) {
    int32_t day = ((const int32_t *)from->valid_to.at)[row];
    if (day != INT32_MIN)
      read.valid_to = day;
  }
  if (row >= from->data.length || (row < from->present.length && !present[row]))
    return read;
  switch (from->kind) {
  case OSN_FLAG:
    read.value = ((const uint8_t *)from->data.at)[row];
    break;
  case OSN_INT:
  case OSN_FIXED:
  case OSN_CENTS:
    read.value = ((const int64_t *)from->data.at)[row];
    break;
  case OSN_DAY:
    read.value = ((const int32_t *)from->data.at)[row];
    break;
  default:
    break;
  }
  return read;
}

static void read_answers(list fields, uint32_t row, osn_answer *into) {
  for (uint32_t at = 0; at < fields.length && at < OSN_MOST; at++)
    into[at] = read_answer((const field *)fields.at + at, row);
}

osn_answer osn_member(const osn_case *claim, uint32_t member, int at) {
  const batch *rows = claim->batch;
  uint32_t first = ((const uint32_t *)rows->members_at.at)[claim->group];
  osn_answer missing = {OSN_NONE, OSN_NO_EVIDENCE, OSN_NONE};
  if (member >= claim->members || at < 0 || (uint32_t)at >= rows->members.length)
    return missing;
  return read_answer((const field *)rows->members.at + at, first + member);
}

/* ---- assessing ---- */

static int count_criteria(void) {
  int count = 0;
  while (count < OSN_MOST && osn_this.criteria[count].key)
    count++;
  return count;
}

static int count_ranking(void) {
  int count = 0;
  while (count < OSN_MOST && osn_this.ranking[count].key)
    count++;
  return count;
}

static void refuse(answer *out) {
  /* The first of the standard reasons: the parameters cannot be read. */
  out->is_error = 1, out->of.fault.code = 0, out->of.fault.has_row = 0, out->of.fault.row = 0;
}

typedef struct {
  context ctx;
  batch rows;
} assess_arguments;

EXPORT("osn:program/assessor@0.2.0#assess") answer *osn_assess_all(const assess_arguments *asked) {
  const batch *rows = &asked->rows;
  int64_t parameters[OSN_MOST];
  answer *out = osn_take(sizeof *out, 4);
  if (!osn_read_parameters(asked->ctx.parameters, parameters)) {
    refuse(out);
    return out;
  }
  uint32_t count = rows->rows, criteria = (uint32_t)count_criteria(), ranking = (uint32_t)count_ranking();
  uint8_t *outcome = osn_take(count, 1), *group_outcome = osn_take(rows->groups, 1),
          *state = osn_take(count * criteria, 1);
  uint16_t *why = osn_take(count * criteria * 2, 2);
  int64_t *seen = osn_take(count * criteria * 8, 8), *wanted = osn_take(count * criteria * 8, 8),
          *keys = osn_take(count * ranking * 8, 8);
  const uint32_t *group_of = rows->group.at, *members_at = rows->members_at.at;
  osn_case one;
  for (uint32_t row = 0, group = (uint32_t)-1; row < count; row++) {
    if (group_of[row] != group) {
      group = group_of[row];
      group_outcome[group] = 1;
      one = (osn_case){.as_of = asked->ctx.as_of, .parameters = parameters, .batch = rows, .group = group};
      one.members = members_at[group + 1] - members_at[group];
      for (uint32_t other = row; other < count && group_of[other] == group; other++)
        one.claims++;
      read_answers(rows->application, group, one.application);
    }
    osn_finding found[OSN_MOST];
    read_answers(rows->claim, row, one.claim);
    for (uint32_t at = 0; at < OSN_MOST; at++)
      found[at] = (osn_finding){OSN_UNKNOWN, OSN_NONE, OSN_NONE, OSN_SAID};
    for (uint32_t at = 0; at < ranking; at++)
      keys[row * ranking + at] = OSN_NONE;
    osn_assess(&one, found, keys + row * ranking);
    int refused = 0, open = 0;
    for (uint32_t at = 0; at < criteria; at++) {
      state[row * criteria + at] = (uint8_t)found[at].state;
      seen[row * criteria + at] = found[at].seen, wanted[row * criteria + at] = found[at].wanted;
      why[row * criteria + at] = found[at].why;
      refused |= found[at].state == OSN_NOT_MET, open |= found[at].state == OSN_UNKNOWN;
    }
    outcome[row] = refused ? 1 : open ? 2 : 0;
    /* Eligible beats missing evidence beats not eligible. */
    uint8_t *best = group_outcome + group;
    if (outcome[row] == 0 || (outcome[row] == 2 && *best == 1))
      *best = outcome[row];
  }
  out->is_error = 0;
  list lists[7] = {{outcome, count},         {group_outcome, rows->groups}, {state, count * criteria},
                   {seen, count * criteria}, {wanted, count * criteria},    {why, count * criteria},
                   {keys, count * ranking}};
  memcpy(out->of.lists, lists, sizeof lists);
  return out;
}

/* ---- planning: one piece for each row on each occasion, in the order of the list ---- */

typedef struct {
  context ctx;
  batch rows;
  list slots, supplies, kept;
  int64_t budget;
} plan_arguments;

_Static_assert(offsetof(plan_arguments, slots) == 68 && offsetof(plan_arguments, budget) == 96,
               "the canonical ABI's offsets");

static int is_kept(const plan_arguments *asked, uint32_t row, uint32_t occasion) {
  const delivery *kept = asked->kept.at;
  for (uint32_t at = 0; at < asked->kept.length; at++)
    if (kept[at].row == row && kept[at].slot == occasion)
      return 1;
  return 0;
}

EXPORT("osn:program/planner@0.2.0#plan") answer *osn_plan(const plan_arguments *asked) {
  int64_t parameters[OSN_MOST], budget = asked->budget, left_in_stock = -1;
  answer *out = osn_take(sizeof *out, 4);
  if (!osn_read_parameters(asked->ctx.parameters, parameters)) {
    refuse(out);
    return out;
  }
  const slot *slots = asked->slots.at;
  const delivery *kept = asked->kept.at;
  const stock *supplies = asked->supplies.at;
  uint32_t rows = asked->rows.rows, occasions = asked->slots.length, given = asked->kept.length, short_of = 0;
  int64_t price = osn_this.price ? parameters[osn_this.price - 1] : 0;
  uint32_t *taken = osn_take(occasions * 4, 4), *unplaced = osn_take(rows * 4, 4);
  uint16_t *why = osn_take(rows * 2, 2);
  delivery *deliveries = osn_take(((size_t)rows * occasions + given) * sizeof *deliveries, 8);
  memset(taken, 0, occasions * 4);
  for (uint32_t at = 0; at < asked->supplies.length; at++)
    if (supplies[at].supply == 0)
      left_in_stock = supplies[at].quantity;
  for (uint32_t at = 0; at < given; at++) {
    deliveries[at] = kept[at], budget -= kept[at].cost, taken[kept[at].slot]++;
    if (left_in_stock >= 0)
      left_in_stock = left_in_stock > kept[at].quantity ? left_in_stock - kept[at].quantity : 0;
  }
  for (uint32_t row = 0; row < rows; row++) {
    uint16_t reason = 0;
    for (uint32_t at = 0; at < occasions; at++) {
      if (is_kept(asked, row, at))
        continue;
      uint16_t no = budget < price                                          ? 1
                    : slots[at].capacity && taken[at] >= slots[at].capacity ? 2
                    : !left_in_stock                                        ? 3
                                                                            : 0;
      if (no) {
        reason = reason ? reason : no;
        continue;
      }
      budget -= price, taken[at]++, left_in_stock -= left_in_stock > 0;
      deliveries[given++] = (delivery){row, at, 0, 1, price};
    }
    if (reason)
      unplaced[short_of] = row, why[short_of++] = reason;
  }
  list lists[3] = {{deliveries, given}, {unplaced, short_of}, {why, short_of}};
  out->is_error = 0;
  memcpy(out->of.lists, lists, sizeof lists);
  return out;
}

EXPORT("osn:program/planner@0.2.0#estimate")
answer *osn_estimate(int32_t as_of, const void *json, uint32_t length, uint32_t people, uint32_t households,
                     uint32_t occasions) {
  int64_t parameters[OSN_MOST];
  answer *out = osn_take(sizeof *out, 4);
  (void)as_of;
  if (!osn_read_parameters((list){json, length}, parameters)) {
    refuse(out);
    return out;
  }
  budget_line *line = osn_take(sizeof *line, 8);
  uint64_t quantity = (uint64_t)(osn_this.unit[0] == 'p' ? people : households) * occasions;
  line->category = 0, line->quantity = quantity > UINT32_MAX ? UINT32_MAX : (uint32_t)quantity;
  line->amount = osn_this.price ? parameters[osn_this.price - 1] * (int64_t)line->quantity : 0;
  out->is_error = 0, out->of.lists[0] = (list){line, 1};
  return out;
}
