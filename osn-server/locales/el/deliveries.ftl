# Τι γράφεται σε μια παράδοση, πότε και πού έρχεται ο καθένας, παρτίδες και ανακλήσεις, πώς τελειώνει μια δράση.

record-once = Για όσες παραδόθηκαν
record-once-text = Όσα γράψετε εδώ ισχύουν για όλες τις παραδόσεις που σημειώσατε ως επιτυχείς.
written-personal = Στοιχεία ανθρώπων
written-nothing = Δεν έχει γίνει προσπάθεια ακόμη.
written-erased = Τα στοιχεία του παραλήπτη έχουν διαγραφεί.
column-written = Τι γράφτηκε
column-present = Παρόντες

occasions-title = Πότε και πού
occasions-count = { $count ->
    [one] 1 συνάντηση
   *[other] { $count } συναντήσεις
  }
occasions-none = Δεν υπάρχει πρόγραμμα ακόμη.
occasion-people-of = { $people } από { $most }
occasion-minutes = { $minutes } λεπτά
occasion-ages = { $from } έως { $to } ετών
occasion-age-from = Από { $from } ετών
occasion-everybody = Όλοι
column-place = Πού
column-for-whom = Για ποιους
day-title = { $day }
day-unknown = Δεν υπάρχει τέτοια ημέρα
day-text = Η κατάσταση της ημέρας έχει ονόματα και όσα χρειάζονται για την παράδοση. Κάθε άνοιγμα γράφεται στο ημερολόγιο.
day-open = Άνοιγμα της κατάστασης
day-list = Κατάσταση της ημέρας
day-name = Ποιος
day-said = Τι ζήτησε για την παράδοση
day-journaled = Το άνοιγμα καταγράφηκε στο ημερολόγιο.
day-list-too-long = Η ημέρα έχει πάνω από { $most } παραδόσεις: ανοίξτε μία θέση κάθε φορά

lots-title = Παρτίδες
lots-none = Δεν έχει γραφτεί παρτίδα σε καμία παράδοση.
column-lot = Παρτίδα
column-use-by = Ανάλωση ως
lot-stands = Ισχύει
lot-recalled = Ανακλήθηκε
recall-title = Ανάκληση παρτίδας
recall-text = Όλοι όσοι την παρέλαβαν ειδοποιούνται μία φορά. Αν γραφτεί παράδοσή της αργότερα, ειδοποιείται και εκείνος.
recall-reason-el = Γιατί ανακαλείται
recall-reason-en = Το ίδιο στα αγγλικά
recall-reason-hint = Το διαβάζουν όσοι την παρέλαβαν. Γράψτε και τι να κάνουν.
recall-button = Ανάκληση και ειδοποίηση
recall-of = Ανάκληση της παρτίδας { $lot }
recall-since = Από { $when }
recall-recipients = Ποιοι την παρέλαβαν
recall-count = { $count ->
    [one] Την παρέλαβε 1
   *[other] Την παρέλαβαν { $count }
  }
recall-nobody = Δεν την έχει παραλάβει κανείς.
recall-elsewhere = Την ίδια παρτίδα μοίρασαν και άλλες δράσεις. Ανακαλέστε την και εκεί.
recall-unknown = Δεν υπάρχει τέτοια ανάκληση
lots-everywhere = Παρτίδες όλων των δράσεων
lots-of = Η παρτίδα { $lot } σε όλες τις δράσεις
lots-no-action = Καμία δράση δεν γράφει παρτίδες.
lot-not-there = Δεν παραδόθηκε
recall-everywhere = Ανάκληση παρτίδας σε όλες τις δράσεις
recall-everywhere-text = Ελέγχεται κάθε δράση που γράφει παρτίδες. Όσοι παρέλαβαν την παρτίδα ενημερώνονται μία φορά.
recall-everywhere-button = Ανάκληση παντού και ενημέρωση όλων
done-lot-recalled = Η παρτίδα ανακλήθηκε. Όσοι την παρέλαβαν ειδοποιούνται.
tracked-recall = Μη χρησιμοποιήσετε την παρτίδα { $lot }: ανακλήθηκε.
told-lot-recalled = Ανάκληση παρτίδας
act-lot-recall = Ανάκληση παρτίδας
act-delivery-open = Άνοιγμα στοιχείων παράδοσης
act-lot-recall-everywhere = Ανάκληση παρτίδας σε όλες τις δράσεις
act-action-deliverers = Ορισμός φορέων που παραδίδουν

