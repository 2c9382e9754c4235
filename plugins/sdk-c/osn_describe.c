/* What a program says about itself, from its table: the description as JSON, and whether parameters can govern. */
#include "osn_contract.h"

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
  size_t length = osn_length_of(text);
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
  put(out, "},\"x-osn-order\":[");
  for (int at = 0; at < OSN_MOST && osn_this.parameters[at].key; at++)
    put(out, at ? ",\"" : "\""), put(out, osn_this.parameters[at].key), put(out, "\"");
  put(out, "]}");
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
  answer *out = osn_take(sizeof *out, 4);
  writer text = {osn_take(65536, 1), 0, 65536};
  if (!given) {
    defaults(parameters);
  } else if (!osn_read_parameters((list){json, length}, parameters)) {
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
  list *problems = osn_take(sizeof *problems, 4);
  *problems = (list){0, 0};
  if (!osn_read_parameters((list){json, length}, parameters)) {
    /* One problem: its path, its code, no arguments. */
    list *problem = osn_take(3 * sizeof *problem, 4);
    problem[0] = (list){"/", 1}, problem[1] = (list){"required", 8}, problem[2] = (list){0, 0};
    *problems = (list){problem, 1};
  }
  return problems;
}
