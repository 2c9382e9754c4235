# The workplace: calls, applications, lists, deliveries, programs, journal.

staff-calls-title = Calls
staff-calls-none = No call.
calls-count = { $count ->
    [one] 1 call
   *[other] { $count } calls
  }
column-call = Call
column-until = Until
call-new = New call
call-title-el = Title in Greek
call-title-en = Title in English
call-opens = Opens
call-closes = Closes
call-moment-hint = For example 19 8 2022, at 17:00
call-one-per = How many applications
call-tie = If they remain equal
call-tie-hint = The draw is committed to now and disclosed with the list. It cannot be changed later.
call-tie-choice-time = Whoever applied first comes first
call-tie-choice-draw = A draw decides
call-towards-target = So far: { $given } places, towards at least { $target }. { $left } places are left. Final lists: { $rounds }.
call-towards-places = So far: { $given } of { $target } places. { $left } are left. Final lists: { $rounds }.
call-write = Save the call
call-publish = Publish
call-assess = Judge the applications
call-assess-again = Judge again
call-propose = Propose the list
call-public = The page for everybody
call-criteria = Criteria
call-next-publish = Next step: publish. Publishing freezes the parameters and the code that judges.
call-next-wait = The call will open by itself.
call-next-open = The call takes applications and will close by itself.
call-next-rolling = The call is open and judged all along. Judge the applications that wait whenever you like.
call-next-assess = Next step: judge all applications.
call-next-propose = Next step: propose the ranked list.
call-next-approve = Next step: a second person approves the list.
call-next-deliver = The list is final. Deliveries follow.
call-next-nothing = No further step.
preview-title = Who would qualify
preview-back = The action
preview-text = Write an example and see what the terms would decide. Papers count as accepted. Nothing is stored.
preview-call = Or count the applications of a call
preview-try = Try it
preview-nothing-stored = Judged as of { $day }. Nothing was stored.
preview-counted = { $count } applications were counted. Not readable with this form: { $unreadable }.
preview-more = The call has more applications, which were not counted.
preview-criteria = Each criterion by itself
indicators-title = What was done so far
column-indicator = Indicator
column-reached = So far
column-target = Target, at least
unknown-yet = not known
done-call-written = The call was saved as a draft.
done-call-published = The call was published.
job-title = Judging the applications
job-call = Back to the call
job-queued = Waits for its turn
job-running = Running. The page loads itself again.
job-done = Done
job-failed = Failed
job-progress = { $done } of { $total } applications
job-error = { $what } ({ $code })
call-run-stopped = The assessment of { $when } stopped. { $what }. No application was lost.
call-run-stopped-program = Faults of the program

applications-title = Applications
applications-all = Applications
applications-count = { $count ->
    [one] 1 application
   *[other] { $count } applications
  }
applications-none = No application.
applications-no-names = No names are shown here. The data of an application open only with a reason, and this is recorded.
application-title = Application { $reference }
application-decision = The decision
application-criteria = Criteria of the decision
application-judged = Judged as of { $day }: { $outcome }.
application-not-judged = The application has not been judged yet.
application-similar = Application { $reference } has the same address, telephone, or name with date of birth. It may be the same household.
assessed-eligible = Eligible
assessed-not-eligible = Not eligible
assessed-missing-evidence = Something missing
criterion-met = Met
criterion-not-met = Not met
criterion-unknown = Something missing
criterion-not-applicable = Does not apply
column-criterion = Criterion
column-seen = Value
column-wanted = Wanted
column-basis = Basis
column-protocol = Protocol
column-submitted = Submitted
protocol-coming = Given shortly
evidence-title = Papers
evidence-text = Note what you found. The application is judged again in the next run.
evidence-open-first = For the documents of participants and members, first open the personal data below.
evidence-button = Save
evidence-state-none = Does not have it
evidence-state-declared = Declares to have it
evidence-state-bringing = Will bring it
evidence-state-accepted = Accepted
evidence-state-refused = Refused
evidence-state-expired = Expired
open-title = Personal data
open-text = The data are sealed. Write why you open them. The reason stays in the journal with your name.
open-not-yours = The data are sealed and your role does not open them.
open-reason = Reason
open-reason-hint = For example: check of the papers
open-button = Open
open-journaled = The opening was recorded in the journal.
done-evidence-checked = The papers were saved.

list-title = Ranked list
list-proposed = { $title } · proposed by { $name }, { $when }
list-order = Order: { $keys }. The column “What decided” says what decided against the one before.
list-eligible = Eligible
list-why = Why
list-approve = Approve
list-reject = Send back
list-other-approves = You proposed this list. Somebody else approves it.
column-decided = What decided
decided-first = First of the list
decided-submission-time = Time of submission
decided-draw = Draw
decided-protocol = Protocol number
state-selection-proposed = To be approved
state-selection-approved = Final
state-selection-rejected = Sent back
done-list-proposed = The list was proposed. It waits for a second person.
done-list-approved = The list is final. Those selected are entitled to the deliveries.
done-list-rejected = The list was sent back.