stock-title = Απόθεμα
stock-text = Γράψτε τι έφτασε ή τι βρήκατε μετρώντας. Όσα παραδίδονται αφαιρούνται μόνα τους. Όσο δεν γράφετε τίποτε, θεωρείται ότι φτάνει για όλους.
stock-none = Δεν έχει γραφτεί απόθεμα: θεωρείται ότι φτάνει για όλους.
stock-no-goods = Η δράση δεν δίνει είδη, έχει θέσεις. Γι’ αυτό δεν έχει απόθεμα.
stock-waiting = { $count ->
    [one] 1 παράδοση περιμένει να φτάσουν είδη.
   *[other] { $count } παραδόσεις περιμένουν να φτάσουν είδη.
  }
column-supply = Είδος
column-recorded = Γράφτηκαν
column-handed = Παραδόθηκαν
column-left = Απομένουν
stock-there = Υπάρχει
stock-over = Τελείωσε
stock-passed = Έληξε
stock-overdrawn = Δόθηκαν περισσότερα
stock-record = Τι έφτασε, τι απομένει
stock-event = Τι γράφετε
stock-arrived = Τόσα έφτασαν
stock-counted = Τόσα απομένουν, τα μετρήσαμε
stock-pieces = Τεμάχια
stock-instalment = Για ποια δόση
stock-instalment-hint = Αφήστε το κενό αν είναι για όλες τις δόσεις μαζί.
stock-button = Καταγραφή
stock-plan-older = Το πρόγραμμα των παραδόσεων έγινε πριν από αυτή την καταγραφή. Κάντε το ξανά με τις ίδιες ημέρες.
stock-plan-again-text = Το πρόγραμμα των παραδόσεων έγινε με αυτό το απόθεμα.
stock-plan-again = Πρόγραμμα ξανά, με όσα υπάρχουν
plan-round = Δόση { $number }: πού, πότε, για ποιους
plan-round-text = Συμπληρώστε το μόνο αν τα άτομα μοιράζονται σε συναντήσεις. Τότε το πρόγραμμα ορίζει ποιος έρχεται πότε.
plan-series = Εβδομάδα ή σειρά
plan-series-hint = Δρομολόγια με το ίδιο όνομα είναι μία δόση.
plan-features = Τι προσφέρει
plan-starts = Ώρα έναρξης
plan-starts-hint = Για παράδειγμα 09:30
plan-minutes = Διάρκεια σε λεπτά
plan-capacity = Πόσα άτομα το πολύ
plan-age-from = Από ποια ηλικία
plan-age-to = Ως ποια ηλικία
plan-short-text = Το πρόγραμμα έγινε. Αυτοί δεν πήραν όλα όσα δικαιούνται.
stock-short = Ποιοι μένουν χωρίς κάτι
stock-short-count = { $count ->
    [one] 1 δεν παίρνει κάτι
   *[other] { $count } δεν παίρνουν κάτι
  }
stock-short-text = Η παράδοσή τους περιμένει και τους ειδοποιήσαμε. Όταν φτάσουν είδη, κάντε ξανά το πρόγραμμα.
state-delivery-waits = Περιμένει είδη
step-waits = Περιμένει να φτάσουν τα είδη
plan-by-stock = Άλλαξε το απόθεμα.
done-stock-recorded = Το απόθεμα γράφτηκε.
told-delivery-waits = Παράδοση που περιμένει
act-stock-record = Καταγραφή αποθέματος

