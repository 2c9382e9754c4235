# The workplace: signing in, the first page, requests, certificates, actions.

sign-out = Έξοδος
work-label = Χώρος εργασίας
chain-label = Η πορεία από την ανάγκη στην παράδοση
chain-request = Αίτημα
chain-certificate = Βεβαίωση
chain-action = Δράση
chain-call = Πρόσκληση
chain-list = Επιλογή
chain-deliveries = Παραδόσεις
role-coordinator = συντονισμός
role-evaluator = αξιολόγηση
role-finance = οικονομικά
role-partner = φορέας του δικτύου
role-auditor = έλεγχος
role-host = διαχείριση συστήματος
menu-chain = Από ανάγκη σε δράση
menu-work = Τι περιμένει
menu-requests = Αιτήματα
menu-certificates = Βεβαιώσεις
menu-actions = Δράσεις
menu-calls = Προσκλήσεις
menu-system = Σύστημα
menu-programs = Προγράμματα
menu-outbox = Μηνύματα
menu-journal = Ημερολόγιο
menu-public = Για το κοινό
menu-services = Υπηρεσίες
login-title = Σύνδεση συνεργατών
login-name = Όνομα χρήστη
login-password = Κωδικός πρόσβασης
login-button = Σύνδεση
login-help = Για λογαριασμό, μιλήστε με τον συντονισμό του δικτύου.
continue = Συνέχεια
all = Όλα

work-title = Τι περιμένει
work-hello = Καλώς ήρθατε, { $name }
work-waiting = Σας περιμένουν
work-nothing = Τίποτα δεν σας περιμένει αυτή τη στιγμή.
task-submit = Προσχέδιο: υποβολή
task-examine = Έλεγχος με τη χαρτογράφηση
task-decide = { $count ->
    [one] Κρίση για 1 υπηρεσία
   *[other] Κρίση για { $count } υπηρεσίες
  }
task-certify = Έκδοση βεβαίωσης
task-approve = Έγκριση
task-approve-other = Περιμένει έγκριση από άλλον
task-certified-gap = Κενό με βεβαίωση, χωρίς δράση: προτείνετε
task-look-at-gap = Αναφορά: να δείτε αν ισχύει
task-plan-action = Εγκρίθηκε: να γίνει δράση
task-answer-referral = Παραπομπή: περιμένει απάντηση
task-follow-up = Από συνάντηση
task-publish = Δημοσίευση
task-assess = Να κριθούν οι αιτήσεις
task-assess-new = Να κριθούν οι νέες αιτήσεις
task-propose = Πρόταση πίνακα
task-approve-list = Πίνακας προς έγκριση από δεύτερο πρόσωπο
task-record = { $count ->
    [one] Καταγραφή 1 παράδοσης
   *[other] Καταγραφή { $count } παραδόσεων
  }
task-repeat = { $count ->
    [one] 1 παράδοση προς επανάληψη
   *[other] { $count } παραδόσεις προς επανάληψη
  }
people-count = { $count ->
    [one] 1 άτομο
   *[other] { $count } άτομα
  }
places-count = { $count ->
    [one] 1 θέση
   *[other] { $count } θέσεις
  }

column-what = Τι
column-next = Επόμενο βήμα
column-request = Αίτημα
column-need = Ανάγκη
column-people = Άτομα
column-state = Κατάσταση
column-certificate = Βεβαίωση
column-outcome = Αποτέλεσμα
column-residual = Ακάλυπτοι
column-issued = Εκδόθηκε
column-action = Δράση
column-period = Διάρκεια
column-places = Θέσεις
column-budget = Προϋπολογισμός
column-version = Έκδοση
column-why = Λόγος
column-who = Ποιος
column-when = Πότε
column-code = Κωδικός

requests-title = Αιτήματα στήριξης
requests-count = { $count ->
    [one] 1 αίτημα
   *[other] { $count } αιτήματα
  }
requests-none = Κανένα αίτημα.
request-new = Νέο αίτημα
request-about = Το αίτημα
request-need = Η ανάγκη
request-body = Φορέας που ζητά
request-title-el = Τίτλος στα ελληνικά
request-title-en = Τίτλος στα αγγλικά
request-description-el = Περιγραφή στα ελληνικά
request-description-hint = Τι συμβαίνει και σε ποιους. Μη γράψετε ονόματα ή άλλα προσωπικά στοιχεία.
request-description-en = Περιγραφή στα αγγλικά
request-write = Υποβολή αιτήματος
request-submit = Υποβολή
request-examine = Έλεγχος με τη χαρτογράφηση
request-examine-again = Νέος έλεγχος
request-certify = Έκδοση βεβαίωσης
request-withdraw = Απόσυρση
request-not-examined = Το αίτημα δεν έχει ελεγχθεί ακόμη με τη χαρτογράφηση.
request-today = Πίσω στο αίτημα
request-as-of = Έτσι απαντούν οι κανόνες με τη χαρτογράφηση της { $day }. Δεν αποθηκεύεται τίποτα.
request-on-its-day = Τι θα απαντούσαν οι κανόνες την πρώτη ημέρα της ανάγκης
request-examination = Έλεγχος με τη χαρτογράφηση
state-request-draft = Προσχέδιο
state-request-submitted = Υποβλήθηκε
state-request-examined = Ελέγχθηκε
state-request-confirmed = Βεβαιώθηκε
state-request-covered = Καλύπτεται
state-request-withdrawn = Αποσύρθηκε
decide-title = Κρίση για όσα δεν γνωρίζουμε
decide-text = Για αυτές τις υπηρεσίες τίποτα δεν μιλά εναντίον, αλλά κάτι λείπει. Γράψτε πόσες θέσεις μετρούν για την ανάγκη και γιατί. Μηδέν σημαίνει ότι δεν την καλύπτει.
decide-places = Θέσεις που μετρούν
decide-reason = Λόγος
decide-rest-title = Όσες αφήσατε κενές
decide-rest = Λόγος για τον οποίο δεν μετρούν
decide-rest-hint = Αν τον γράψετε, όσες υπηρεσίες αφήσατε κενές μετρούν μηδέν θέσεις με αυτόν τον λόγο.
decide-button = Καταχώριση κρίσης
done-request-written = Το αίτημα υποβλήθηκε.
done-request-submitted = Το αίτημα υποβλήθηκε.
done-request-withdrawn = Το αίτημα αποσύρθηκε.
done-request-examined = Ο έλεγχος με τη χαρτογράφηση έγινε.
done-request-decided = Η κρίση σας καταχωρίστηκε.
done-certificate-issued = Η βεβαίωση εκδόθηκε και υπογράφηκε.