deliveries-title = Deliveries
deliveries-count = { $count ->
    [one] 1 delivery
   *[other] { $count } deliveries
  }
deliveries-none = No delivery.
deliveries-progress = { $done } of { $total } deliveries were made
column-instalment = Instalment
column-planned = Planned
column-attempts = Attempts
state-delivery-planned = Planned
state-delivery-failed = Failed
state-delivery-delivered = Delivered
state-delivery-cancelled = Cancelled
record-title = Record results
record-text = Choose a result for those that were made. Those you leave empty stay as they are.
record-label = { $reference }, delivery { $number }, { $day }
record-failed = Failed: { $why }
record-button = Record
plan-title = Plan of deliveries
plan-new = New plan of deliveries
plan-none = No plan yet.
plan-text = Deliveries that were not made move to the new days, and those who wait for them are told. Old versions stay.
plan-reason = Why it changes
plan-button = Save the plan
plan-version = version { $version }
column-days = Days
awards-title = Awards
awards-count = { $count ->
    [one] 1 award
   *[other] { $count } awards
  }
awards-none = No award.
award-by-selection = Final list
award-by-promotion = From the reserve list
award-by-help = Immediate help
award-withdraw = Withdraw an award
award-withdraw-text = Deliveries that were not made are cancelled, and the first on reserve gets them.
withdrawal-recipient-withdrew = The recipient asked for it
withdrawal-moved-away = Moved away
withdrawal-deceased = Died
withdrawal-other = Another reason
column-basis-of-award = How it was made
column-since = Since
state-award-active = In force
state-award-withdrawn = Withdrawn
state-award-fulfilled = Fulfilled
done-deliveries-recorded = The results were recorded.
done-plan-made = The new plan is in force and recipients will be told.
done-award-withdrawn = The award was withdrawn. Nobody was left on reserve.
done-award-withdrawn-promoted = The award was withdrawn and the first on reserve got it.

programs-title = Programs
programs-count = { $count ->
    [one] 1 program
   *[other] { $count } programs
  }
programs-none = No program is installed.
program-name = Name
program-version = Version
program-contract = Contract version
program-code = Digest of the code
program-package = Digest of the package
program-disable = Close to new actions
program-install = Install a program
program-install-text = Its golden cases run before it is installed. If one fails, nothing is installed.
program-file = File of the program (.wasm)
program-signature-file = Its signature (.minisig)
done-program-installed = The program was installed.
done-program-enabled = The program is open to new actions.
done-program-disabled = The program is closed to new actions.

journal-title = Journal
journal-text = Every act is written here in its own transaction and tied to the one before. No personal data are written.
journal-count = { $count ->
    [one] 1 entry
   *[other] { $count } entries
  }
journal-none = No entry.
journal-verify = Check the chain
journal-holds = The chain is intact
journal-holds-text = { $count ->
    [one] 1 entry was checked.
   *[other] { $count } entries were checked.
  }
journal-broken = The chain is broken
journal-proven = Entries that a published head covers
journal-unproven = Entries after it, without outside proof yet
journal-open = Entries not chained yet
journal-head = Head of the chain
journal-system = The system
column-number = Number
column-act = Act
column-subject = About
column-details = Details
outbox-title = Messages
outbox-text = Messages to people, without their data.
outbox-count = { $count ->
    [one] 1 message
   *[other] { $count } messages
  }
outbox-none = No message.
message-waiting = Waits
message-sent = Sent
message-dead = Not sent
told-award-selected = You were granted the support
told-award-promoted = You got a place from the reserve list
told-delivery-planned = Days of delivery
told-delivery-replanned = New days of delivery
column-message = Message
column-channel = Channel

act-request-write = New request
act-request-submit = Request submitted
act-request-withdraw = Request withdrawn
act-request-examine = Need examined
act-request-decide = Decision on unknowns
act-certificate-issue = Certificate issued
act-action-create = New action
act-action-approve = Action approved
act-action-places = Places changed
act-action-places-beyond = Places beyond the gap
act-action-complete = Action completed
act-call-create = New call
act-call-publish = Call published
act-assessment-start = Assessment started
act-assessment-finish = Assessment finished
act-assessment-fail = Assessment failed
act-selection-propose = List proposed
act-selection-approve = List approved
act-selection-reject = List sent back
act-decision-read = Decision read
act-decision-record = Decision record taken
act-evidence-check = Papers checked
act-application-withdraw = Application withdrawn
act-award-withdraw = Award withdrawn
act-plan-put = Plan of deliveries
act-delivery-record = Deliveries recorded
act-directory-put = Mapping updated
act-model-put = Intervention model
act-operation-put = Operation saved
act-program-install = Program installed
act-program-enable = Program opened
act-program-disable = Program closed
act-account-add = New account
act-session-open = Signed in
act-session-close = Signed out
