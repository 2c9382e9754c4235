# Messages of refusals: the key is the code with hyphens; `.detail` says what to do.
access-sign-in = Sign in to go on
access-forbidden = You have no right to do this
access-other-body = You act for your own body only
access-cross-site = The request came from another site and was refused
session-wrong = Wrong login or password
session-wait = Too many failed attempts
    .detail = Try again in { $seconds } seconds.
account-invalid = The account cannot be made
account-exists = There is an account with this login already
address-unknown = There is no such address
method-not-allowed = This address does not take this method
municipality-unknown = No municipality is served at this address
internal = Something went wrong on our side
    .detail = Try again shortly. If it goes on, quote the trace number.
server-not-ready = The server is not ready
store-busy = The database is busy
    .detail = Try again in a few seconds.
store-unavailable = The database is not available
    .detail = Nothing that was acknowledged is lost. Try again shortly.
record-stale = The record changed meanwhile
    .detail = Read it again and repeat your change.
record-exists = There is such a record already
request-malformed = The message cannot be read
    .detail = It is not valid JSON (line { $line }, column { $column }).
request-invalid = Some fields need correction
request-not-json = Send the message as application/json
request-query = The parameters of the address cannot be read
request-if-match = The If-Match header cannot be read
request-too-large = The message is too large
request-too-slow = The answer took too long
    .detail = Try again.
request-unknown = There is no such request for support
idempotency-key-invalid = An Idempotency-Key has 8 to 200 characters
idempotency-key-reused = The same key was sent with another body
idempotency-in-progress = The same request is being served already
    .detail = Send it again to get the answer.
state-not-possible = This cannot be done now
    .detail = The state is “{ $from }”, which does not allow “{ $event }”.
directory-invalid = The mapping would contradict itself; nothing was kept
mapping-past-busy = Many older readings of the mapping were asked for in this minute
    .detail = Try again in { $seconds } seconds, or read it as it is now.
mapping-moved = Others were changing the directory at the same moment
    .detail = Nothing was written. Try again in a few seconds.
import-unknown = There is no such import
import-nothing = The file says what the mapping says already; there is nothing to do
import-moved = The mapping changed since the file was looked at; nothing was written
    .detail = { $count } records say something else by now. Upload the file again and see the new difference.
import-changed-since = Some records were changed after the import; nothing was undone
    .detail = { $count } records say something else by now. Undo the rest and keep them, or change them back first.
import-too-large = The file is larger than 16 MB
    .detail = Split it, or ask whoever runs the server to bring it in with `osn import`.
export-too-many-rows = The table { $table } has more rows than a workbook takes
    .detail = Download the tables (CSV) or HSDS JSON instead.
synonyms-invalid = The list of synonyms has mistakes; nothing was kept
service-unknown = There is no such service
area-unknown = The directory has no such area
organization-unknown = There is no such body
model-unknown = There is no intervention model yet
model-version = The new version must follow the last one
operation-unknown = There is no such operation
examination-missing = The request has not been examined against the mapping yet
paper-no-press = This installation makes no PDF. Print the page from the browser.
paper-too-long = The document took too long. Try again in a while.
certificate-unknown = There is no such certificate
certificate-open-unknowns = A person still has to decide on some services
    .detail = { $open } are open. Decide on each, with a reason.
program-unknown = There is no such program
program-too-large = The package is too large
    .detail = It has { $size } bytes. At most { $limit } are allowed. Build it with the plugin profile, which strips symbols.
program-not-a-component = The file is not a program
    .detail = Upload the package as osn program build made it. The check said: { $reason }
program-forbidden-feature = The program uses a feature that is not allowed
    .detail = The check said: { $reason }
program-imports = The program imports something, which is not allowed
    .detail = It imports: { $names }. A program imports nothing. Build it for the target wasm32-unknown-unknown.
program-wrong-contract = The program is for another contract version
    .detail = It needs contract { $needs }. This host speaks { $host }.
