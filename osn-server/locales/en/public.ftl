# Pages that anybody reads: directory, calls, results, texts.

home-page = Home
home-title = Find support in your neighbourhood
home-lead = Services of the City and its partners, for every need. No account needed.
search-label = What do you need?
search-button = Search
search-hint = For example: meals, medicine, Greek lessons
home-needs = Or choose a need
home-size = { $services } services from { $bodies } bodies.
home-all = See them all
home-calls = Open calls
home-no-calls = No call takes applications right now.
home-all-calls = All calls

need-food = Food
need-food-note = Meals, groceries
need-home = Shelter
need-home-note = Sleep, hostels
need-health = Health
need-health-note = Doctors, medicine
need-children = Children
need-children-note = Nurseries, play
need-disability = Disability
need-disability-note = Services for people with a disability
need-papers = Papers and residence
need-papers-note = Permits, asylum, legal help
need-work = Work
need-work-note = Advice, jobs
need-safety = Violence
need-safety-note = Protection, support

services-title = Support services
services-all = All services
services-count = { $count ->
    [one] 1 service
   *[other] { $count } services
  }
services-about = for “{ $what }”
services-none = No service was found. Try another word or fewer filters. To talk to a person, call 197.
services-clear = Clear the filters
services-found = Services found
services-actions = Actions of the municipality that run now
card-action = Action of the municipality
standing-serving = From the consolidated view: services that say they serve this group in this area, and were confirmed lately.
standing-undetermined = From the consolidated view: services that do not say whether they serve this group or this area, or were never confirmed.
standing-stale = From the consolidated view: services that nobody has confirmed for a long time.
standing-action = From the consolidated view: actions of the municipality, beyond the existing network.
standing-all = All services with these filters
filter-button = Apply filters
filter-category = What
filter-category-any = Everything
filter-group = For whom
filter-group-any = Everybody
filter-area = Where
filter-area-any = Anywhere in the city
chips-label = Narrow the search
card-free = Free of charge
card-cost = At a cost
card-not-running = Not running now
address-not-stated = No address stated
address-to-verify = Address to be verified
facts-to-verify = Facts to be verified

service-what = What it is
service-who = Who it is for
service-open-to-all = For everybody
service-ages = Ages
service-ages-between = { $from } to { $to } years
service-ages-from = from { $from } years
service-ages-to = up to { $to } years
service-languages = Languages
service-interpretation = Interpretation
service-cost = Cost
service-free = Free of charge
service-paid = At a cost
service-bring = What you will need
service-next = Next step
service-next-place = Go to the place of the service.
service-next-place-call = Go to the place of the service. If you can, call first.
service-next-place-site = Go to the place of the service. If you can, look at the body’s website first.
service-next-protected = The address is not published. Contact the body ({ $body }) and you will be told where to go.
service-next-protected-call = The address is not published. Call ({ $phone }) and you will be told where to go.
service-next-home = The service comes to your home. Contact the body.
service-next-remote = Contact the body by telephone or internet.
service-next-street = The body’s teams are in the street and come to you.
service-next-unknown = Contact the body: { $body }.
service-next-help = Not sure where to start? 197 answers day and night, free of charge.
service-website = Website of the body
service-write = Write to
service-contact = Contact: { $who }
service-transport = How to get there: { $how }
service-where = Where and when
service-extension = ext. { $number }
service-address-postal = Postal address: { $address }
service-accessibility-more = More about access
service-protected = The address is not published, for the safety of those who stay there.
service-areas = Areas it covers
service-modes = How it is offered
service-places = Free places
service-places-of = { $free } of { $all } ({ $day })
service-places-free = { $free } ({ $day })
service-checked = Checked on { $day }.
service-never-checked = The body has not checked these facts.
service-source = Source: { $source }.
source-public-web = public website
source-press = press
source-official-gazette = Government Gazette
source-general-knowledge = general knowledge, to be verified
source-example = invented example
service-state-inactive = Not running now
service-state-defunct = Closed for good
service-state-temporarily-closed = Closed for a time

