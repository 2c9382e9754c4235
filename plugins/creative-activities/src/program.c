/* Creative activities for children: afternoons at a workshop, written in C. */
#include "osn_program.h"

enum { YOUNGEST, OLDEST, INCOME_LIMIT, PRICE };
enum { INCOME, RESIDENT };
enum { AGE_FROM, AGE_TO, INCOME_CRITERION, RESIDENCE };
enum { INCOME_EACH, CHILDREN };

const osn_program osn_this = {
    .key = "creative-activities",
    .unit = "person",
    .intake = "deadline",
    .delivery = "session",
    .supply = "afternoon",
    .category = "workshops",
    .max_claims = 4,
    .max_members = 12,
    .price = PRICE + 1,
    .parameters = {{"youngest", 5, 0, 17, "years"},
                   {"oldest", 12, 0, 17, "years"},
                   {"income-limit", 800000, 0, 100000000, "cents"},
                   {"session-price", 1200, 0, 100000, "cents"}},
    .application = {{"annual-income", OSN_CENTS, "eligibility", "public-task", "tax-return", 0, 100000000, 1},
                    {"resident", OSN_FLAG, "eligibility", "public-task", "residence-proof", 0, 0, 1}},
    .claim = {{"birth-date", OSN_DAY, "eligibility", "public-task", "birth-certificate", 0, 0, 1}},
    .member = {{"birth-date", OSN_DAY, "ranking", "public-task", 0, 0, 0, 1}},
    .criteria = {{"age-from", "call-terms", "claim.birth-date", OSN_AT_LEAST, "years", YOUNGEST + 1},
                 {"age-to", "call-terms", "claim.birth-date", OSN_AT_MOST, "years", OLDEST + 1},
                 {"income", "call-terms", "application.annual-income", OSN_AT_MOST, "cents", INCOME_LIMIT + 1},
                 {"residence", "call-terms", "application.resident", OSN_HOLDS, "flag", 0}},
    .ranking = {{"income-each", "cents", 0, 0, 100000000}, {"children", "people", 1, 0, 128}},
    .recorded = {{"present", OSN_FLAG, "public-task", "presence", .required = 1, .each = 1}},
    .failures = {{"absent", 0}, {"workshop-cancelled", 1}},
    .indicators = {{"children", "people", "recipients"}, {"afternoons", "count", "deliveries"}},
};

void osn_assess(const osn_case *one, osn_finding *criteria, int64_t *keys) {
  const int64_t *wanted = one->parameters;
  osn_answer born = one->claim[0], income = one->application[INCOME], resident = one->application[RESIDENT];
  int64_t age = osn_age(born.value, one->as_of), people = 1 + one->claims + one->members, minors = one->claims;
  for (uint32_t member = 0; member < one->members; member++) {
    int64_t years = osn_age(osn_member(one, member, 0).value, one->as_of);
    minors += years != OSN_NONE && years < 18;
  }
  int64_t each = income.value == OSN_NONE ? OSN_NONE : (income.value + people / 2) / people;
  criteria[AGE_FROM] = osn_proven(osn_at_least(age, wanted[YOUNGEST]), born.evidence);
  criteria[AGE_TO] = osn_proven(osn_at_most(age, wanted[OLDEST]), born.evidence);
  criteria[INCOME_CRITERION] = osn_proven(osn_at_most(each, wanted[INCOME_LIMIT]), income.evidence);
  criteria[RESIDENCE] = osn_proven(osn_holds(resident), resident.evidence);
  keys[INCOME_EACH] = each;
  keys[CHILDREN] = minors;
}