program-missing-exports = Parts of the contract are missing in the program
    .detail = Missing: { $names }.
program-wrong-types = The program does not fit its contract
    .detail = The check said: { $reason }
program-fault-words = { $fault ->
    [out-of-fuel] The program used up all its fuel without coming to an end
    [timed-out] The program ran longer than is allowed
    [memory-limit] The program asked for more memory than is allowed
    [table-limit] The program asked for a larger table than is allowed
    [stack-overflow] The program called itself without end
    [trapped] The program broke off by a mistake of its own
    [answer-too-large] The program's answer is larger than is allowed
    [malformed-answer] The program's answer cannot be read
    [lying-answer] The program's answer cannot be true
    [bad-description] The program's description cannot be used
    [refused-input] The program refused the data for a reason of its own
    [wrong-input] An application does not fit the program's description
    [too-many-rows] An application has more rows than are allowed
    [wrong-shape] The data do not fit the program's description
   *[other] The program stopped without an answer
  }
program-too-much-declared = The program declares more than is allowed
    .detail = The check said: { $reason }
program-manifest = The package's manifest or texts are not right
    .detail = The check said: { $reason }
program-not-signed = The package is not signed
    .detail = Packages need a signature by a key that this installation trusts. Send the .minisig file with it, or name its maker's key with --trusted-key.
program-signature = The package's signature is not accepted
    .detail = The check said: { $reason }
program-compile-limit = Compiling went beyond the limits
    .detail = The check said: { $reason }
program-refused = The program is not accepted
    .detail = The check said: { $reason }
program-case-failed = Golden cases failed; nothing was installed
    .detail = { $failed } failed, { $passed } passed.
program-unsteady = The program does not answer the same each time; nothing was installed
    .detail = An answer depends on its own application and the parameters, and on nothing else.
program-fault = The program is at fault
    .detail = { program-fault-words }. The check said: { $reason }
program-input = The program refused the input
    .detail = { program-fault-words }. The check said: { $reason }
program-busy = All places for running programs are in use
    .detail = Try again shortly.
action-unknown = There is no such action
action-invalid = The action needs correction
program-in-use = The program is still in use
    .detail = { $count } actions run with it. Complete them or give them up first.
dry-run-not-now = Nothing can be tried before the call is published
action-parameters = The program refuses the parameters
action-covered-need = The certificate says that the need is covered
action-places-wait = The places wait for a second person
    .detail = More places were asked for than people are left uncovered. First a second person agrees, with a reason.
action-not-asked = Nobody asked for { $places } places
    .detail = Perhaps it was changed. Open the action again and see how many are asked for now.
action-same-person = A second person is needed
    .detail = Whoever created or asked for it cannot approve it.
call-unknown = There is no such call
call-invalid = The call needs correction
call-action-not-approved = The action is not approved
application-unknown = No application was found with these details
    .detail = Check the reference and the code.
application-erased = The data of this application were erased
application-invalid = The application needs correction
    .detail = See the fields marked. Nothing that you wrote is lost.
application-late = The deadline has passed
    .detail = Applications closed on { $closes }.
application-too-early = Applications are not open yet
    .detail = They open on { $opens }.
application-not-open = The call does not take applications
application-double = There is an application with this AMKA already
    .detail = One application is taken in each call. To change it, withdraw the earlier one first.
application-wait = Too many failed attempts
    .detail = Try again in { $seconds } seconds.
evidence-too-late = The list is final already
assessment-call-open = The call still takes applications
assessment-not-now = The call cannot be assessed now
assessment-running = An assessment is running already
assessment-unreadable = A stored application cannot be read
run-unknown = There is no such assessment
job-unknown = There is no such job
decision-unknown = There is no such decision
selection-unknown = There is no such list
selection-not-assessed = The call has not been assessed
selection-seed-lost = The seed of the draw is not the one that was committed to
    .detail = The municipality’s signing key changed after publication. Restore the old key from a backup.
