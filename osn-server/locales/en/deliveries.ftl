# What is written down at a delivery, who comes when and where, lots and recalls, how an action ends.

record-once = For those that were delivered
record-once-text = What you write here holds for every delivery that you marked as delivered.
written-personal = About people
written-nothing = Nothing was tried yet.
written-erased = The recipient's data were erased.
column-written = Written down
column-present = Present

occasions-title = When and where
occasions-count = { $count ->
    [one] 1 occasion
   *[other] { $count } occasions
  }
occasions-none = No plan yet.
occasion-people-of = { $people } of { $most }
occasion-minutes = { $minutes } minutes
occasion-ages = { $from } to { $to } years
occasion-age-from = From { $from } years
occasion-everybody = Everybody
column-place = Where
column-for-whom = For whom
day-title = { $day }
day-unknown = There is no such day
day-text = The list of the day has names and what the delivery needs. Each opening is written to the journal.
day-open = Open the list
day-list = List of the day
day-name = Who
day-said = What was said for the delivery
day-journaled = The opening was written to the journal.
day-list-too-long = The day has more than { $most } deliveries: open one place at a time

lots-title = Lots
lots-none = No lot was written down at any delivery.
column-lot = Lot
column-use-by = Use by
lot-stands = Stands
lot-recalled = Called back
recall-title = Call a lot back
recall-text = Everybody who received it is told once. Whoever's delivery is recorded later is told too.
recall-reason-el = Why it is called back, in Greek
recall-reason-en = The same in English
recall-reason-hint = Those who received it read this. Say what they should do.
recall-button = Call back and tell everybody
recall-of = Recall of lot { $lot }
recall-since = Since { $when }
recall-recipients = Who received it
recall-count = { $count ->
    [one] 1 received it
   *[other] { $count } received it
  }
recall-nobody = Nobody has received it.
recall-elsewhere = Other actions handed the same lot over. Call it back there too.
recall-unknown = There is no such recall
lots-everywhere = Lots of all actions
lots-of = Lot { $lot } in all actions
lots-no-action = No action writes lots down.
lot-not-there = Not handed over
recall-everywhere = Call a lot back in all actions
recall-everywhere-text = Every action that writes lots down is looked through, and everybody who received the lot is told once.
recall-everywhere-button = Call back everywhere and tell everybody
done-lot-recalled = The lot was called back. Those who received it are told.
tracked-recall = Do not use lot { $lot }: it was called back.
told-lot-recalled = A lot was called back
act-lot-recall = Lot called back
act-delivery-open = Delivery's data opened
act-lot-recall-everywhere = Lot called back in all actions
act-action-deliverers = Bodies that deliver named

stock-title = Stock
stock-text = Write what arrived, or what you counted. What is handed over is taken off by itself. As long as you write nothing, there is enough for everybody.
stock-none = No stock was recorded: there is taken to be enough for everybody.
stock-no-goods = This action hands over no goods: it has places, and no stock.
stock-waiting = { $count ->
    [one] 1 delivery waits for goods to arrive.
   *[other] { $count } deliveries wait for goods to arrive.
  }
column-supply = What
column-recorded = Recorded
column-handed = Handed over
column-left = Left
stock-there = There
stock-over = Used up
stock-passed = Past its day
stock-overdrawn = More was given
stock-record = What arrived, what is left
stock-event = What do you record
stock-arrived = So many arrived
stock-counted = So many are left, we counted
stock-pieces = Pieces
stock-instalment = For which instalment
stock-instalment-hint = Leave it empty if it is for all instalments together.
stock-button = Record
stock-plan-older = The plan of the deliveries was made before this was recorded. Make it again, with the same days.
stock-plan-again-text = The plan of the deliveries was made with this stock.
stock-plan-again = Plan again with what there is
plan-round = Instalment { $number }: where, when, for whom
plan-round-text = Fill it in only where people are shared out over sessions. Then the program says who comes when.
plan-series = Week or series
plan-series-hint = Routes with the same name are one instalment.
plan-features = What it offers
plan-starts = Begins at
plan-starts-hint = For example 09:30
plan-minutes = Minutes
plan-capacity = Most people
plan-age-from = From age
plan-age-to = To age
plan-short-text = The plan was made. These people did not get everything they are entitled to.
stock-short = Who goes without something
stock-short-count = { $count ->
    [one] 1 goes without something
   *[other] { $count } go without something
  }
stock-short-text = Their delivery waits, and they are told. When goods arrive, make the plan again.
state-delivery-waits = Waits for goods
step-waits = Waiting for the goods to arrive
plan-by-stock = The stock changed.
done-stock-recorded = The stock was recorded.
told-delivery-waits = A delivery that waits
act-stock-record = Stock recorded

deliverers-title = Who delivers
deliverers-text = Whoever works for one of these bodies opens the list of a day and records deliveries where the body delivers. The team does so everywhere.
deliverers-everywhere = Everywhere
deliverers-none = Nobody was named: the team delivers alone.
deliverers-add = Name a body
deliverers-remove = Take a body off
deliverers-place-hint = Leave it empty where the body delivers everywhere.
deliverers-not-you = Your body was not named as the one that delivers here. Ask the team.
delivery-other-body = Your body was not named as the one that delivers here
done-deliverers-named = Who delivers was changed.
record-note = Note: what happened
record-note-hint = It is kept sealed, and opened with a reason only.

evaluation-title = Evaluation
evaluation-of-pilot = The action is a pilot. It is completed only when two people agree on its evaluation.
evaluation-figures = What was done so far
evaluation-recipients = People who received
evaluation-delivered = Deliveries made
evaluation-failed = Attempts that failed
evaluation-per-person = Deliveries a person
evaluation-cost = Budget a person
evaluation-none = It was not evaluated.
evaluation-propose = Propose an evaluation
evaluation-text = The figures of this moment stay with the proposal. Another person decides.
evaluation-conclusion = What becomes of the action
conclusion-stop = It stops
conclusion-repeat = It is repeated
conclusion-extend = It is extended
evaluation-reason-el = Why, in Greek
evaluation-reason-en = The same in English
evaluation-button = Propose
evaluation-second = Second person
evaluation-then = { $delivered } deliveries, { $people } people
evaluation-other-decides = You proposed it. Another person decides.
evaluation-approve = I agree
evaluation-reject = I do not agree
evaluation-reject-why = Why you do not agree
evaluation-unknown = There is no such evaluation
evaluation-too-early = The action is not approved yet
evaluation-there-is-one = The action has an evaluation that waits or stands
evaluation-same-person = Whoever proposes an evaluation does not decide on it
state-evaluation-proposed = Waits for a second person
state-evaluation-approved = Stands
state-evaluation-rejected = Not agreed
action-pilot = It is a pilot
action-pilot-hint = A pilot ends with an evaluation: it stops, is repeated or is extended.
action-pilot-not-evaluated = The pilot was not evaluated
    .detail = Propose an evaluation and ask a second person to decide.
done-evaluation-proposed = The evaluation was proposed. It waits for a second person.
done-evaluation-approved = The evaluation stands.
done-evaluation-rejected = The evaluation was not agreed.
act-evaluation-propose = Evaluation proposed
act-evaluation-approve = Evaluation agreed
act-evaluation-reject = Evaluation refused
