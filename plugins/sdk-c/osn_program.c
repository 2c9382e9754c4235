/* The contract osn:program@0.2.0 behind a table and a function: memory, columns, description, verdicts, plan, estimate.
 *
 * Layouts are those of the component model's canonical ABI on wasm32. An instance lives for one call, so memory is only
 * taken.
 */
#include "osn_program.h"

/* With OSN_NATIVE only what a program's rules call is compiled, for a machine's own processor: to be measured beside. */
#ifndef OSN_NATIVE
#define EXPORT(name) __attribute__((export_name(name)))
#define LENGTH(list) ((int)(sizeof(list) / sizeof((list)[0])))

/* ---- memory ---- */

extern unsigned char __heap_base;
static uintptr_t next_free;

static void *take(size_t size, size_t align) {
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
  void *fresh = take(size, align ? align : 1);
  return old_size ? memcpy(fresh, old, old_size < size ? old_size : size) : fresh;
}

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

/* ---- parameters: canonical JSON, an object of whole numbers ---- */

static size_t length_of(const char *text) {
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
  size_t length = length_of(key);
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
static int read_parameters(list json, int64_t *values) {
  for (int at = 0; at < OSN_MOST && osn_this.parameters[at].key; at++) {
    values[at] = number_of(json, osn_this.parameters[at].key);
    if (values[at] == OSN_NONE)
      return 0;
  }
  return 1;
}

static void defaults(int64_t *values) {
  for (int at = 0; at < OSN_MOST && osn_this.parameters[at].key; at++)
    values[at] = osn_this.parameters[at].value;
}

/* ---- the description as JSON ---- */

typedef struct {
  char *at;
  size_t length, room;
} writer;

static void put(writer *out, const char *text) {
  size_t length = length_of(text);
  if (out->length + length > out->room)
    __builtin_trap();
  memcpy(out->at + out->length, text, length);
  out->length += length;
}

static void put_number(writer *out, int64_t value) {
  char digits[24];
  int at = 23;
  uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
  digits[at] = 0;
  do
    digits[--at] = (char)('0' + left % 10);
  while (left /= 10);
  if (value < 0)
    digits[--at] = '-';
  put(out, digits + at);
}

static void put_text(writer *out, const char *name, const char *value) {
  if (!value)
    return;
  put(out, ",\""), put(out, name), put(out, "\":\""), put(out, value), put(out, "\"");
}

static void put_value(writer *out, const char *name, int64_t value) {
  put(out, ",\""), put(out, name), put(out, "\":"), put_number(out, value);
}

/* The first entry of an object: what follows begins with a comma. */
static void put_key(writer *out, int at, const char *key) {
  put(out, at ? ",{\"key\":\"" : "{\"key\":\""), put(out, key), put(out, "\"");
}

static const char *const kinds[] = {"flag", "int", "fixed", "cents", "day", 0, 0, 0, "text"};

static void put_flag(writer *out, const char *name, int is_set) {
  if (is_set)
    put(out, ",\""), put(out, name), put(out, "\":true");
}

/* What is written down at a delivery. */
static void put_recorded(writer *out) {
  put(out, "\"fields\":[");
  for (int at = 0; at < OSN_MOST && osn_this.recorded[at].key; at++) {
    const osn_recorded *one = osn_this.recorded + at;
    put_key(out, at, one->key), put_text(out, "kind", kinds[one->kind]), put_text(out, "purpose", "delivery");
    put_text(out, "legal_basis", one->basis), put_text(out, "role", one->role), put_text(out, "among", one->among);
    put_flag(out, "required", one->required), put_flag(out, "each", one->each);
    if (one->impersonal)
      put_text(out, "sensitivity", "none");
    if (one->max)
      put_value(out, "max", one->max);
    put(out, "}");
  }
  put(out, "]");
}

static void put_fields(writer *out, const char *name, const osn_field *fields) {
  put(out, "\""), put(out, name), put(out, "\":[");
  for (int at = 0; at < OSN_MOST && fields[at].key; at++) {
    const osn_field *one = fields + at;
    put_key(out, at, one->key), put_text(out, "kind", kinds[one->kind]), put_text(out, "unit", one->unit);
    put_text(out, "purpose", one->purpose), put_text(out, "legal_basis", one->basis);
    put_flag(out, "required", one->required), put_flag(out, "host_only", one->host_only);
    if (one->special)
      put(out, ",\"sensitivity\":\"special\"");
    if (one->max > one->min)
      put_value(out, "min", one->min), put_value(out, "max", one->max);
    if (one->evidence) {
      put(out, ",\"evidence\":{\"kind\":\""), put(out, one->evidence);
      put(out, one->expires ? "\",\"expires\":true}" : "\"}");
    }
    put(out, "}");
  }
  put(out, "]");
}

static void put_criteria(writer *out, const int64_t *parameters) {
  static const char *const comparisons[] = {"at-least", "at-most", "equal", "holds", "valid-on"};
  put(out, ",\"criteria\":[");
  for (int at = 0; at < OSN_MOST && osn_this.criteria[at].key; at++) {
    const osn_criterion *one = osn_this.criteria + at;
    put_key(out, at, one->key), put_text(out, "legal_basis", one->basis), put_text(out, "field", one->field);
    put_text(out, "unit", one->unit), put_text(out, "comparison", comparisons[one->comparison]);
    if (one->wanted)
      put_value(out, "wanted", parameters[one->wanted - 1]);
    put(out, "}");
  }
  put(out, "],\"ranking\":[");
  for (int at = 0; at < OSN_MOST && osn_this.ranking[at].key; at++) {
    const osn_ranking *one = osn_this.ranking + at;
    put_key(out, at, one->key), put_text(out, "unit", one->unit);
    if (one->descending)
      put(out, ",\"descending\":true");
    if (one->max > one->min)
      put_value(out, "min", one->min), put_value(out, "max", one->max);
    put(out, "}");
  }
  put(out, "]");
}

static void put_parameters(writer *out) {
  put(out, ",\"parameters\":{\"type\":\"object\",\"properties\":{");
  for (int at = 0; at < OSN_MOST && osn_this.parameters[at].key; at++) {
    const osn_parameter *one = osn_this.parameters + at;
    put(out, at ? ",\"" : "\""), put(out, one->key), put(out, "\":{\"type\":\"integer\"");
    put_value(out, "default", one->value), put_value(out, "minimum", one->min), put_value(out, "maximum", one->max);
    put_text(out, "x-osn-unit", one->unit), put(out, "}");
  }
  put(out, "}}");
}

static void put_rest(writer *out) {
  put(out, ",\"delivery\":{"), put_recorded(out), put_text(out, "kind", osn_this.delivery);
  put(out, ",\"failures\":[");
  for (int at = 0; at < OSN_MOST && osn_this.failures[at].key; at++) {
    put_key(out, at, osn_this.failures[at].key);
    put(out, osn_this.failures[at].repeat ? ",\"repeat\":true}" : "}");
  }
  put(out, "],\"supplies\":["), put_key(out, 0, osn_this.supply), put_text(out, "category", osn_this.category);
  put(out, "}]},\"expense_categories\":["), put_key(out, 0, osn_this.category), put(out, "}],\"indicators\":[");
  for (int at = 0; at < OSN_MOST && osn_this.indicators[at].key; at++) {
    const osn_indicator *one = osn_this.indicators + at;
    put_key(out, at, one->key), put_text(out, "unit", one->unit), put_text(out, "counts", one->counts), put(out, "}");
  }
  put(out, "],\"reasons\":[\"parameters-not-readable\",\"no-budget\",\"no-capacity\",\"no-stock\"");
  for (int at = 0; at < OSN_MOST && osn_this.reasons[at]; at++)
    put(out, ",\""), put(out, osn_this.reasons[at]), put(out, "\"");
  put(out, "]");
}

EXPORT("osn:program/description@0.2.0#describe") answer *osn_describe(int given, const void *json, uint32_t length) {
  int64_t parameters[OSN_MOST];
  answer *out = take(sizeof *out, 4);
  writer text = {take(65536, 1), 0, 65536};
  if (!given) {
    defaults(parameters);
  } else if (!read_parameters((list){json, length}, parameters)) {
    out->is_error = 1, out->of.lists[0] = (list){0, 0};
    return out;
  }
  put(&text, "{\"schema\":\"osn-program-about-0.2\""), put_text(&text, "program", osn_this.key);
  put_text(&text, "capacity_unit", osn_this.unit), put_text(&text, "intake", osn_this.intake),
      put(&text, ",\"form\":{");
  put_fields(&text, "application", osn_this.application), put(&text, ",");
  put_fields(&text, "claim", osn_this.claim), put(&text, ","), put_fields(&text, "member", osn_this.member);
  put_value(&text, "max_claims", osn_this.max_claims), put_value(&text, "max_members", osn_this.max_members);
  put(&text, "}"), put_criteria(&text, parameters), put_parameters(&text), put_rest(&text), put(&text, "}");
  out->is_error = 0, out->of.lists[0] = (list){text.at, (uint32_t)text.length};
  return out;
}

EXPORT("osn:program/description@0.2.0#check-parameters") list *osn_check(const void *json, uint32_t length) {
  int64_t parameters[OSN_MOST];
  list *problems = take(sizeof *problems, 4);
  *problems = (list){0, 0};
  if (!read_parameters((list){json, length}, parameters)) {
    /* One problem: its path, its code, no arguments. */
    list *problem = take(3 * sizeof *problem, 4);
    problem[0] = (list){"/", 1}, problem[1] = (list){"required", 8}, problem[2] = (list){0, 0};
    *problems = (list){problem, 1};
  }
  return problems;
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

#endif

/* ---- findings ---- */

static osn_finding compared(int64_t seen, int64_t wanted, int holds) {
  osn_finding found = {seen == OSN_NONE ? OSN_UNKNOWN : holds ? OSN_MET : OSN_NOT_MET, seen, wanted, OSN_SAID};
  return found;
}

osn_finding osn_at_least(int64_t seen, int64_t wanted) { return compared(seen, wanted, seen >= wanted); }

osn_finding osn_at_most(int64_t seen, int64_t wanted) { return compared(seen, wanted, seen <= wanted); }

osn_finding osn_holds(osn_answer answer) { return compared(answer.value, 1, answer.value == 1); }

osn_finding osn_not_applicable(void) {
  osn_finding found = {OSN_NOT_APPLICABLE, OSN_NONE, OSN_NONE, OSN_SAID};
  return found;
}

osn_finding osn_because(osn_finding found, int reason) {
  found.why = (uint16_t)(4 + reason);
  return found;
}

osn_finding osn_proven(osn_finding found, osn_evidence evidence) {
  if (found.state != OSN_MET || evidence == OSN_ACCEPTED || evidence == OSN_EXPIRED)
    return found;
  if (evidence == OSN_REFUSED)
    found.state = OSN_NOT_MET, found.seen = OSN_NONE;
  else
    found.state = OSN_UNKNOWN;
  return found;
}

/* ---- days: proleptic Gregorian, counted from 1970-01-01 ---- */

static void to_ymd(int64_t day, int64_t *year, int64_t *month, int64_t *of_month) {
  int64_t shifted = day + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  int64_t of_era = shifted - era * 146097;
  int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * years + years / 4 - years / 100), shifted_month = (5 * of_year + 2) / 153;
  *of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
  *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  *year = years + era * 400 + (*month <= 2);
}

int64_t osn_age(int64_t born, int32_t on) {
  int64_t year, month, day, on_year, on_month, on_day;
  if (born == OSN_NONE || born > on)
    return OSN_NONE;
  to_ymd(born, &year, &month, &day), to_ymd(on, &on_year, &on_month, &on_day);
  return on_year - year - (on_month < month || (on_month == month && on_day < day));
}

#ifndef OSN_NATIVE

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
  answer *out = take(sizeof *out, 4);
  if (!read_parameters(asked->ctx.parameters, parameters)) {
    refuse(out);
    return out;
  }
  uint32_t count = rows->rows, criteria = (uint32_t)count_criteria(), ranking = (uint32_t)count_ranking();
  uint8_t *outcome = take(count, 1), *group_outcome = take(rows->groups, 1), *state = take(count * criteria, 1);
  uint16_t *why = take(count * criteria * 2, 2);
  int64_t *seen = take(count * criteria * 8, 8), *wanted = take(count * criteria * 8, 8),
          *keys = take(count * ranking * 8, 8);
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
  answer *out = take(sizeof *out, 4);
  if (!read_parameters(asked->ctx.parameters, parameters)) {
    refuse(out);
    return out;
  }
  const slot *slots = asked->slots.at;
  const delivery *kept = asked->kept.at;
  const stock *supplies = asked->supplies.at;
  uint32_t rows = asked->rows.rows, occasions = asked->slots.length, given = asked->kept.length, short_of = 0;
  int64_t price = osn_this.price ? parameters[osn_this.price - 1] : 0;
  uint32_t *taken = take(occasions * 4, 4), *unplaced = take(rows * 4, 4);
  uint16_t *why = take(rows * 2, 2);
  delivery *deliveries = take(((size_t)rows * occasions + given) * sizeof *deliveries, 8);
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
  answer *out = take(sizeof *out, 4);
  (void)as_of;
  if (!read_parameters((list){json, length}, parameters)) {
    refuse(out);
    return out;
  }
  budget_line *line = take(sizeof *line, 8);
  uint64_t quantity = (uint64_t)(osn_this.unit[0] == 'p' ? people : households) * occasions;
  line->category = 0, line->quantity = quantity > UINT32_MAX ? UINT32_MAX : (uint32_t)quantity;
  line->amount = osn_this.price ? parameters[osn_this.price - 1] * (int64_t)line->quantity : 0;
  out->is_error = 0, out->of.lists[0] = (list){line, 1};
  return out;
}
#endif