selection-same-person = Whoever proposes a list cannot approve it
selection-moved = An application on the list was withdrawn meanwhile
plan-no-final-list = The action has no final list yet: there is nobody to assign
plan-several-lists = The action has more than one final list: make a plan for each
    .detail = Send the list back and propose a new one.
results-not-final = The results are not final
award-unknown = There is no such award
delivery-unknown = There is no such delivery

# Fields that are wrong.
field-invalid = The value is not right
field-required = Fill in this field
field-not-asked = The other answers do not lead to this question: leave it empty, or change the answer that it depends on
field-unknown-field = There is no such field here
field-wrong-type = The value is of another kind
field-unknown-option = Choose one of the options
field-duplicate-option = The same option stands twice
field-duplicate-code = The code { $name } stands twice
field-not-an-option = Choose one of the options
field-not-a-date = Write a date that exists, e.g. 2022-08-19
field-not-a-list = A list of values is needed
field-not-a-number = Write a number
field-not-a-text = Write text
field-not-a-whole-number = Write a whole number
field-not-an-amount = Write an amount in euros, e.g. 4200.00
field-not-an-object = A set of fields is needed
field-not-canonical = The value cannot be written in one way only
field-not-yes-or-no = Answer yes or no
field-not-a-key = Use lower-case letters and hyphens, no free text
field-not-positive = The amount must be above zero
field-out-of-range = The value is out of range
field-too-long = The text has more than { $most } characters
field-wrong-length = The text is too short or too long
field-wrong-count = Between { $least } and { $most } are needed
field-wrong-number-of-options = Choose fewer or more options
field-wrong-symbols = The text has symbols that are not allowed
field-twice = It stands twice
field-backwards-period = The end is before the start
field-backwards-ages = The youngest age is above the oldest
field-synonyms-too-many = The list has too many groups
field-synonyms-size = Write at least two different words, and at most 100
field-synonyms-phrase = Write a word or phrase, at most 120 characters
field-over-places = The action has { $places } places
field-drawn-rolling = A call that is judged all along cannot be drawn
field-unknown-record = There is no such record
field-service-not-referable = Nobody is referred to this service any more: it does not run, or nobody has confirmed its record for too long. Ask its body to confirm it
field-delivery-of-another-action = This delivery belongs to another action: name that action, or leave the action out
field-delivery-of-another-instalment = This delivery belongs to another instalment: name that instalment, or leave the instalment out
field-unknown-term = There is no such term in the taxonomy
field-unknown-program = There is no program of this name that is switched on
field-unknown-model-entry = There is no such entry in the intervention model
field-unknown-parameter = The program has no such parameter
field-unknown-type = Unknown kind of value
field-bad-key = The name is not right
field-cannot-be-resolved = The law's data have no such value on that day
field-greek-text-missing = A Greek text is needed ({ $name })
field-protected-place-exposed = A protected place carries no address
field-term-stays = The code and the taxonomy of a term do not change: other records point at it by them. Make a new term
field-stands-above-itself = The record stands above itself; correct its parent
field-record-text-too-long = { $name }: the text is too long; shorten it
field-record-control-characters = { $name }: the text has invisible control characters; type it again
field-record-invalid-uri = { $name }: write a whole address such as https://example.org
field-record-invalid-email = { $name }: write an address such as name@example.org
field-record-impossible-coordinates = Latitude is between -90 and 90, longitude between -180 and 180, and both are given
field-record-invalid-recurrence = { $name }: this is no rule of recurrence such as MO,WE
field-record-incomplete-recurrence = { $name }: without it nobody can tell the days of these hours
field-record-contradictory-recurrence = { $name }: it cannot stand beside the other fields of these hours
field-record-backwards-period = { $name }: the end is before the start
field-record-negative = { $name }: it cannot be below zero
field-record-impossible-age = { $name }: nobody reaches this age
field-record-invalid-code = { $name }: this is not a valid code
field-record-tells-where = { $name }: tells where a protected place is; delete the street, postal code, coordinates or map
field-other-action = The delivery belongs to another action
field-login-format = A login has no spaces
field-password-too-short = A password has at least { $least } characters
field-reason-length = Write why, in 5 to 500 characters
field-amka-birth-date = The AMKA tells another date of birth; sometimes it was issued so
field-postcode-neighbour = The postal code usually belongs to another municipality: { $place }
field-postcode-outside = The postal code usually lies outside the municipality
field-postcode-area = The postal code usually belongs to another community: { $area }
field-birth-date-future = The date of birth is in the future
field-birth-date-too-old = Check the year of birth
field-email-format = Write an address such as name@example.org
field-valid-to-required = Say until when the document holds, or that it holds without end
field-no-last-day-asked = This document has no last day
field-no-document-asked = No document is asked for this question
field-evidence-by-staff-only = Only the municipality marks a document as seen; write declared or bringing
field-evidence-by-applicant-only = Write accepted, refused or expired
field-no-such-person = The application does not have that many people
field-form-schema = The answer does not fit the call's form
field-description-changes = Its description was another one when it was asked for again
field-not-deterministic = The same applications got other answers the second time (case { $application })
field-depends-on-order = The same applications got other answers in another order (case { $application })
field-depends-on-company = The same applications got other answers beside other applications (case { $application })
field-together = It judges each application alone, and not all of them together. { program-fault-words }
field-case-failed = { $name }: { $lines }
field-recorded-of-failed = Nothing more is written down when a delivery failed
field-stock-whole = This program counts the stock of all instalments together
field-stock-mixed = The stock of this is recorded in another way: either by instalment, or for all together
field-delivery-waits = The delivery waits for goods: first record what arrived and plan again
field-note-too-long = At most { $most } characters
field-no-such-participant = The delivery is not for this person
field-nobody-present = Nobody was there: record that the delivery failed
field-use-by-passed = The last day of use has passed: do not hand it over
field-not-a-lot = Write a lot with letters or digits, up to 80 characters
field-not-authorised = The application names nobody with this name
field-kind-of-delivered = A kind is given only when the delivery failed
field-plan-instalments = One day is needed for each of the { $instalments } instalments, in order
field-plan-order = Instalment { $instalment } stands before the one before it
field-decision-not-a-candidate = The service is not a candidate for this need
field-decision-not-undetermined = The record already answers for this service
field-need-no-people = Say how many people are in need
field-need-no-area = Choose at least one area
field-need-backwards-ages = The youngest age is above the oldest
field-need-backwards-period = The end is before the start

