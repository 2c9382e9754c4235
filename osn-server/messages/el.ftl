# Μηνύματα αρνήσεων: το κλειδί είναι ο κωδικός με παύλες· το `.detail` λέει τι να κάνει κανείς.
access-sign-in = Συνδεθείτε για να συνεχίσετε
access-forbidden = Δεν έχετε δικαίωμα για αυτή την ενέργεια
access-other-body = Ενεργείτε μόνο για τον φορέα σας
access-cross-site = Το αίτημα ήρθε από άλλον ιστότοπο και δεν έγινε δεκτό
session-wrong = Λάθος όνομα χρήστη ή κωδικός
session-wait = Πολλές αποτυχημένες προσπάθειες
    .detail = Δοκιμάστε ξανά σε { $seconds } δευτερόλεπτα.
account-invalid = Ο λογαριασμός δεν μπορεί να δημιουργηθεί
account-exists = Υπάρχει ήδη λογαριασμός με αυτό το όνομα
address-unknown = Δεν υπάρχει τέτοια διεύθυνση
method-not-allowed = Η διεύθυνση δεν δέχεται αυτή τη μέθοδο
municipality-unknown = Δεν εξυπηρετείται δήμος σε αυτή τη διεύθυνση
internal = Κάτι πήγε στραβά από τη δική μας πλευρά
    .detail = Δοκιμάστε ξανά σε λίγο. Αν συνεχιστεί, αναφέρετε τον αριθμό ίχνους.
server-not-ready = Ο διακομιστής δεν είναι έτοιμος
store-busy = Η βάση δεδομένων είναι απασχολημένη
    .detail = Δοκιμάστε ξανά σε λίγα δευτερόλεπτα.
store-unavailable = Η βάση δεδομένων δεν είναι διαθέσιμη
    .detail = Τίποτα δεν χάθηκε από όσα είχαν επιβεβαιωθεί. Δοκιμάστε ξανά σε λίγο.
record-stale = Η εγγραφή άλλαξε στο μεταξύ
    .detail = Διαβάστε τη ξανά και επαναλάβετε την αλλαγή σας.
record-exists = Υπάρχει ήδη τέτοια εγγραφή
request-malformed = Το μήνυμα δεν διαβάζεται
    .detail = Δεν είναι έγκυρο JSON (γραμμή { $line }, στήλη { $column }).
request-invalid = Κάποια στοιχεία χρειάζονται διόρθωση
request-not-json = Στείλτε το μήνυμα ως application/json
request-query = Οι παράμετροι της διεύθυνσης δεν διαβάζονται
request-if-match = Η κεφαλίδα If-Match δεν διαβάζεται
request-too-large = Το μήνυμα είναι πολύ μεγάλο
request-too-slow = Η απάντηση άργησε πολύ
    .detail = Δοκιμάστε ξανά.
request-unknown = Δεν υπάρχει τέτοιο αίτημα στήριξης
idempotency-key-invalid = Το κλειδί Idempotency-Key έχει 8 έως 200 χαρακτήρες
idempotency-key-reused = Το ίδιο κλειδί στάλθηκε με άλλο περιεχόμενο
idempotency-in-progress = Το ίδιο αίτημα εξυπηρετείται ήδη
    .detail = Στείλτε το ξανά για να πάρετε την απάντηση.
state-not-possible = Αυτή η ενέργεια δεν γίνεται τώρα
    .detail = Η κατάσταση είναι «{ $from }» και δεν επιτρέπει «{ $event }».
directory-invalid = Η χαρτογράφηση θα είχε αντιφάσεις· τίποτα δεν αποθηκεύτηκε
mapping-past-busy = Ζητήθηκαν πολλές παλιότερες εικόνες της χαρτογράφησης μέσα στο ίδιο λεπτό
    .detail = Δοκιμάστε ξανά σε { $seconds } δευτερόλεπτα ή διαβάστε τη σημερινή.
