/* Write an Open Social Net program in C: one table that says what is asked and checked, and one function over one
 * claim.
 *
 * Include this header in exactly one source file of the program; the SDK's files are compiled beside it. There is no
 * library, no import and no WASI: `clang --target=wasm32 -nostdlib` and `wasm-ld --no-entry` are all that it takes.
 *
 * Licensed, like the Rust SDK, under EUPL-1.2, MIT or Apache-2.0, at your choice.
 */
#ifndef OSN_PROGRAM_H
#define OSN_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

/* "There is none" in a column of numbers. */
#define OSN_NONE INT64_MIN
/* Most entries of each list of a program. */
#define OSN_MOST 16
/* "The state says enough": no reason beside it. */
#define OSN_SAID 65535

/* The kinds of questions of this SDK, in the order of the contract's columns. A text is never a column: only what the
 * host keeps, and what is written down at a delivery, may be one. */
typedef enum { OSN_FLAG, OSN_INT, OSN_FIXED, OSN_CENTS, OSN_DAY, OSN_TEXT = 8 } osn_kind;
typedef enum { OSN_AT_LEAST, OSN_AT_MOST, OSN_EQUAL, OSN_HOLDS, OSN_VALID_ON } osn_comparison;
typedef enum { OSN_MET, OSN_NOT_MET, OSN_UNKNOWN, OSN_NOT_APPLICABLE } osn_state;
typedef enum { OSN_NO_EVIDENCE, OSN_DECLARED, OSN_BRINGING, OSN_ACCEPTED, OSN_REFUSED, OSN_EXPIRED } osn_evidence;

/* A whole number that a call may set. */
typedef struct {
  const char *key;
  int64_t value, min, max;
  const char *unit;
} osn_parameter;

/* A question. `purpose` is eligibility, ranking, delivery or statistics; `basis` the key of its legal basis. With
 * `host_only` the host asks it and keeps the answer: such questions stand last in their list. */
typedef struct {
  const char *key;
  osn_kind kind;
  const char *purpose, *basis, *evidence;
  int64_t min, max;
  int required, special, expires;
  const char *unit;
  int host_only;
} osn_field;

/* What is written down at a delivery. `role` is what the host does with it beyond keeping it: lot, use-by, presence or
 * collected-by (then `among` is the question whose answer names those who may); 0 = none. `each`: of each participant.
 * `impersonal`: it says nothing about a person and stands in the clear; without it, it is sealed. */
typedef struct {
  const char *key;
  osn_kind kind;
  const char *basis, *role, *among;
  int64_t max;
  int required, each, impersonal;
} osn_recorded;

/* A criterion: which answer it looks at, how, and which parameter says what is wanted (counted from 1; 0 = none). */
typedef struct {
  const char *key, *basis, *field;
  osn_comparison comparison;
  const char *unit;
  int wanted;
} osn_criterion;

/* A key of the ranked list. */
typedef struct {
  const char *key, *unit;
  int descending;
  int64_t min, max;
} osn_ranking;

/* A reason why a delivery fails, or something that is counted. */
typedef struct {
  const char *key;
  int repeat;
} osn_failure;

typedef struct {
  const char *key, *unit, *counts;
} osn_indicator;

/* Everything that a program declares. Lists end with the first entry without a key. */
typedef struct {
  const char *key;
  const char *unit;     /* `person` or `household`: what places are counted in */
  const char *intake;   /* `deadline` or `rolling` */
  const char *delivery; /* `home-delivery`, `pickup`, `session`, `appointment`, `enrolment` */
  const char *supply, *category;
  int max_claims, max_members;
  int price; /* the parameter that is the price of one piece of the supply, counted from 1 */
  osn_parameter parameters[OSN_MOST];
  osn_field application[OSN_MOST], claim[OSN_MOST], member[OSN_MOST];
  osn_criterion criteria[OSN_MOST];
  osn_ranking ranking[OSN_MOST];
  osn_recorded recorded[OSN_MOST];
  osn_failure failures[OSN_MOST];
  osn_indicator indicators[OSN_MOST];
  const char *reasons[OSN_MOST]; /* what a finding may give as its reason: see osn_because */
} osn_program;

/* An answer. `value` is OSN_NONE where the question was not answered. */
typedef struct {
  int64_t value;
  osn_evidence evidence;
  int64_t valid_to; /* a day; INT32_MAX = without end; OSN_NONE = not known */
} osn_answer;

/* One claim, with everything that a verdict on it may depend on. */
typedef struct {
  int32_t as_of;
  const int64_t *parameters;
  osn_answer application[OSN_MOST], claim[OSN_MOST];
  uint32_t members; /* members of the household beside the applicant */
  uint32_t claims;  /* claims of the application, this one among them */
  const void *batch;
  uint32_t group;
} osn_case;

/* What was found about one criterion. */
typedef struct {
  osn_state state;
  int64_t seen, wanted;
  uint16_t why; /* symbol of a reason of the description, OSN_SAID where the state says enough */
} osn_finding;

/* What an author writes. */
extern const osn_program osn_this;
void osn_assess(const osn_case *claim, osn_finding *criteria, int64_t *keys);

/* Answer number `field` of member number `member`. */
osn_answer osn_member(const osn_case *claim, uint32_t member, int field);
/* Full years from a day of birth to another day; OSN_NONE before birth or without one. */
int64_t osn_age(int64_t born, int32_t on);
/* The value compared with what is wanted; unknown without a value. */
osn_finding osn_at_least(int64_t seen, int64_t wanted);
osn_finding osn_at_most(int64_t seen, int64_t wanted);
/* The answer is yes. */
osn_finding osn_holds(osn_answer answer);
/* "Met" only counts once the document was accepted. */
osn_finding osn_proven(osn_finding found, osn_evidence evidence);
/* The same finding with one of the program's reasons, counted from 0. */
osn_finding osn_because(osn_finding found, int reason);
/* The rule does not apply. */
osn_finding osn_not_applicable(void);

#endif