# Messages to people.
message-subject = { $municipality }: news about your application
message-award-selected = Your application { $reference } was accepted. You will be told the next dates. { $municipality }
message-award-promoted = Your application { $reference } moved up from the reserve list and has a place now. { $municipality }
message-lot-recalled = Lot { $lot }, which you received ({ $dates }) with application { $reference }, is called back. Do not use it. See why in your application. { $municipality }
message-delivery-planned = These days were set for your application { $reference }: { $dates }. { $municipality }
message-delivery-waits = A delivery for your application { $reference } is late: the goods have not arrived. You will be told another day. { $municipality }
message-delivery-replanned = The days for your application { $reference } changed: { $dates }. { $municipality }

# What would change an answer of the decision.
change-paper = Needed: { $paper }.
change-answer = An answer is missing.
fact-source = From the mapping of services as it was on { $day } (revision { $revision })
change-valid-on = It would change with: { $paper }, valid on { $day }.
change-at-least = It would change if it were at least { $wanted }.
change-at-most = It would change if it were at most { $wanted }.
change-equal = It would change if it were { $wanted }.
change-holds-paper = It would change if it held and the document showed it: { $paper }.
change-holds = It would change if it held.

# Limit on requests.
requests-too-many = Too many requests from your connection
    .detail = Try again in { $seconds } seconds. What you typed is not lost: go back.