import-unknown = Δεν υπάρχει τέτοια εισαγωγή
import-nothing = Το αρχείο λέει όσα λέει ήδη η χαρτογράφηση· δεν υπάρχει κάτι να γίνει
import-moved = Η χαρτογράφηση άλλαξε από τότε που ελέγχθηκε το αρχείο· δεν γράφτηκε τίποτα
    .detail = { $count } εγγραφές λένε πλέον κάτι άλλο. Ανεβάστε ξανά το αρχείο και δείτε τη νέα διαφορά.
import-changed-since = Κάποιες εγγραφές άλλαξαν μετά την εισαγωγή· δεν αναιρέθηκε τίποτα
    .detail = { $count } εγγραφές λένε πλέον κάτι άλλο. Αναιρέστε τις υπόλοιπες ή διορθώστε πρώτα αυτές.
import-too-large = Το αρχείο είναι μεγαλύτερο από 16 MB
    .detail = Χωρίστε το ή ζητήστε από όποιον λειτουργεί τον διακομιστή να το φέρει με το `osn import`.
export-too-many-rows = Ο πίνακας { $table } έχει περισσότερες γραμμές από όσες χωρά ένα βιβλίο εργασίας
    .detail = Κατεβάστε τους πίνακες (CSV) ή το HSDS JSON.
synonyms-invalid = Ο κατάλογος συνωνύμων έχει λάθη· τίποτα δεν αποθηκεύτηκε
service-unknown = Δεν υπάρχει τέτοια υπηρεσία
area-unknown = Αυτή η περιοχή δεν υπάρχει στον κατάλογο
organization-unknown = Δεν υπάρχει τέτοιος φορέας
model-unknown = Δεν υπάρχει ακόμη μοντέλο παρέμβασης
model-version = Η νέα έκδοση πρέπει να ακολουθεί την τελευταία
operation-unknown = Δεν υπάρχει τέτοια πράξη
examination-missing = Το αίτημα δεν έχει ελεγχθεί ακόμη με τη χαρτογράφηση
paper-no-press = Αυτή η εγκατάσταση δεν φτιάχνει PDF. Τυπώστε τη σελίδα από τον περιηγητή.
paper-too-long = Το έγγραφο άργησε πολύ. Δοκιμάστε ξανά σε λίγο.
certificate-unknown = Δεν υπάρχει τέτοια βεβαίωση
certificate-open-unknowns = Υπάρχουν υπηρεσίες για τις οποίες πρέπει να αποφασίσει άνθρωπος
    .detail = Εκκρεμούν { $open }. Αποφασίστε για καθεμία, με αιτιολογία.
program-unknown = Δεν υπάρχει τέτοιο πρόγραμμα
program-too-large = Το πακέτο είναι πολύ μεγάλο
    .detail = Έχει { $size } byte. Επιτρέπονται έως { $limit }. Χτίστε το με το προφίλ plugin, που αφαιρεί τα σύμβολα.
program-not-a-component = Το αρχείο δεν είναι πρόγραμμα
    .detail = Ανεβάστε το πακέτο όπως το έφτιαξε η εντολή osn program build. Ο έλεγχος είπε: { $reason }
program-forbidden-feature = Το πρόγραμμα χρησιμοποιεί δυνατότητα που δεν επιτρέπεται
    .detail = Ο έλεγχος είπε: { $reason }
program-imports = Το πρόγραμμα ζητά κάτι από έξω, και αυτό δεν επιτρέπεται
    .detail = Ζητά: { $names }. Ένα πρόγραμμα δεν ζητά τίποτα από έξω. Χτίστε το για τον στόχο wasm32-unknown-unknown.
program-wrong-contract = Το πρόγραμμα είναι για άλλη έκδοση της σύμβασης
    .detail = Θέλει τη σύμβαση { $needs }. Εδώ μιλιέται η { $host }.
program-missing-exports = Από το πρόγραμμα λείπουν μέρη της σύμβασης
    .detail = Λείπουν: { $names }.
program-wrong-types = Το πρόγραμμα δεν ταιριάζει με τη σύμβασή του
    .detail = Ο έλεγχος είπε: { $reason }
