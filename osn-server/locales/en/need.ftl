# The confirmation of a need: what was looked at, and why the answer is what it is.

fit-met = Yes
fit-not-met = No
fit-unknown = Unknown
verdict-serves = { $count ->
    [one] Covers 1 place
   *[other] Covers { $count } places
  }
verdict-does-not-serve = Does not cover
verdict-undetermined = A person decides
verdict-decided = { $count ->
    [0] Decided: does not cover
    [one] Decided: 1 place
   *[other] Decided: { $count } places
  }
outcome-covered = The need is covered
outcome-partly-covered = { $count ->
    [one] Partly covered: 1 person is left
   *[other] Partly covered: { $count } people are left
  }
outcome-gap = { $count ->
    [one] Gap: 1 person is not covered
   *[other] Gap: { $count } people are not covered
  }
outcome-covered-short = Covered
outcome-partly-covered-short = Partly
outcome-gap-short = Gap
outcome-provisional = { $count ->
    [one] Provisional: for 1 service facts are missing and a person has to decide.
   *[other] Provisional: for { $count } services facts are missing and a person has to decide.
  }
examined-people = People
examined-candidates = Examined
examined-near = Near
examined-open = To be decided
examined-places = Places that count
examined-residual = Left uncovered
examined-as-of = The mapping was read as it was on { $when }.
examined-refer = Refer to: { $services }
examined-count = { $count ->
    [0] No service belongs to the category.
    [one] 1 service was examined.
   *[other] { $count } services were examined.
  }
examined-obstacle = Most frequent obstacle: { $what } ({ $count }).
examined-caption = Services examined
examined-near-caption = Near services
examined-near-text = Near services belong to a neighbouring category. They are shown here, but never count as cover.
examined-none = No service.
examined-all-checks = All checks
examined-checks-of = Checks: { $service }
column-service = Service
column-verdict = Conclusion
column-against = Does not fit
column-unknown = Unknown
column-question = Question
column-answer = Answer
dimension-status = Running
dimension-group = Group
dimension-age = Age
dimension-area = Area
dimension-mode = Way
dimension-language = Language
dimension-freshness = Freshness
dimension-cost = Cost
dimension-documents = Papers
dimension-capacity = Places

need-category = What is needed
need-groups = For which groups
need-people = How many people
need-ages = Ages
need-age-from = Age from
need-age-to = Age to
need-areas = Where
need-mode = In which way
need-period = When
need-from = From
need-to = Until
need-languages = Languages of service
need-languages-hint = Any one of them will do. Leave it empty if it does not matter.
need-urgency = How soon
urgency-normal = Planned
urgency-high = Soon
urgency-immediate = At once

need-reason-status-active = It runs.
need-reason-status-inactive = It does not run now.
need-reason-status-defunct = It closed for good.
need-reason-status-temporarily-closed = It is closed for a time.
need-reason-group-open-to-all = The source says that it is for everybody.
need-reason-group-not-stated = It is not stated for whom it is. Wanted: { $wanted }.
need-reason-group-served = It is for: { $seen }. Wanted: { $wanted }.
need-reason-group-not-served = It is for: { $seen }. That does not include every group wanted: { $wanted }.
need-reason-age-no-condition = Neither the need nor the service sets an age limit.
need-reason-age-limited-need-open = It takes ages { $seen }, while the need names no ages.
need-reason-age-not-stated = No ages are stated. Wanted: { $wanted }.
need-reason-age-within-limits = It takes ages { $seen }. Wanted: { $wanted }.
need-reason-age-outside-limits = It takes ages { $seen }. That does not cover those wanted: { $wanted }.
need-reason-area-not-stated = It is not stated which areas it covers. Wanted: { $wanted }.
need-reason-area-served = It covers: { $seen }. Wanted: { $wanted }.
need-reason-area-partly-served = It covers a part only: { $seen }. Wanted: { $wanted }.
need-reason-area-not-served = It covers: { $seen }. That does not include: { $wanted }.
need-reason-mode-not-stated = It is not stated how it is offered. Wanted: { $wanted }.
need-reason-mode-offered = It is offered { $seen }. Wanted: { $wanted }.
need-reason-mode-not-offered = It is offered only { $seen }. Wanted: { $wanted }.
need-reason-language-no-condition = The need sets no condition on language.
need-reason-language-not-stated = No languages are stated. Any one of these will do: { $wanted }.
need-reason-language-spoken = They speak: { $seen }. Any one of these will do: { $wanted }.
need-reason-language-not-spoken = They speak: { $seen }. None of: { $wanted }.
need-reason-freshness-never-confirmed = The body has never confirmed the facts.
need-reason-freshness-too-old = The facts were confirmed { $days } days ago. Beyond { $limit } days they do not count as cover.
need-reason-freshness-reminder-due = The facts were confirmed { $days } days ago, within the limit of { $limit }. A reminder is due.
need-reason-freshness-fresh = The facts were confirmed { $days } days ago, within the limit of { $limit }.
need-reason-cost-free = It is free of charge.
need-reason-cost-charged = It costs the person something. We do not know whether this is an obstacle.
need-reason-cost-not-stated = It is not stated whether it costs something.
need-reason-documents-none-stated = No papers are stated that it asks for.
need-reason-documents-asked-for = { $count ->
    [one] It asks for 1 paper.
   *[other] It asks for { $count } papers.
  }
need-reason-capacity-not-stated = It is not stated how many places it has.
need-reason-capacity-full = It has no free place.
need-reason-capacity-free-places = { $seen ->
    [one] It has 1 free place.
   *[other] It has { $seen } free places.
  }