certificates-title = Βεβαιώσεις ανάγκης
certificates-count = { $count ->
    [one] 1 βεβαίωση
   *[other] { $count } βεβαιώσεις
  }
certificates-none = Καμία βεβαίωση.
certificate-title = Βεβαίωση ανάγκης { $reference }
certificate-signed = Υπογραφή
certificate-issued-at = Εκδόθηκε
certificate-issued-by = Από
certificate-digest = Σύνοψη (SHA-256)
certificate-signature = Υπογραφή (ed25519)
certificate-key = Δημόσιο κλειδί του δήμου
certificate-check = Έλεγχος γνησιότητας
certificate-check-text = Κατεβάστε το αρχείο και τρέξτε: osn certificate verify ΑΡΧΕΙΟ
certificate-download = Κατεβάστε το υπογεγραμμένο αρχείο (JSON)
certificate-pdf = Κατεβάστε τη βεβαίωση σε PDF
certificate-inside = Η βεβαίωση όπως υπογράφηκε: ελέγξτε την με «osn certificate verify»
certificate-actions = Δράσεις που στηρίζονται σε αυτήν
certificate-no-actions = Καμία δράση ακόμη.

actions-title = Δράσεις
actions-count = { $count ->
    [one] 1 δράση
   *[other] { $count } δράσεις
  }
actions-none = Καμία δράση.
action-new = Νέα δράση
action-basis = Σε τι στηρίζεται
action-certificate = Βεβαίωση ανάγκης
action-program = Πρόγραμμα
action-about = Η δράση
action-name-el = Όνομα στα ελληνικά
action-name-en = Όνομα στα αγγλικά
action-description-el = Τι προσφέρει, στα ελληνικά
action-description-hint = Απλά λόγια: αυτό διαβάζουν όσοι κάνουν αίτηση.
action-description-en = Τι προσφέρει, στα αγγλικά
action-model-entry = Ενέργεια του μοντέλου παρέμβασης
action-size = Μέγεθος και χρόνος
action-places = Θέσεις
action-places-hint = Έως όσες μένουν ακάλυπτες. Οι περισσότερες περιμένουν δεύτερο πρόσωπο με λόγο.
action-places-reason = Γιατί τόσες
action-from = Έναρξη
action-to = Λήξη
action-instalments = Πόσες παραδόσεις για καθέναν που επιλέγεται
action-instalments-short = Παραδόσεις
action-budget = Προϋπολογισμός
action-operation = Πράξη που πληρώνει
action-settings = Παράμετροι του προγράμματος
action-plan = Καταχώριση δράσης
action-approve = Έγκριση
action-complete = Ολοκλήρωση
action-waits = Η δράση περιμένει έγκριση από άλλο πρόσωπο από αυτό που τη δημιούργησε.
action-created-by = Τη δημιούργησε
action-approved-by = Την ενέκρινε
action-calls = Προσκλήσεις της δράσης
action-no-calls = Καμία πρόσκληση ακόμη.
action-open-places = Ακάλυπτοι μείον τις θέσεις άλλων δράσεων
places-versions = Εκδόσεις των θέσεων
places-new = Αλλαγή θέσεων
places-set = Νέα έκδοση θέσεων
places-beyond = Θέσεις πάνω από το κενό
places-beyond-asked = Ζητούνται { $places } θέσεις ({ $who })
places-beyond-waits = Περισσότερες θέσεις από όσες μένουν ακάλυπτες περιμένουν δεύτερο πρόσωπο.
places-second-reason = Γιατί το δέχεστε
places-beyond-set = Δέχομαι { $places } θέσεις
state-action-draft = Προς έγκριση
state-action-approved = Εγκρίθηκε
state-action-completed = Ολοκληρώθηκε
state-action-cancelled = Ακυρώθηκε
done-action-planned = Η δράση καταχωρίστηκε. Περιμένει έγκριση από άλλο πρόσωπο.
done-action-approved = Η δράση εγκρίθηκε.
done-action-completed = Η δράση ολοκληρώθηκε.
done-places-asked = Ζητήθηκαν περισσότερες θέσεις από τις ακάλυπτες. Περιμένουν δεύτερο πρόσωπο.
done-places-set = Η νέα έκδοση των θέσεων ισχύει.