program-fault-words = { $fault ->
    [out-of-fuel] Το πρόγραμμα ξόδεψε όλα τα καύσιμά του χωρίς να τελειώσει
    [timed-out] Το πρόγραμμα έτρεχε περισσότερο από όσο επιτρέπεται
    [memory-limit] Το πρόγραμμα ζήτησε περισσότερη μνήμη από όση επιτρέπεται
    [table-limit] Το πρόγραμμα ζήτησε μεγαλύτερο πίνακα από όσο επιτρέπεται
    [stack-overflow] Το πρόγραμμα κάλεσε τον εαυτό του χωρίς τέλος
    [trapped] Το πρόγραμμα σταμάτησε απότομα από δικό του λάθος
    [answer-too-large] Η απάντηση του προγράμματος είναι μεγαλύτερη από όσο επιτρέπεται
    [malformed-answer] Η απάντηση του προγράμματος δεν διαβάζεται
    [lying-answer] Η απάντηση του προγράμματος δεν μπορεί να είναι αληθινή
    [bad-description] Η περιγραφή του προγράμματος δεν μπορεί να χρησιμοποιηθεί
    [refused-input] Το πρόγραμμα αρνήθηκε τα δεδομένα με δική του αιτία
    [wrong-input] Μια αίτηση δεν ταιριάζει με την περιγραφή του προγράμματος
    [too-many-rows] Μια αίτηση έχει περισσότερες γραμμές από όσες επιτρέπονται
    [wrong-shape] Τα δεδομένα δεν ταιριάζουν με την περιγραφή του προγράμματος
   *[other] Το πρόγραμμα σταμάτησε χωρίς απάντηση
  }
program-too-much-declared = Το πρόγραμμα ζητά περισσότερα από όσα επιτρέπονται
    .detail = Ο έλεγχος είπε: { $reason }
program-manifest = Η περιγραφή του πακέτου δεν είναι σωστή
    .detail = Ο έλεγχος είπε: { $reason }
program-not-signed = Το πακέτο δεν έχει υπογραφή
    .detail = Χρειάζεται υπογραφή με κλειδί που εμπιστεύεται αυτή η εγκατάσταση. Στείλτε μαζί το αρχείο .minisig ή δηλώστε το κλειδί του κατασκευαστή με --trusted-key.
program-signature = Η υπογραφή του πακέτου δεν γίνεται δεκτή
    .detail = Ο έλεγχος είπε: { $reason }
program-compile-limit = Η μεταγλώττιση ξεπέρασε τα όρια
    .detail = Ο έλεγχος είπε: { $reason }
program-refused = Το πρόγραμμα δεν γίνεται δεκτό
    .detail = Ο έλεγχος είπε: { $reason }
program-case-failed = Τα παραδείγματα ελέγχου απέτυχαν· τίποτα δεν εγκαταστάθηκε
    .detail = Απέτυχαν { $failed }, πέρασαν { $passed }.
program-unsteady = Το πρόγραμμα δεν απαντά κάθε φορά το ίδιο· τίποτα δεν εγκαταστάθηκε
    .detail = Μια απάντηση εξαρτάται από την ίδια την αίτηση και τις παραμέτρους, και από τίποτε άλλο.
program-fault = Το πρόγραμμα έχει σφάλμα
    .detail = { program-fault-words }. Ο έλεγχος είπε: { $reason }
program-input = Το πρόγραμμα αρνήθηκε τα δεδομένα
    .detail = { program-fault-words }. Ο έλεγχος είπε: { $reason }
program-busy = Όλες οι θέσεις εκτέλεσης είναι κατειλημμένες
    .detail = Δοκιμάστε ξανά σε λίγο.
action-unknown = Δεν υπάρχει τέτοια δράση
action-invalid = Η δράση χρειάζεται διόρθωση
program-in-use = Το πρόγραμμα χρησιμοποιείται ακόμη
    .detail = Τρέχουν { $count } δράσεις με αυτό. Ολοκληρώστε τις ή ακυρώστε τις πρώτα.
dry-run-not-now = Δεν γίνεται δοκιμή πριν δημοσιευτεί η πρόσκληση
action-parameters = Το πρόγραμμα δεν δέχεται τις παραμέτρους
action-covered-need = Η βεβαίωση λέει ότι η ανάγκη καλύπτεται
action-places-wait = Οι θέσεις περιμένουν δεύτερο πρόσωπο
    .detail = Ζητήθηκαν περισσότερες θέσεις από όσες μένουν ακάλυπτες. Πρώτα δέχεται δεύτερο πρόσωπο, με λόγο.
