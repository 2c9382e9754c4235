# The workplace: calls, applications, lists, deliveries, programs, journal.

staff-calls-title = Προσκλήσεις
staff-calls-none = Καμία πρόσκληση.
calls-count = { $count ->
    [one] 1 πρόσκληση
   *[other] { $count } προσκλήσεις
  }
column-call = Πρόσκληση
column-until = Έως
call-new = Νέα πρόσκληση
call-title-el = Τίτλος στα ελληνικά
call-title-en = Τίτλος στα αγγλικά
call-opens = Ανοίγει
call-closes = Κλείνει
call-moment-hint = Για παράδειγμα 19 8 2022, ώρα 17:00
call-one-per = Πόσες αιτήσεις
call-tie = Αν μείνουν ίσες
call-tie-hint = Η κλήρωση δεσμεύεται τώρα και αποκαλύπτεται με τον πίνακα. Δεν αλλάζει μετά.
call-tie-choice-time = Προηγείται όποιος υπέβαλε πρώτος
call-tie-choice-draw = Αποφασίζει κλήρωση
call-towards-target = Έως τώρα: { $given } θέσεις, με στόχο τουλάχιστον { $target }. Μένουν { $left } θέσεις. Οριστικοί πίνακες: { $rounds }.
call-towards-places = Έως τώρα: { $given } από { $target } θέσεις. Μένουν { $left }. Οριστικοί πίνακες: { $rounds }.
call-write = Καταχώριση πρόσκλησης
call-publish = Δημοσίευση
call-assess = Να κριθούν οι αιτήσεις
call-assess-again = Να κριθούν ξανά
call-propose = Πρόταση πίνακα
call-public = Η σελίδα για το κοινό
call-criteria = Κριτήρια
call-next-publish = Επόμενο βήμα: δημοσίευση. Με τη δημοσίευση κλειδώνουν οι παράμετροι και ο κώδικας που κρίνει.
call-next-wait = Η πρόσκληση θα ανοίξει μόνη της.
call-next-open = Η πρόσκληση δέχεται αιτήσεις και θα κλείσει μόνη της.
call-next-rolling = Η πρόσκληση είναι ανοιχτή και κρίνεται συνεχώς. Κρίνετε όσες αιτήσεις περιμένουν, όποτε θέλετε.
call-next-assess = Επόμενο βήμα: να κριθούν όλες οι αιτήσεις.
call-next-propose = Επόμενο βήμα: πρόταση πίνακα κατάταξης.
call-next-approve = Επόμενο βήμα: έγκριση του πίνακα από δεύτερο πρόσωπο.
call-next-deliver = Ο πίνακας είναι οριστικός. Ακολουθούν οι παραδόσεις.
call-next-nothing = Δεν ακολουθεί άλλο βήμα.
preview-title = Ποιος θα δικαιούταν
preview-back = Η δράση
preview-text = Γράψτε ένα παράδειγμα και δείτε τι θα έκριναν οι όροι. Τα δικαιολογητικά θεωρούνται δεκτά. Δεν αποθηκεύεται τίποτα.
preview-call = Ή μετρήστε τις αιτήσεις μιας πρόσκλησης
preview-try = Δοκιμή
preview-nothing-stored = Κρίθηκε με ημερομηνία { $day }. Δεν αποθηκεύτηκε τίποτα.
preview-counted = Μετρήθηκαν { $count } αιτήσεις. Δεν διαβάζονται με αυτή τη φόρμα: { $unreadable }.
preview-more = Η πρόσκληση έχει και άλλες αιτήσεις, που δεν μετρήθηκαν.
preview-criteria = Κάθε κριτήριο χωριστά
indicators-title = Τι έγινε έως τώρα
column-indicator = Δείκτης
column-reached = Έως τώρα
column-target = Στόχος, τουλάχιστον
unknown-yet = δεν είναι γνωστό
done-call-written = Η πρόσκληση καταχωρίστηκε ως προσχέδιο.
done-call-published = Η πρόσκληση δημοσιεύτηκε.
job-title = Κρίση των αιτήσεων
job-call = Πίσω στην πρόσκληση
job-queued = Περιμένει τη σειρά της
job-running = Σε εξέλιξη. Η σελίδα ανανεώνεται μόνη της.
job-done = Ολοκληρώθηκε
job-failed = Απέτυχε
job-progress = { $done } από { $total } αιτήσεις
job-error = { $what } ({ $code })
call-run-stopped = Η κρίση στις { $when } σταμάτησε. { $what }. Καμία αίτηση δεν χάθηκε.
call-run-stopped-program = Τα σφάλματα του προγράμματος

