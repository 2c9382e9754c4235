/* The rules of this program: what is asked, what is checked, how the list is ranked, what is handed over. */
#include "osn_program.h"

enum { INCOME_LIMIT, PRICE };
enum { RESIDENT, INCOME };
enum { RESIDENCE, WITHIN_LIMIT };

const osn_program osn_this = {
    .key = "program-key",
    .unit = "household",
    .intake = "deadline",
    .delivery = "pickup",
    .supply = "parcel",
    .category = "goods",
    .max_claims = 1,
    .price = PRICE + 1,
    .parameters = {{"income-limit", 1000000, 0, 100000000, "cents"}, {"price", 2500, 1, 100000, "cents"}},
    .application = {{"resident", OSN_FLAG, "eligibility", "public-task", "residence-proof", 0, 0, 1},
                    {"income", OSN_CENTS, "ranking", "public-task", "tax-return", 0, 100000000, 1}},
    .criteria = {{"residence", "call-terms", "application.resident", OSN_HOLDS, "flag", 0},
                 {"income-limit", "call-terms", "application.income", OSN_AT_MOST, "cents", INCOME_LIMIT + 1}},
    .ranking = {{"income", "cents", 0, 0, 100000000}},
    .failures = {{"not-fetched", 1}},
    .indicators = {{"households", "count", "households"}},
};

void osn_assess(const osn_case *one, osn_finding *criteria, int64_t *keys) {
  osn_answer resident = one->application[RESIDENT], income = one->application[INCOME];
  criteria[RESIDENCE] = osn_proven(osn_holds(resident), resident.evidence);
  criteria[WITHIN_LIMIT] = osn_proven(osn_at_most(income.value, one->parameters[INCOME_LIMIT]), income.evidence);
  keys[0] = income.value;
}