action-not-asked = Κανείς δεν ζήτησε { $places } θέσεις
    .detail = Ίσως η αίτηση άλλαξε. Ανοίξτε ξανά τη δράση και δείτε πόσες θέσεις ζητούνται τώρα.
action-same-person = Χρειάζεται δεύτερο πρόσωπο
    .detail = Όποιος το δημιούργησε ή το ζήτησε δεν μπορεί και να το εγκρίνει.
call-unknown = Δεν υπάρχει τέτοια πρόσκληση
call-invalid = Η πρόσκληση χρειάζεται διόρθωση
call-action-not-approved = Η δράση δεν έχει εγκριθεί
application-unknown = Δεν βρέθηκε αίτηση με αυτά τα στοιχεία
    .detail = Ελέγξτε τον αριθμό αναφοράς και τον κωδικό.
application-erased = Τα στοιχεία της αίτησης έχουν διαγραφεί
application-invalid = Η αίτηση χρειάζεται διόρθωση
    .detail = Δείτε τα πεδία που σημειώνονται. Τίποτα από όσα γράψατε δεν χάθηκε.
application-late = Η προθεσμία έχει λήξει
    .detail = Οι αιτήσεις έκλεισαν στις { $closes }.
application-too-early = Οι αιτήσεις δεν έχουν ανοίξει ακόμη
    .detail = Ανοίγουν στις { $opens }.
application-not-open = Η πρόσκληση δεν δέχεται αιτήσεις
application-double = Υπάρχει ήδη αίτηση με αυτόν τον ΑΜΚΑ
    .detail = Σε κάθε πρόσκληση γίνεται δεκτή μία αίτηση. Αν θέλετε να την αλλάξετε, αποσύρετε πρώτα την προηγούμενη.
application-wait = Πολλές αποτυχημένες προσπάθειες
    .detail = Δοκιμάστε ξανά σε { $seconds } δευτερόλεπτα.
evidence-too-late = Η λίστα έχει ήδη οριστικοποιηθεί
assessment-call-open = Η πρόσκληση δέχεται ακόμη αιτήσεις
assessment-not-now = Η πρόσκληση δεν μπορεί να αξιολογηθεί τώρα
assessment-running = Η αξιολόγηση εκτελείται ήδη
assessment-unreadable = Μια αποθηκευμένη αίτηση δεν διαβάζεται
run-unknown = Δεν υπάρχει τέτοια αξιολόγηση
job-unknown = Δεν υπάρχει τέτοια εργασία
decision-unknown = Δεν υπάρχει τέτοια απόφαση
selection-unknown = Δεν υπάρχει τέτοιος πίνακας
selection-not-assessed = Η πρόσκληση δεν έχει αξιολογηθεί
selection-seed-lost = Ο σπόρος της κλήρωσης δεν είναι αυτός που δεσμεύτηκε
    .detail = Το κλειδί υπογραφής του δήμου άλλαξε μετά τη δημοσίευση. Επαναφέρετε το παλιό κλειδί από αντίγραφο ασφαλείας.
selection-same-person = Όποιος προτείνει έναν πίνακα δεν μπορεί και να τον εγκρίνει
selection-moved = Μια αίτηση του πίνακα αποσύρθηκε στο μεταξύ
plan-no-final-list = Η δράση δεν έχει ακόμη τελικό πίνακα: δεν υπάρχει ποιος να τοποθετηθεί
plan-several-lists = Η δράση έχει περισσότερους από έναν τελικούς πίνακες: κάντε ένα πλάνο για τον καθένα
    .detail = Επιστρέψτε τον πίνακα και προτείνετε νέο.
results-not-final = Τα αποτελέσματα δεν έχουν οριστικοποιηθεί
award-unknown = Δεν υπάρχει τέτοια χορήγηση
delivery-unknown = Δεν υπάρχει τέτοια παράδοση