applications-title = Αιτήσεις
applications-all = Αιτήσεις
applications-count = { $count ->
    [one] 1 αίτηση
   *[other] { $count } αιτήσεις
  }
applications-none = Καμία αίτηση.
applications-no-names = Εδώ δεν φαίνονται ονόματα. Τα στοιχεία μιας αίτησης ανοίγουν μόνο με λόγο, και αυτό καταγράφεται.
application-title = Αίτηση { $reference }
application-decision = Η κρίση
application-criteria = Κριτήρια της απόφασης
application-judged = Κρίθηκε με ημερομηνία αναφοράς { $day }: { $outcome }.
application-not-judged = Η αίτηση δεν έχει κριθεί ακόμη.
application-similar = Η αίτηση { $reference } έχει ίδια διεύθυνση, τηλέφωνο ή όνομα με ημερομηνία γέννησης. Ίσως είναι το ίδιο νοικοκυριό.
assessed-eligible = Δικαιούται
assessed-not-eligible = Δεν δικαιούται
assessed-missing-evidence = Λείπει στοιχείο
criterion-met = Πληροί
criterion-not-met = Δεν πληροί
criterion-unknown = Λείπει στοιχείο
criterion-not-applicable = Δεν αφορά
column-criterion = Κριτήριο
column-seen = Τιμή
column-wanted = Ζητείται
column-basis = Βάση
column-protocol = Πρωτόκολλο
column-submitted = Υποβλήθηκε
protocol-coming = Δίνεται σε λίγο
evidence-title = Δικαιολογητικά
evidence-text = Σημειώστε τι βρήκατε. Η αίτηση κρίνεται ξανά στην επόμενη κρίση.
evidence-open-first = Για τα χαρτιά των συμμετεχόντων και των μελών, ανοίξτε πρώτα τα προσωπικά στοιχεία, πιο κάτω.
evidence-button = Καταχώριση
evidence-state-none = Δεν το έχει
evidence-state-declared = Δηλώνει ότι το έχει
evidence-state-bringing = Θα το φέρει
evidence-state-accepted = Δεκτό
evidence-state-refused = Δεν γίνεται δεκτό
evidence-state-expired = Έληξε
open-title = Προσωπικά στοιχεία
open-text = Τα στοιχεία είναι σφραγισμένα. Γράψτε γιατί τα ανοίγετε. Ο λόγος μένει στο ημερολόγιο με το όνομά σας.
open-not-yours = Τα στοιχεία είναι σφραγισμένα και ο ρόλος σας δεν τα ανοίγει.
open-reason = Λόγος
open-reason-hint = Για παράδειγμα: έλεγχος δικαιολογητικών
open-button = Άνοιγμα
open-journaled = Το άνοιγμα καταγράφηκε στο ημερολόγιο.
done-evidence-checked = Τα δικαιολογητικά καταχωρίστηκαν.

list-title = Πίνακας κατάταξης
list-proposed = { $title } · πρόταση: { $name }, { $when }
list-order = Σειρά: { $keys }. Η στήλη «Τι έκρινε» λέει τι έκρινε απέναντι στον προηγούμενο.
list-eligible = Δικαιούνται
list-why = Γιατί
list-approve = Έγκριση
list-reject = Επιστροφή
list-other-approves = Τον πίνακα τον προτείνατε εσείς. Τον εγκρίνει άλλο πρόσωπο.
column-decided = Τι έκρινε
decided-first = Πρώτη στη σειρά
decided-submission-time = Χρόνος υποβολής
decided-draw = Κλήρωση
decided-protocol = Αριθμός πρωτοκόλλου
state-selection-proposed = Προς έγκριση
state-selection-approved = Οριστικός
state-selection-rejected = Επιστράφηκε
done-list-proposed = Ο πίνακας προτάθηκε. Περιμένει έγκριση από δεύτερο πρόσωπο.
done-list-approved = Ο πίνακας είναι οριστικός. Οι επιλεγέντες έχουν δικαίωμα στις παραδόσεις.
done-list-rejected = Ο πίνακας επιστράφηκε.

