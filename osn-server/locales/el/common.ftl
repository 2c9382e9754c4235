# Words that every page shares.

skip = Μετάβαση στο περιεχόμενο
for-staff = Για συνεργάτες
demo-title = Επίδειξη.
demo-text = Τα πρόσωπα και οι αιτήσεις είναι επινοημένα.
nav-label = Κύριο μενού
nav-services = Υπηρεσίες
nav-calls = Προσκλήσεις
nav-track = Η αίτησή μου
urgent-label = Τηλέφωνα άμεσης ανάγκης
urgent-title = Βοήθεια τώρα:
urgent-112 = κάθε επείγον
urgent-197 = κοινωνική βοήθεια
urgent-15900 = βία κατά γυναικών
urgent-1056 = παιδιά
footer-about = Σχετικά
footer-open = Ανοιχτά δεδομένα
footer-api = Διεπαφή για προγραμματιστές (API)
footer-services = Όλες οι υπηρεσίες σε JSON
footer-licence = Open Social Net, ελεύθερο λογισμικό με άδεια EUPL-1.2
flash-title = Έγινε
errors-title = { $count ->
    [one] Υπάρχει ένα πρόβλημα
   *[other] Υπάρχουν { $count } προβλήματα
  }
error-prefix = Σφάλμα:
warning = Προσοχή
optional = (προαιρετικά)
choose = Διαλέξτε
yes = Ναι
no = Όχι
day = Ημέρα
month = Μήνας
year = Έτος
hour = Ώρα
print = Εκτύπωση
copied = Αντιγράφηκε
pages = Σελίδες
page-first = Από την αρχή
page-next = Επόμενη σελίδα
cancel = Ακύρωση
not-stated = Δεν δηλώνεται
unknown = Άγνωστο

date-weekday-1 = Δευτέρα
date-weekday-2 = Τρίτη
date-weekday-3 = Τετάρτη
date-weekday-4 = Πέμπτη
date-weekday-5 = Παρασκευή
date-weekday-6 = Σάββατο
date-weekday-7 = Κυριακή
date-month-1 = Ιανουαρίου
date-month-2 = Φεβρουαρίου
date-month-3 = Μαρτίου
date-month-4 = Απριλίου
date-month-5 = Μαΐου
date-month-6 = Ιουνίου
date-month-7 = Ιουλίου
date-month-8 = Αυγούστου
date-month-9 = Σεπτεμβρίου
date-month-10 = Οκτωβρίου
date-month-11 = Νοεμβρίου
date-month-12 = Δεκεμβρίου

mode-place = σε χώρο
mode-home = στο σπίτι
mode-remote = από απόσταση
mode-street = στον δρόμο
language-el = ελληνικά
language-en = αγγλικά
language-ar = αραβικά
language-fr = γαλλικά
language-fa = φαρσί
language-ur = ουρντού
language-uk = ουκρανικά
language-sq = αλβανικά
language-ru = ρωσικά
language-bn = μπενγκάλι
language-so = σομαλικά
language-tr = τουρκικά
language-ka = γεωργιανά
language-pa = παντζάμπι
language-ps = παστού

field-typed-nothing = Δεν διαλέξατε τίποτα
field-typed-time = Γράψτε την ώρα με τέσσερα ψηφία, για παράδειγμα 17:00
field-typed-date = Γράψτε μια ημερομηνία που υπάρχει, με ημέρα, μήνα και έτος
field-typed-amount = Γράψτε ποσό σε ευρώ, για παράδειγμα 4.200,50
field-typed-number = Γράψτε αριθμό, για παράδειγμα 67,5
field-typed-whole-number = Γράψτε ακέραιο αριθμό, για παράδειγμα 150

# What went wrong, as a page.
wrong-title = Κάτι δεν πήγε καλά
wrong-missing-title = Η σελίδα δεν βρέθηκε
wrong-missing-text = Ίσως η διεύθυνση είναι λάθος ή η σελίδα δεν υπάρχει πια.
wrong-forbidden-title = Δεν έχετε πρόσβαση εδώ
wrong-trace = Αν μας γράψετε γι’ αυτό, δώστε τον κωδικό { $trace }.
wrong-home = Στην αρχική σελίδα
wrong-work = Στον χώρο εργασίας
network = Κοινωνικό δίκτυο

state-call-draft = Προσχέδιο
state-call-published = Δημοσιευμένη
state-call-assessed = Κρίθηκε
state-call-proposed = Πίνακας προς έγκριση
state-call-final = Οριστικά αποτελέσματα
state-call-cancelled = Ακυρώθηκε