# Πεδία που χρειάζονται διόρθωση.
field-invalid = Η τιμή δεν είναι σωστή
field-required = Συμπληρώστε αυτό το πεδίο
field-unknown-field = Αυτό το πεδίο δεν υπάρχει εδώ
field-wrong-type = Η τιμή είναι άλλου είδους
field-unknown-option = Διαλέξτε μία από τις επιλογές
field-duplicate-option = Η ίδια επιλογή υπάρχει δύο φορές
field-duplicate-code = Ο κωδικός { $name } υπάρχει δύο φορές
field-not-an-option = Διαλέξτε μία από τις επιλογές
field-not-a-date = Γράψτε μια υπαρκτή ημερομηνία, π.χ. 2022-08-19
field-not-a-list = Χρειάζεται κατάλογος τιμών
field-not-a-number = Γράψτε αριθμό
field-not-a-text = Γράψτε κείμενο
field-not-a-whole-number = Γράψτε ακέραιο αριθμό
field-not-an-amount = Γράψτε ποσό σε ευρώ, π.χ. 4200.00
field-not-an-object = Χρειάζεται σύνολο πεδίων
field-not-canonical = Η τιμή δεν μπορεί να γραφτεί με μοναδικό τρόπο
field-not-yes-or-no = Απαντήστε ναι ή όχι
field-not-a-key = Χρησιμοποιήστε λατινικά πεζά και παύλες, χωρίς ελεύθερο κείμενο
field-not-positive = Το ποσό πρέπει να είναι μεγαλύτερο από το μηδέν
field-out-of-range = Η τιμή είναι εκτός ορίων
field-too-long = Το κείμενο έχει πάνω από { $most } χαρακτήρες
field-wrong-length = Το κείμενο είναι πολύ μικρό ή πολύ μεγάλο
field-wrong-count = Χρειάζονται από { $least } έως { $most }
field-wrong-number-of-options = Διαλέξτε λιγότερες ή περισσότερες επιλογές
field-wrong-symbols = Το κείμενο έχει χαρακτήρες που δεν επιτρέπονται
field-twice = Υπάρχει δύο φορές
field-backwards-period = Το τέλος είναι πριν από την αρχή
field-backwards-ages = Η μικρότερη ηλικία είναι μεγαλύτερη από τη μεγαλύτερη
field-synonyms-too-many = Ο κατάλογος έχει πάρα πολλές ομάδες
field-synonyms-size = Γράψτε τουλάχιστον δύο διαφορετικές λέξεις, και το πολύ 100
field-synonyms-phrase = Γράψτε μια λέξη ή φράση, το πολύ 120 χαρακτήρες
field-over-places = Η δράση έχει { $places } θέσεις
field-drawn-rolling = Όταν η πρόσκληση κρίνεται συνεχώς, δεν γίνεται κλήρωση
field-unknown-record = Δεν υπάρχει τέτοια εγγραφή
field-service-not-referable = Σε αυτή την υπηρεσία δεν γίνονται πια παραπομπές: δεν λειτουργεί ή κανείς δεν έχει επιβεβαιώσει τα στοιχεία της εδώ και πολύ καιρό. Ζητήστε από τον φορέα της να τα επιβεβαιώσει
field-delivery-of-another-action = Η παράδοση ανήκει σε άλλη δράση: δηλώστε εκείνη τη δράση ή αφήστε τη δράση κενή
field-delivery-of-another-instalment = Η παράδοση ανήκει σε άλλη δόση: δηλώστε εκείνη τη δόση ή αφήστε τη δόση κενή
field-unknown-term = Δεν υπάρχει τέτοιος όρος στην ταξινομία
field-unknown-program = Δεν υπάρχει ενεργό πρόγραμμα με αυτό το όνομα
field-unknown-model-entry = Δεν υπάρχει τέτοια εγγραφή στο μοντέλο παρέμβασης
field-unknown-parameter = Το πρόγραμμα δεν έχει τέτοια παράμετρο
field-unknown-type = Άγνωστο είδος τιμής
field-bad-key = Το όνομα δεν είναι σωστό
field-cannot-be-resolved = Δεν υπάρχει τέτοια τιμή στα στοιχεία του νόμου για αυτή την ημέρα
field-greek-text-missing = Χρειάζεται ελληνικό κείμενο ({ $name })
field-protected-place-exposed = Ένας προστατευμένος χώρος δεν έχει διεύθυνση
field-stands-above-itself = Η εγγραφή βρίσκεται πάνω από τον εαυτό της· διορθώστε τον γονέα
field-record-text-too-long = { $name }: το κείμενο είναι πολύ μεγάλο· συντομεύστε το
field-record-control-characters = { $name }: το κείμενο έχει αόρατους χαρακτήρες ελέγχου· γράψτε το ξανά
field-record-invalid-uri = { $name }: γράψτε πλήρη διεύθυνση, όπως https://example.org
field-record-invalid-email = { $name }: γράψτε διεύθυνση όπως name@example.org
field-record-impossible-coordinates = Το γεωγραφικό πλάτος είναι από -90 έως 90 και το μήκος από -180 έως 180, και τα δύο μαζί
field-record-invalid-recurrence = { $name }: δεν είναι κανόνας επανάληψης, όπως MO,WE
field-record-backwards-period = { $name }: η λήξη είναι πριν από την έναρξη
field-record-negative = { $name }: δεν μπορεί να είναι κάτω από το μηδέν
field-record-impossible-age = { $name }: τόσο μεγάλη ηλικία δεν υπάρχει
field-record-invalid-code = { $name }: δεν είναι έγκυρος κωδικός
field-other-action = Η παράδοση ανήκει σε άλλη δράση
field-login-format = Το όνομα χρήστη δεν έχει κενά
field-password-too-short = Ο κωδικός έχει τουλάχιστον { $least } χαρακτήρες
field-reason-length = Γράψτε γιατί, με 5 έως 500 χαρακτήρες
field-amka-birth-date = Ο ΑΜΚΑ δείχνει άλλη ημερομηνία γέννησης· μερικές φορές έχει εκδοθεί έτσι
field-postcode-neighbour = Ο ταχυδρομικός κώδικας ανήκει συνήθως σε άλλον δήμο: { $place }
field-postcode-outside = Ο ταχυδρομικός κώδικας είναι συνήθως έξω από τον δήμο
field-postcode-area = Ο ταχυδρομικός κώδικας ανήκει συνήθως σε άλλη κοινότητα: { $area }
field-birth-date-future = Η ημερομηνία γέννησης είναι στο μέλλον
field-birth-date-too-old = Ελέγξτε το έτος γέννησης
field-email-format = Γράψτε διεύθυνση όπως onoma@paradeigma.gr
field-valid-to-required = Γράψτε ως πότε ισχύει το δικαιολογητικό, ή ότι ισχύει επ’ αόριστον
field-no-last-day-asked = Αυτό το δικαιολογητικό δεν έχει ημερομηνία λήξης
field-no-document-asked = Για αυτή την ερώτηση δεν ζητείται δικαιολογητικό
field-evidence-by-staff-only = Την αποδοχή ενός δικαιολογητικού τη σημειώνει μόνο ο δήμος· γράψτε declared ή bringing
field-evidence-by-applicant-only = Γράψτε accepted, refused ή expired
field-no-such-person = Η αίτηση δεν έχει τόσα άτομα
field-form-schema = Η απάντηση δεν ταιριάζει με τη φόρμα της πρόσκλησης
field-description-changes = Η περιγραφή του ήταν άλλη όταν ζητήθηκε ξανά
field-not-deterministic = Οι ίδιες αιτήσεις πήραν άλλες απαντήσεις τη δεύτερη φορά (παράδειγμα { $application })
field-depends-on-order = Οι ίδιες αιτήσεις πήραν άλλες απαντήσεις με άλλη σειρά (παράδειγμα { $application })
field-depends-on-company = Οι ίδιες αιτήσεις πήραν άλλες απαντήσεις δίπλα σε άλλες αιτήσεις (παράδειγμα { $application })
field-together = Κρίνει κάθε αίτηση μόνη της, και όχι όλες μαζί. { program-fault-words }
field-case-failed = { $name }: { $lines }
field-recorded-of-failed = Όταν η παράδοση απέτυχε, δεν γράφεται τίποτε άλλο
field-stock-whole = Αυτό το πρόγραμμα μετρά το απόθεμα όλων των δόσεων μαζί
field-stock-mixed = Το απόθεμα αυτού του είδους γράφεται αλλιώς: ή ανά δόση, ή για όλες μαζί
field-delivery-waits = Η παράδοση περιμένει είδη: γράψτε πρώτα τι έφτασε και κάντε ξανά το πρόγραμμα
field-note-too-long = Έως { $most } χαρακτήρες
field-no-such-participant = Η παράδοση δεν είναι για αυτό το άτομο
field-nobody-present = Δεν ήταν κανείς παρών: σημειώστε ότι η παράδοση απέτυχε
field-use-by-passed = Η ημερομηνία ανάλωσης έχει περάσει: μην το παραδώσετε
field-not-a-lot = Γράψτε παρτίδα με γράμματα ή αριθμούς, ως 80 χαρακτήρες
field-not-authorised = Η αίτηση δεν γράφει πρόσωπο με αυτό το όνομα
field-kind-of-delivered = Αιτία γράφεται μόνο όταν η παράδοση απέτυχε
field-plan-instalments = Χρειάζεται μία ημερομηνία για καθεμία από τις { $instalments } δόσεις, με τη σειρά
field-plan-order = Η δόση { $instalment } έχει ημέρα πριν από την προηγούμενη
field-decision-not-a-candidate = Η υπηρεσία δεν είναι υποψήφια για αυτή την ανάγκη
field-decision-not-undetermined = Για αυτή την υπηρεσία απαντά ήδη η χαρτογράφηση
field-need-no-people = Γράψτε πόσοι άνθρωποι έχουν την ανάγκη
field-need-no-area = Διαλέξτε τουλάχιστον μία περιοχή
field-need-backwards-ages = Η μικρότερη ηλικία είναι μεγαλύτερη από τη μεγαλύτερη
field-need-backwards-period = Το τέλος είναι πριν από την αρχή