search-hint-words = Write as you speak: “I have nothing to eat”, “doctor”, “mathimata ellinikon”. Accents and capitals do not matter.
search-read-as = We looked for “{ $sought }” instead of “{ $typed }”.
search-unknown = No service has “{ $typed }”.
search-some-words = No service has all of the words. These have some of them.
why-in-name = in the name
why-in-other-name = in the other name
why-in-category = in the category
why-in-place = in the place
why-in-organization = in the body
why-in-group = in the people it is for
why-in-area = in the area
why-in-description = in the description
why-word = Found { $place }: “{ $word }”
why-start = Found { $place }: “{ $word }”, which starts so
why-sound = Found { $place }: “{ $word }”, which sounds like “{ $typed }”
why-synonym = Found { $place }: “{ $word }”, which means the same as “{ $typed }”
why-layout = Found { $place }: “{ $word }”, typed with another keyboard
why-typo = Found { $place }: “{ $word }”, which looks like “{ $typed }”
services-about-age = { $age } years old
services-call = Call 197 (National Centre for Social Solidarity), day and night
services-by-need = Choose a need
filter-more = More filters
filter-language = Language
filter-language-any = All
filter-age = Age (years)
filter-open = Open now
open-until = Open now, until { $when }
open-always = Open day and night
open-holiday = May be closed today: { $holiday }. Ask before you go.
open-no-hours = Hours are not stated
open-no-days = Days are not stated
closed-opens = Closed now. Opens { $when }
closed-may-open = Closed now. May open { $when }, ask first
closed-may-open-day = Closed now. May open { $when }; hours are not stated, ask first
closed-for-long = Closed. No next opening is stated
when-today = { $time }
when-tomorrow = tomorrow at { $time }
when-tomorrow-day = tomorrow
when-day = { $day } at { $time }
service-call = Call
service-answers = Body that answers for it: { $body }.
service-sheet = Page to print
service-sheet-back = Back to the service
areas-link = Services by Municipal Community
areas-title = Municipal Communities
areas-lead = Choose your community and see what is near you.
areas-none = The directory has no communities.
areas-places = { $count ->
    [one] 1 place
   *[other] { $count } places
  }
areas-services = { $count ->
    [one] 1 service
   *[other] { $count } services
  }
area-names = Neighbourhoods and other names:
area-serving = for the community.
area-said = { $count ->
    [0] No service says that it serves it
    [one] 1 service says that it serves it
   *[other] { $count } services say that they serve it
  }
area-unsaid = { $count ->
    [one] 1 names no area
   *[other] { $count } name no area
  }
area-places = Places in the community
area-no-places = No place says that it stands here.
area-no-map = There is no map yet: no source gives coordinates for these places. See the addresses in the list.
area-outside = { $count ->
    [one] One place has coordinates outside the municipality and is not on the map.
   *[other] { $count } places have coordinates outside the municipality and are not on the map.
  }
area-map = Schematic map: { $area }
area-map-note = Schematic map, north is up. Only places with known coordinates are shown; the numbers are those of the list.

calls-title = Calls
calls-lead = In each call you apply for one kind of support. Before you start, see who can apply and what is needed.
calls-open = Taking applications
calls-closed = Closed
calls-none-open = No call takes applications right now.
calls-all = All calls
call-tag-open = Open
call-tag-today = Closes today
call-tag-closing = { $count ->
    [one] Closes tomorrow
   *[other] Closes in { $count } days
  }
call-tag-not-yet = Opens on { $day }
call-tag-closed = Closed
call-tag-results = Results are out
call-until = Until
call-places-word = Places:
call-apply = Apply
call-finder = See first whether it concerns you
finder-title = Does it concern you?
finder-lead = Answer what you want. You give no name, and nothing is kept. It is information, not a decision.
finder-where = Where you live
finder-where-text = Needed only to count what the network offers you.
finder-button = See what the rules say
finder-eligible = By what you answered, you meet the conditions.
finder-not-eligible = By what you answered, you do not meet all conditions. See which below.
finder-missing = Something is missing before it can be said. See what below.
finder-nothing-stored = Judged as of { $day }, as if your papers had been accepted. Nothing was stored.
finder-services = { $count ->
    [one] One service of the network is for you
   *[other] { $count } services of the network are for you
  }
finder-services-more = All services
call-results = See the results
call-gives = What it offers
call-who = Who can apply
call-wanted-at-least = at least { $wanted }
call-wanted-at-most = up to { $wanted }
call-wanted-equal = { $wanted }
call-wanted-holds = Yes
call-wanted-valid-on = Valid on { $day }
call-wanted-one-of = One of the options of the form
call-wanted-set = This call sets no limit
call-order = How the order is made
call-order-text = Everybody who meets the conditions is put in order by these, one after the other:
call-tie-submission-time = If two applications remain equal, the one submitted first comes first.
call-tie-draw = If two applications remain equal, a draw decides. The fingerprint of its seed stands here from the start, and the seed is published with the results: { $commitment }
call-papers = Papers
call-no-papers = No paper is needed to submit the application.
call-bring = Papers are not uploaded here. You declare that you have them or that you will bring them.
call-help = You can also apply at the City’s offices. We will fill it in together.
call-once-household = One application is accepted for each household.
call-once-person = One application is accepted for each person.
call-facts = At a glance
call-fact-from = Applications from
call-fact-until = Applications until
call-fact-places = Places
call-fact-places-person = { $count ->
    [one] 1 person
   *[other] { $count } people
  }