deliveries-title = Παραδόσεις
deliveries-count = { $count ->
    [one] 1 παράδοση
   *[other] { $count } παραδόσεις
  }
deliveries-none = Καμία παράδοση.
deliveries-progress = { $done } από { $total } παραδόσεις έγιναν
column-instalment = Δόση
column-planned = Προγραμματισμένη
column-attempts = Προσπάθειες
state-delivery-planned = Προγραμματισμένη
state-delivery-failed = Απέτυχε
state-delivery-delivered = Παραδόθηκε
state-delivery-cancelled = Ακυρώθηκε
record-title = Καταγραφή αποτελεσμάτων
record-text = Διαλέξτε αποτέλεσμα για όσες έγιναν. Όσες αφήσετε κενές μένουν όπως είναι.
record-label = { $reference }, παράδοση { $number }, { $day }
record-failed = Απέτυχε: { $why }
record-button = Καταγραφή
plan-title = Πρόγραμμα παραδόσεων
plan-new = Νέο πρόγραμμα παραδόσεων
plan-none = Δεν υπάρχει πρόγραμμα ακόμη.
plan-text = Όσες παραδόσεις δεν έγιναν μεταφέρονται στις νέες ημέρες, και όσοι τις περιμένουν ειδοποιούνται. Οι παλιές εκδόσεις μένουν.
plan-reason = Γιατί αλλάζει
plan-button = Καταχώριση προγράμματος
plan-version = έκδοση { $version }
column-days = Ημέρες
awards-title = Δικαιώματα
awards-count = { $count ->
    [one] 1 δικαίωμα
   *[other] { $count } δικαιώματα
  }
awards-none = Κανένα δικαίωμα.
award-by-selection = Οριστικός πίνακας
award-by-promotion = Από τους επιλαχόντες
award-by-help = Άμεση βοήθεια
award-withdraw = Αφαίρεση δικαιώματος
award-withdraw-text = Οι παραδόσεις που δεν έγιναν ακυρώνονται και τις παίρνει ο πρώτος επιλαχών.
withdrawal-recipient-withdrew = Το ζήτησε ο ίδιος
withdrawal-moved-away = Μετακόμισε
withdrawal-deceased = Απεβίωσε
withdrawal-other = Άλλος λόγος
column-basis-of-award = Πώς αποκτήθηκε
column-since = Από
state-award-active = Ισχύει
state-award-withdrawn = Αφαιρέθηκε
state-award-fulfilled = Ολοκληρώθηκε
done-deliveries-recorded = Τα αποτελέσματα καταγράφηκαν.
done-plan-made = Το νέο πρόγραμμα ισχύει και οι παραλήπτες θα ειδοποιηθούν.
done-award-withdrawn = Το δικαίωμα αφαιρέθηκε. Δεν υπήρχε άλλος επιλαχών.
done-award-withdrawn-promoted = Το δικαίωμα αφαιρέθηκε και το πήρε ο πρώτος επιλαχών.

programs-title = Προγράμματα
programs-count = { $count ->
    [one] 1 πρόγραμμα
   *[other] { $count } προγράμματα
  }
programs-none = Κανένα πρόγραμμα δεν έχει εγκατασταθεί.
program-name = Όνομα
program-version = Έκδοση
program-contract = Έκδοση συμβολαίου
program-code = Σύνοψη κώδικα
program-package = Σύνοψη πακέτου
program-disable = Κλείσιμο για νέες δράσεις
program-install = Εγκατάσταση προγράμματος
program-install-text = Πριν εγκατασταθεί, τρέχουν οι πρότυπες περιπτώσεις του. Αν μία αποτύχει, δεν εγκαθίσταται τίποτα.
program-file = Αρχείο του προγράμματος (.wasm)
program-signature-file = Η υπογραφή του (.minisig)
done-program-installed = Το πρόγραμμα εγκαταστάθηκε.
done-program-enabled = Το πρόγραμμα είναι διαθέσιμο για νέες δράσεις.
done-program-disabled = Το πρόγραμμα έκλεισε για νέες δράσεις.