# Μηνύματα προς ανθρώπους.
message-subject = { $municipality }: νέα για την αίτησή σας
message-award-selected = Η αίτησή σας { $reference } έγινε δεκτή. Θα ενημερωθείτε για τις επόμενες ημέρες. { $municipality }
message-award-promoted = Η αίτησή σας { $reference } ανέβηκε από την εφεδρική λίστα και έχει πλέον θέση. { $municipality }
message-lot-recalled = Ανακαλείται η παρτίδα { $lot } που παραλάβατε ({ $dates }) με την αίτηση { $reference }. Μην τη χρησιμοποιήσετε. Δείτε γιατί στην αίτησή σας. { $municipality }
message-delivery-planned = Για την αίτησή σας { $reference } ορίστηκαν οι ημέρες: { $dates }. { $municipality }
message-delivery-waits = Μια παράδοση για την αίτησή σας { $reference } καθυστερεί: τα είδη δεν έχουν φτάσει. Θα λάβετε νέα ημέρα. { $municipality }
message-delivery-replanned = Άλλαξαν οι ημέρες για την αίτησή σας { $reference }: { $dates }. { $municipality }

# Τι θα άλλαζε μια απάντηση της απόφασης.
change-paper = Χρειάζεται: { $paper }.
change-answer = Χρειάζεται μια απάντηση που λείπει.
fact-source = Από τη χαρτογράφηση των υπηρεσιών, όπως ήταν στις { $day } (αναθεώρηση { $revision })
change-valid-on = Θα άλλαζε με { $paper } που ισχύει στις { $day }.
change-at-least = Θα άλλαζε αν ήταν τουλάχιστον { $wanted }.
change-at-most = Θα άλλαζε αν ήταν έως { $wanted }.
change-equal = Θα άλλαζε αν ήταν { $wanted }.
change-holds-paper = Θα άλλαζε αν ίσχυε και το έδειχνε το χαρτί: { $paper }.
change-holds = Θα άλλαζε αν ίσχυε.

