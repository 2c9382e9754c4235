# The workplace: signing in, the first page, requests, certificates, actions.

sign-out = Sign out
work-label = Workplace
chain-label = The way from need to delivery
chain-request = Request
chain-certificate = Certificate
chain-action = Action
chain-call = Call
chain-list = Selection
chain-deliveries = Deliveries
role-coordinator = coordination
role-evaluator = evaluation
role-finance = finance
role-partner = body of the network
role-auditor = audit
role-host = system management
menu-chain = From need to action
menu-work = What waits
menu-requests = Requests
menu-certificates = Certificates
menu-actions = Actions
menu-calls = Calls
menu-system = System
menu-programs = Programs
menu-outbox = Messages
menu-journal = Journal
menu-public = For everybody
menu-services = Services
login-title = Partners sign in
login-name = User name
login-password = Password
login-button = Sign in
login-help = For an account, talk to the coordination of the network.
continue = Continue
all = All

work-title = What waits
work-hello = Welcome, { $name }
work-waiting = Waiting for you
work-nothing = Nothing waits for you right now.
task-submit = Draft: submit
task-examine = Check against the mapping
task-decide = { $count ->
    [one] Decide on 1 service
   *[other] Decide on { $count } services
  }
task-certify = Issue the certificate
task-approve = Approve
task-approve-other = Waits for somebody else to approve
task-certified-gap = A certified gap without an action: propose one
task-look-at-gap = A report: see whether it holds
task-plan-action = Approved: make it an action
task-answer-referral = Referral: waits for an answer
task-follow-up = From a meeting
task-publish = Publish
task-assess = Judge the applications
task-assess-new = Judge the new applications
task-propose = Propose the list
task-approve-list = List waits for a second person
task-record = { $count ->
    [one] Record 1 delivery
   *[other] Record { $count } deliveries
  }
task-repeat = { $count ->
    [one] 1 delivery to repeat
   *[other] { $count } deliveries to repeat
  }
people-count = { $count ->
    [one] 1 person
   *[other] { $count } people
  }
places-count = { $count ->
    [one] 1 place
   *[other] { $count } places
  }

column-what = What
column-next = Next step
column-request = Request
column-need = Need
column-people = People
column-state = State
column-certificate = Certificate
column-outcome = Outcome
column-residual = Uncovered
column-issued = Issued
column-action = Action
column-period = Period
column-places = Places
column-budget = Budget
column-version = Version
column-why = Reason
column-who = Who
column-when = When
column-code = Code

requests-title = Support requests
requests-count = { $count ->
    [one] 1 request
   *[other] { $count } requests
  }
requests-none = No request.
request-new = New request
request-about = The request
request-need = The need
request-body = Body that asks
request-title-el = Title in Greek
request-title-en = Title in English
request-description-el = Description in Greek
request-description-hint = What happens, and to whom. Write no names or other personal data.
request-description-en = Description in English
request-write = Submit the request
request-submit = Submit
request-examine = Check against the mapping
request-examine-again = Check again
request-certify = Issue the certificate
request-withdraw = Withdraw
request-not-examined = The request has not been checked against the mapping yet.
request-today = Back to the request
request-as-of = So the rules answer from the mapping of { $day }. Nothing of it is kept.
request-on-its-day = What the rules would have answered on the first day of the need
request-examination = Check against the mapping
state-request-draft = Draft
state-request-submitted = Submitted
state-request-examined = Checked
state-request-confirmed = Confirmed
state-request-covered = Covered
state-request-withdrawn = Withdrawn
decide-title = Decide on what is unknown
decide-text = Nothing speaks against these services, but something is missing. Write how many places count for the need, and why. Zero means that the service does not cover it.
decide-places = Places that count
decide-reason = Reason
decide-rest-title = Those you left empty
decide-rest = Reason why they do not count
decide-rest-hint = If you write it, the services you left empty count zero places for this reason.
decide-button = Save the decisions
done-request-written = The request was submitted.
done-request-submitted = The request was submitted.
done-request-withdrawn = The request was withdrawn.
done-request-examined = The check against the mapping is done.
done-request-decided = Your decisions were saved.
done-certificate-issued = The certificate was issued and signed.

certificates-title = Certificates of need
certificates-count = { $count ->
    [one] 1 certificate
   *[other] { $count } certificates
  }
certificates-none = No certificate.
certificate-title = Certificate of need { $reference }
certificate-signed = Signature
certificate-issued-at = Issued
certificate-issued-by = By
certificate-digest = Digest (SHA-256)
certificate-signature = Signature (ed25519)
certificate-key = Public key of the municipality
certificate-check = Check that it is genuine
certificate-check-text = Download the file and run: osn certificate verify FILE
certificate-download = Download the signed file (JSON)
certificate-pdf = Download the certificate as PDF
certificate-inside = The certificate as it was signed: check it with “osn certificate verify”
certificate-actions = Actions that rest on it
certificate-no-actions = No action yet.

actions-title = Actions
actions-count = { $count ->
    [one] 1 action
   *[other] { $count } actions
  }
actions-none = No action.
action-new = New action
action-basis = What it rests on
action-certificate = Certificate of need
action-program = Program
action-about = The action
action-name-el = Name in Greek
action-name-en = Name in English
action-description-el = What it offers, in Greek
action-description-hint = Plain words: this is what applicants read.
action-description-en = What it offers, in English
action-model-entry = Entry of the intervention model
action-size = Size and time
action-places = Places
action-places-hint = Up to as many as are left uncovered. More wait for a second person with a reason.
action-places-reason = Why so many
action-from = Start
action-to = End
action-instalments = How many deliveries for each recipient
action-instalments-short = Deliveries
action-budget = Budget
action-operation = Operation that pays
action-settings = Parameters of the program
action-plan = Save the action
action-approve = Approve
action-complete = Complete
action-waits = The action waits for approval by somebody other than whoever created it.
action-created-by = Created by
action-approved-by = Approved by
action-calls = Calls of the action
action-no-calls = No call yet.
action-open-places = Uncovered people less the places of other actions
places-versions = Versions of the places
places-new = Change the places
places-set = New version of the places
places-beyond = Places beyond the gap
places-beyond-asked = { $places } places are asked for ({ $who })
places-beyond-waits = More places than people are left uncovered wait for a second person.
places-second-reason = Why you accept it
places-beyond-set = I agree to { $places } places
state-action-draft = To be approved
state-action-approved = Approved
state-action-completed = Completed
state-action-cancelled = Cancelled
done-action-planned = The action was saved. It waits for approval by somebody else.
done-action-approved = The action was approved.
done-action-completed = The action was completed.
done-places-asked = More places than are left uncovered were asked for. They wait for a second person.
done-places-set = The new version of the places is in force.