call-fact-places-household = { $count ->
    [one] 1 household
   *[other] { $count } households
  }
call-fact-deliveries = Deliveries
call-fact-period = Period
call-fact-cost = Cost
call-fact-target = Target, at least
call-fact-given = Given so far
call-intake = When it is judged
call-intake-deadline = All applications together, after the last day
call-intake-rolling = All along, while the call is open
period-from-to = { $from } – { $to }
period-from = from { $from }
period-to = until { $to }
back-to-call = Back to the call

results-title = Results
results-round = List { $round } of the same call
results-approved = The list is final since { $when }.
results-pseudonyms = Each application is shown by its number only. Names are not published.
results-capacity = Cut: { $count } places
results-caption = Final ranked list
results-rank = Rank
results-reference = Application number
results-place = Result
results-selected = Selected
results-reserve = Reserve { $position }
results-none = The list is empty.
results-selected-count = Selected
results-reserve-count = Reserve
results-frozen = Digest of the frozen list of applications
draw-title = How the draw was made
draw-how = Where two applications were equal in everything, a draw decided. With these values anybody can make it again.
draw-commitment = Fingerprint of the seed, published with the call
draw-seed = The seed
draw-check = The key of each application is the SHA-256 of the seed, the call’s identifier, the list’s digest and the application’s number. Among equals the smaller comes first. The keys are published with the results, in a form for computers.
results-note = The order follows the criteria of the call. With your number and code, see your application under “My application”.

about-title = What Open Social Net is
about-lead = The information system of a municipality’s social safety net.
about-what = What it does
about-what-1 = It maps the structures and services of the city in one directory that is kept current. What we do not know is shown as “Not stated”.
about-what-2 = When a body asks for support for a group of people, the system checks whether the need is already covered. If not, the municipality organises an action and opens a call.
about-how = How it decides
about-how-1 = Every application is judged by the same published criteria. Every result has its reasons, and every decision can be checked again.
about-how-2 = Rules compute, people decide. Whoever proposes a final list cannot approve it.
about-code = Open source
about-code-1 = Open Social Net is free software under the EUPL-1.2 licence. Any municipality can use it with its own data.

privacy-title = Personal data
privacy-lead = We ask only for what your application needs, and keep it locked.
privacy-what = What we keep
privacy-what-1 = What you write in the application: contact details, AMKA and the answers to the criteria. Each question says why it is asked.
privacy-what-2 = The program that judges the criteria sees no name, address or AMKA.
privacy-how = How we keep it
privacy-how-1 = Encrypted, with a separate key for each person. When the key is deleted, the data can no longer be read, not even in backups.
privacy-how-2 = An officer who opens your data gives the reason, and this is recorded.
privacy-rights = Your rights
privacy-rights-1 = You can see, correct or ask to delete your data. You can also withdraw your application with its number and code.
privacy-rights-2 = If you believe that we do not keep the rules, you can turn to the Hellenic Data Protection Authority.
privacy-cookies = Cookies
privacy-cookies-1 = Public pages set no cookies and count no visitors. Only partners who sign in have one sign-in cookie.

accessibility-title = Accessibility
accessibility-lead = We want everybody to be able to use these pages.
accessibility-aim = What we aim for
accessibility-aim-1 = The pages are designed for level AA of WCAG 2.2. Greek law 4727/2020 asks for level AA of WCAG 2.1.
accessibility-aim-2 = They work without JavaScript, with a keyboard, magnified, and on a small telephone.
accessibility-not = What has not been checked yet
accessibility-not-1 = There has been no check by an independent body yet, and no test with every screen reader.
accessibility-not-2 = Texts of other bodies in the directory may exist in Greek only.
accessibility-tell = Tell us if something does not work
accessibility-tell-1 = Write to or visit the social services of the City. We will help you in another way.

# The consolidated view.
consolidated-title = Who covers what
consolidated-lead = How many services of the network exist for each group, in each community. Every number opens its services.
consolidated-as-of = As it was on
consolidated-read = As of { $day }.
consolidated-overview = Categories and groups, in the whole municipality
consolidated-overview-area = Categories and groups: { $area }
consolidated-empty = The directory has no categories, groups or communities yet.
consolidated-gap = none
consolidated-undetermined = { $count ->
    [one] 1 does not say
   *[other] { $count } do not say
  }
consolidated-stale = { $count ->
    [one] 1 with old information
   *[other] { $count } with old information
  }
consolidated-actions = { $count ->
    [one] 1 action of the municipality
   *[other] { $count } actions of the municipality
  }
consolidated-legend = “none”: no service of the network is known to say that it serves this group there. Actions of the municipality are shown apart and never count as the existing network.
consolidated-link = Who covers what: the consolidated view