# Όριο αιτημάτων.
requests-too-many = Πολλά αιτήματα από τη σύνδεσή σας
    .detail = Δοκιμάστε ξανά σε { $seconds } δευτερόλεπτα. Ό,τι γράψατε δεν χάθηκε: πατήστε «πίσω».
record-unknown = Δεν υπάρχει τέτοια εγγραφή
record-unknown-version = Δεν υπάρχει τέτοια έκδοση της εγγραφής
record-in-use = Άλλες εγγραφές δείχνουν σε αυτήν και δεν αποσύρθηκε
    .detail = Αποσύρετε ή μεταφέρετε πρώτα: { $count }.
reminder-unknown = Ο σύνδεσμος δεν είναι δικός μας ή δεν αντιγράφηκε ολόκληρος
reminder-used = Ο σύνδεσμος χρησιμοποιήθηκε ήδη
reminder-expired = Ο σύνδεσμος δεν ισχύει πια
reminder-wait = Ζητήθηκαν πολλοί σύνδεσμοι
    .detail = Δοκιμάστε ξανά σε { $seconds } δευτερόλεπτα.
reminder-no-address = Ο φορέας δεν έχει ηλεκτρονική διεύθυνση στον κατάλογο
    .detail = Ρωτήστε τον τηλεφωνικά και καταγράψτε την επιβεβαίωση.