deliverers-title = Ποιος παραδίδει
deliverers-text = Όποιος εργάζεται σε φορέα της λίστας ανοίγει την κατάσταση της ημέρας. Καταγράφει παραδόσεις εκεί όπου παραδίδει ο φορέας του. Η ομάδα το κάνει παντού.
deliverers-everywhere = Παντού
deliverers-none = Δεν ορίστηκε φορέας: παραδίδει μόνη η ομάδα.
deliverers-add = Ορισμός φορέα
deliverers-remove = Αφαίρεση φορέα
deliverers-place-hint = Αφήστε το κενό αν ο φορέας παραδίδει παντού.
deliverers-not-you = Ο φορέας σας δεν ορίστηκε να παραδίδει εδώ. Ρωτήστε την ομάδα.
delivery-other-body = Ο φορέας σας δεν ορίστηκε να παραδίδει εδώ
done-deliverers-named = Άλλαξε το ποιος παραδίδει.
record-note = Σημείωση: τι συνέβη
record-note-hint = Φυλάσσεται σφραγισμένο και ανοίγει μόνο με λόγο.

evaluation-title = Αποτίμηση
evaluation-of-pilot = Η δράση είναι πιλοτική. Ολοκληρώνεται μόνο όταν δύο άνθρωποι συμφωνήσουν στην αποτίμησή της.
evaluation-figures = Τι έγινε ως τώρα
evaluation-recipients = Άτομα που έλαβαν
evaluation-delivered = Παραδόσεις που έγιναν
evaluation-failed = Προσπάθειες που απέτυχαν
evaluation-per-person = Παραδόσεις ανά άτομο
evaluation-cost = Προϋπολογισμός ανά άτομο
evaluation-none = Δεν έχει γίνει αποτίμηση.
evaluation-propose = Πρόταση αποτίμησης
evaluation-text = Τα στοιχεία της στιγμής μένουν μαζί με την πρόταση. Αποφασίζει άλλο πρόσωπο.
evaluation-conclusion = Τι γίνεται με τη δράση
conclusion-stop = Σταματά
conclusion-repeat = Επαναλαμβάνεται
conclusion-extend = Επεκτείνεται
evaluation-reason-el = Γιατί
evaluation-reason-en = Το ίδιο στα αγγλικά
evaluation-button = Πρόταση
evaluation-second = Δεύτερο πρόσωπο
evaluation-then = { $delivered } παραδόσεις, { $people } άτομα
evaluation-other-decides = Την προτείνατε εσείς. Αποφασίζει άλλο πρόσωπο.
evaluation-approve = Συμφωνώ
evaluation-reject = Δεν συμφωνώ
evaluation-reject-why = Γιατί δεν συμφωνείτε
evaluation-unknown = Δεν υπάρχει τέτοια αποτίμηση
evaluation-too-early = Η δράση δεν έχει εγκριθεί ακόμη
evaluation-there-is-one = Η δράση έχει ήδη αποτίμηση που περιμένει ή ισχύει
evaluation-same-person = Όποιος προτείνει μια αποτίμηση δεν αποφασίζει και γι’ αυτήν
state-evaluation-proposed = Περιμένει δεύτερο πρόσωπο
state-evaluation-approved = Ισχύει
state-evaluation-rejected = Δεν έγινε δεκτή
action-pilot = Είναι πιλοτική
action-pilot-hint = Μια πιλοτική δράση τελειώνει με αποτίμηση: σταματά, επαναλαμβάνεται ή επεκτείνεται.
action-pilot-not-evaluated = Η πιλοτική δράση δεν έχει αποτιμηθεί
    .detail = Προτείνετε αποτίμηση και ζητήστε από δεύτερο πρόσωπο να αποφασίσει.
done-evaluation-proposed = Η αποτίμηση προτάθηκε. Περιμένει δεύτερο πρόσωπο.
done-evaluation-approved = Η αποτίμηση ισχύει.
done-evaluation-rejected = Η αποτίμηση δεν έγινε δεκτή.
act-evaluation-propose = Πρόταση αποτίμησης
act-evaluation-approve = Συμφωνία σε αποτίμηση
act-evaluation-reject = Απόρριψη αποτίμησης