record-unknown = There is no such record
record-unknown-version = There is no such version of the record
record-nobodys = The record names no body
    .detail = Say first, in its form, which body it belongs to: that body is asked, and answers.
record-unknown-pair = Nobody has said that these records are two
record-unknown-part = There is no such part of the record
term-in-need = Needs that were written down speak of this term; it was not withdrawn
    .detail = Requests and gaps that name it: { $count }. It stays, so that they can be read.
record-breaks-others = With this change other records would not stand
    .detail = Records that point here: { $count }, the first is “{ $record }”. Mend those first.
record-in-use = Other records point to it; it was not withdrawn
record-body-has-open = The body still has these open: { $what }. Close them first, or merge the body into the one that takes its place
    .detail = Withdraw or move these first: { $count }.
reminder-unknown = The link is not ours, or was not copied whole
reminder-moved = The information changed after you opened the page: look at it again, and answer then
reminder-used = The link was used already
reminder-expired = The link does not work any more
reminder-other-owner = The record belongs to another body now
    .detail = If you still keep it, tell the municipality.
reminder-wait = Too many links were asked for
    .detail = Try again in { $seconds } seconds.
reminder-no-address = The body has no e-mail address in the directory
    .detail = Ask by telephone and record the confirmation.
reminder-sent-today = A reminder went out today
    .detail = Wait until tomorrow, or ask by telephone.
suggestion-unknown = There is no such suggestion
suggestion-wait = Many suggestions came about this record
    .detail = Try again in { $seconds } seconds.
subscription-unknown = There is no such subscription
field-record-other-id = The record has another identifier or kind than the address
field-record-phone = Write a telephone number, for example 210 1234567
field-figures-period = Give a first and a last day, in this order
field-figures-future = Figures are of days that have passed
field-figures-nothing = Give at least one figure
field-apart-from-itself = A record is one; choose two
field-merge-into-itself = A record is not merged into itself
field-confirmed-ahead = The day of confirmation, { $day }, has not come yet: write today or an earlier day
field-merge-member = The body that goes is a member of the network: merge the other into it, or end its membership first
field-merge-open = The body that goes still has these open: { $what }. Close them first, or merge the other into it
field-merge-open-record = These are still open about the record that goes: { $what }. Close them first, or merge the other into it
merge-open-requests = requests
merge-open-suggestions = suggestions
merge-open-gaps = gaps that it reported
merge-open-offers = offers towards gaps
merge-open-extensions = extensions of services
merge-open-referrals = referrals
merge-open-actions = actions that it delivers
merge-open-answers = actions that answer its requests
field-merge-protected = A protected place is merged with a protected one only: mark both as protected first
field-import-record-moved = “{ $name }” was changed meanwhile
message-record-reminder-subject = { $municipality }: is your information in the directory still right?
message-record-reminder =
    The directory of services ({ $municipality }) holds information of yours that was not confirmed lately ({ $count }).
    Open each link and press “All is right”, or correct what changed. You need not sign in.
    The links work until { $until }, and once.
    { $records }
message-record-suggestion-subject = { $municipality }: a suggestion about your information in the directory
message-record-suggestion =
    Somebody wrote to us that something may no longer be right in a record of yours in the directory of services ({ $municipality }).
    It is about: { $about }.
    Open the link: correct what changed, or press “All is right”. You need not sign in.
    Whoever has an account reads what was written under “Suggestions”.
    The link works until { $until }, and once.
    { $records }
message-mapping-digest-subject = { $municipality }: what changed in the mapping
message-mapping-digest =
    Services that you follow have changed ({ $count }).
    { $records }
    { $municipality }
message-mapping-digest-more = and more: { $count }
message-service-gone = { $name } (withdrawn)
field-words-too-long = The text is too long: shorten it

# Open data (HSDS).
hsds-description = Organisations, structures and services of the social network: { $name }
term-unknown = There is no such term
taxonomy-unknown = There is no such taxonomy