reminder-sent-today = Στάλθηκε υπενθύμιση σήμερα
    .detail = Περιμένετε έως αύριο ή ρωτήστε τηλεφωνικά.
suggestion-unknown = Δεν υπάρχει τέτοια υπόδειξη
suggestion-wait = Ήρθαν πολλές υποδείξεις για αυτή την εγγραφή
    .detail = Δοκιμάστε ξανά σε { $seconds } δευτερόλεπτα.
subscription-unknown = Δεν υπάρχει τέτοια εγγραφή σε ενημερώσεις
field-record-other-id = Η εγγραφή έχει άλλο αναγνωριστικό ή είδος από τη διεύθυνση
field-record-phone = Γράψτε έναν αριθμό τηλεφώνου, για παράδειγμα 210 1234567
field-figures-period = Δώστε πρώτη και τελευταία ημέρα, με αυτή τη σειρά
field-figures-future = Οι αριθμοί αφορούν ημέρες που πέρασαν
field-figures-nothing = Δώστε τουλάχιστον έναν αριθμό
field-merge-into-itself = Μια εγγραφή δεν συγχωνεύεται με τον εαυτό της
field-merge-protected = Προστατευμένη θέση συγχωνεύεται μόνο με προστατευμένη: δηλώστε πρώτα και τις δύο ως προστατευμένες
field-import-record-moved = Η εγγραφή «{ $name }» άλλαξε στο μεταξύ
message-record-reminder-subject = { $municipality }: ισχύουν ακόμη τα στοιχεία σας στον κατάλογο;
message-record-reminder =
    Ο κατάλογος υπηρεσιών του δήμου ({ $municipality }) έχει στοιχεία σας που δεν επιβεβαιώθηκαν πρόσφατα ({ $count }).
    Ανοίξτε κάθε σύνδεσμο και πατήστε «Όλα ισχύουν», ή διορθώστε ό,τι άλλαξε. Δεν χρειάζεται σύνδεση με κωδικό.
    Οι σύνδεσμοι ισχύουν έως { $until } και χρησιμοποιούνται μία φορά.
    { $records }
message-mapping-digest-subject = { $municipality }: τι άλλαξε στη χαρτογράφηση
message-mapping-digest =
    Άλλαξαν υπηρεσίες που παρακολουθείτε ({ $count }).
    { $records }
    { $municipality }
message-service-gone = { $name } (αποσύρθηκε)
field-words-too-long = Το κείμενο είναι πολύ μεγάλο· συντομεύστε το

# Ανοικτά δεδομένα (HSDS).
hsds-description = Οργανισμοί, δομές και υπηρεσίες του κοινωνικού δικτύου: { $name }
term-unknown = Δεν υπάρχει τέτοιος όρος
taxonomy-unknown = Δεν υπάρχει τέτοια ταξινομία
