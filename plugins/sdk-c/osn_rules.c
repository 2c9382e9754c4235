/* What a program's rules call: findings and days. It knows nothing of the contract, and compiles for any machine. */
#include "osn_program.h"

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