journal-title = Ημερολόγιο
journal-text = Κάθε πράξη γράφεται εδώ στην ίδια συναλλαγή και δένεται με την προηγούμενη. Προσωπικά στοιχεία δεν γράφονται.
journal-count = { $count ->
    [one] 1 εγγραφή
   *[other] { $count } εγγραφές
  }
journal-none = Καμία εγγραφή.
journal-verify = Έλεγχος της αλυσίδας
journal-holds = Η αλυσίδα είναι ακέραιη
journal-holds-text = { $count ->
    [one] Ελέγχθηκε 1 εγγραφή.
   *[other] Ελέγχθηκαν { $count } εγγραφές.
  }
journal-broken = Η αλυσίδα έχει σπάσει
journal-proven = Εγγραφές που καλύπτει δημοσιευμένη κεφαλή
journal-unproven = Εγγραφές μετά από αυτήν, χωρίς εξωτερική απόδειξη ακόμη
journal-open = Εγγραφές που δεν έχουν δεθεί ακόμη
journal-head = Κεφαλή της αλυσίδας
journal-system = Το σύστημα
column-number = Αριθμός
column-act = Πράξη
column-subject = Αφορά
column-details = Στοιχεία
outbox-title = Μηνύματα
outbox-text = Μηνύματα προς ανθρώπους, χωρίς τα στοιχεία τους.
outbox-count = { $count ->
    [one] 1 μήνυμα
   *[other] { $count } μηνύματα
  }
outbox-none = Κανένα μήνυμα.
message-waiting = Περιμένει
message-sent = Στάλθηκε
message-dead = Δεν στάλθηκε
told-award-selected = Αποκτήσατε δικαίωμα στη στήριξη
told-award-promoted = Πήρατε θέση από τους επιλαχόντες
told-delivery-planned = Ημέρες παράδοσης
told-delivery-replanned = Νέες ημέρες παράδοσης
column-message = Μήνυμα
column-channel = Τρόπος

act-request-write = Νέο αίτημα
act-request-submit = Υποβολή αιτήματος
act-request-withdraw = Απόσυρση αιτήματος
act-request-examine = Έλεγχος ανάγκης
act-request-decide = Κρίση για άγνωστα
act-certificate-issue = Έκδοση βεβαίωσης
act-action-create = Νέα δράση
act-action-approve = Έγκριση δράσης
act-action-places = Αλλαγή θέσεων
act-action-places-beyond = Θέσεις πάνω από το κενό
act-action-complete = Ολοκλήρωση δράσης
act-call-create = Νέα πρόσκληση
act-call-publish = Δημοσίευση πρόσκλησης
act-assessment-start = Έναρξη κρίσης
act-assessment-finish = Τέλος κρίσης
act-assessment-fail = Αποτυχία κρίσης
act-selection-propose = Πρόταση πίνακα
act-selection-approve = Έγκριση πίνακα
act-selection-reject = Επιστροφή πίνακα
act-decision-read = Ανάγνωση απόφασης
act-decision-record = Λήψη αρχείου απόφασης
act-evidence-check = Έλεγχος δικαιολογητικών
act-application-withdraw = Απόσυρση αίτησης
act-award-withdraw = Αφαίρεση δικαιώματος
act-plan-put = Πρόγραμμα παραδόσεων
act-delivery-record = Καταγραφή παραδόσεων
act-directory-put = Ενημέρωση χαρτογράφησης
act-model-put = Μοντέλο παρέμβασης
act-operation-put = Καταχώριση πράξης
act-program-install = Εγκατάσταση προγράμματος
act-program-enable = Άνοιγμα προγράμματος
act-program-disable = Κλείσιμο προγράμματος
act-account-add = Νέος λογαριασμός
act-session-open = Σύνδεση
act-session-close = Αποσύνδεση
