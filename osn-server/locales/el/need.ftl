# The confirmation of a need: what was looked at, and why the answer is what it is.

fit-met = Ναι
fit-not-met = Όχι
fit-unknown = Άγνωστο
verdict-serves = { $count ->
    [one] Καλύπτει 1 θέση
   *[other] Καλύπτει { $count } θέσεις
  }
verdict-does-not-serve = Δεν καλύπτει
verdict-undetermined = Κρίνει άνθρωπος
verdict-decided = { $count ->
    [0] Κρίθηκε: δεν καλύπτει
    [one] Κρίθηκε: 1 θέση
   *[other] Κρίθηκε: { $count } θέσεις
  }
outcome-covered = Η ανάγκη καλύπτεται
outcome-partly-covered = { $count ->
    [one] Καλύπτεται εν μέρει: μένει 1 άτομο
   *[other] Καλύπτεται εν μέρει: μένουν { $count } άτομα
  }
outcome-gap = { $count ->
    [one] Κενό: δεν καλύπτεται 1 άτομο
   *[other] Κενό: δεν καλύπτονται { $count } άτομα
  }
outcome-covered-short = Καλύπτεται
outcome-partly-covered-short = Εν μέρει
outcome-gap-short = Κενό
outcome-provisional = { $count ->
    [one] Προσωρινό αποτέλεσμα: για 1 υπηρεσία λείπουν στοιχεία και πρέπει να κρίνει άνθρωπος.
   *[other] Προσωρινό αποτέλεσμα: για { $count } υπηρεσίες λείπουν στοιχεία και πρέπει να κρίνει άνθρωπος.
  }
examined-people = Άτομα
examined-candidates = Εξετάστηκαν
examined-near = Συγγενικές
examined-open = Προς κρίση
examined-places = Θέσεις που μετρούν
examined-residual = Μένουν ακάλυπτοι
examined-as-of = Η χαρτογράφηση διαβάστηκε όπως ήταν στις { $when }.
examined-refer = Παραπομπή σε: { $services }
examined-count = { $count ->
    [0] Καμία υπηρεσία δεν ανήκει στην κατηγορία.
    [one] Εξετάστηκε 1 υπηρεσία.
   *[other] Εξετάστηκαν { $count } υπηρεσίες.
  }
examined-obstacle = Συχνότερο εμπόδιο: { $what } ({ $count }).
examined-caption = Υπηρεσίες που εξετάστηκαν
examined-near-caption = Συγγενικές υπηρεσίες
examined-near-text = Οι συγγενικές υπηρεσίες ανήκουν σε γειτονική κατηγορία. Φαίνονται εδώ, αλλά δεν μετρούν ως κάλυψη.
examined-none = Καμία υπηρεσία.
examined-all-checks = Όλοι οι έλεγχοι
examined-checks-of = Έλεγχοι: { $service }
column-service = Υπηρεσία
column-verdict = Συμπέρασμα
column-against = Δεν ταιριάζει
column-unknown = Άγνωστο
column-question = Ερώτημα
column-answer = Απάντηση
dimension-status = Λειτουργία
dimension-group = Ομάδα
dimension-age = Ηλικία
dimension-area = Περιοχή
dimension-mode = Τρόπος
dimension-language = Γλώσσα
dimension-freshness = Ενημέρωση
dimension-cost = Κόστος
dimension-documents = Χαρτιά
dimension-capacity = Θέσεις

need-category = Τι χρειάζεται
need-groups = Για ποιες ομάδες
need-people = Πόσα άτομα
need-ages = Ηλικίες
need-age-from = Ηλικία από
need-age-to = Ηλικία έως
need-areas = Πού
need-mode = Με ποιον τρόπο
need-period = Πότε
need-from = Από
need-to = Έως
need-languages = Γλώσσες εξυπηρέτησης
need-languages-hint = Αρκεί μία από αυτές. Αν δεν έχει σημασία, αφήστε το κενό.
need-urgency = Πόσο γρήγορα
urgency-normal = Προγραμματισμένα
urgency-high = Σύντομα
urgency-immediate = Αμέσως

need-reason-status-active = Λειτουργεί.
need-reason-status-inactive = Δεν λειτουργεί τώρα.
need-reason-status-defunct = Έκλεισε οριστικά.
need-reason-status-temporarily-closed = Είναι κλειστή προσωρινά.
need-reason-group-open-to-all = Η πηγή λέει ότι είναι για όλους.
need-reason-group-not-stated = Δεν δηλώνεται για ποιους είναι. Ζητείται: { $wanted }.
need-reason-group-served = Είναι για: { $seen }. Ζητείται: { $wanted }.
need-reason-group-not-served = Είναι για: { $seen }. Δεν περιλαμβάνει όλες τις ομάδες που ζητούνται: { $wanted }.
need-reason-age-no-condition = Ούτε η ανάγκη ούτε η υπηρεσία θέτουν όριο ηλικίας.
need-reason-age-limited-need-open = Δέχεται ηλικίες { $seen }, ενώ η ανάγκη δεν λέει ηλικίες.
need-reason-age-not-stated = Δεν δηλώνονται ηλικίες. Ζητούνται: { $wanted }.
need-reason-age-within-limits = Δέχεται ηλικίες { $seen }. Ζητούνται: { $wanted }.
need-reason-age-outside-limits = Δέχεται ηλικίες { $seen }. Δεν καλύπτει όσες ζητούνται: { $wanted }.
need-reason-area-not-stated = Δεν δηλώνεται ποιες περιοχές καλύπτει. Ζητείται: { $wanted }.
need-reason-area-served = Καλύπτει: { $seen }. Ζητείται: { $wanted }.
need-reason-area-partly-served = Καλύπτει μόνο μέρος: { $seen }. Ζητείται: { $wanted }.
need-reason-area-not-served = Καλύπτει: { $seen }. Δεν περιλαμβάνει: { $wanted }.
need-reason-mode-not-stated = Δεν δηλώνεται πώς προσφέρεται. Ζητείται: { $wanted }.
need-reason-mode-offered = Προσφέρεται { $seen }. Ζητείται: { $wanted }.
need-reason-mode-not-offered = Προσφέρεται μόνο { $seen }. Ζητείται: { $wanted }.
need-reason-language-no-condition = Η ανάγκη δεν θέτει όρο για τη γλώσσα.
need-reason-language-not-stated = Δεν δηλώνονται γλώσσες. Αρκεί μία από: { $wanted }.
need-reason-language-spoken = Μιλούν: { $seen }. Αρκεί μία από: { $wanted }.
need-reason-language-not-spoken = Μιλούν: { $seen }. Καμία από: { $wanted }.
need-reason-freshness-never-confirmed = Ο φορέας δεν έχει επιβεβαιώσει ποτέ τα στοιχεία.
need-reason-freshness-too-old = Τα στοιχεία επιβεβαιώθηκαν πριν από { $days } ημέρες. Πάνω από { $limit } δεν μετρούν ως κάλυψη.
need-reason-freshness-reminder-due = Τα στοιχεία επιβεβαιώθηκαν πριν από { $days } ημέρες, εντός του ορίου των { $limit }. Χρειάζεται υπενθύμιση.
need-reason-freshness-fresh = Τα στοιχεία επιβεβαιώθηκαν πριν από { $days } ημέρες, εντός του ορίου των { $limit }.
need-reason-cost-free = Είναι δωρεάν.
need-reason-cost-charged = Έχει κόστος για τον άνθρωπο. Δεν ξέρουμε αν είναι εμπόδιο.
need-reason-cost-not-stated = Δεν δηλώνεται αν έχει κόστος.
need-reason-documents-none-stated = Δεν δηλώνονται χαρτιά που να ζητά.
need-reason-documents-asked-for = { $count ->
    [one] Ζητά 1 χαρτί.
   *[other] Ζητά { $count } χαρτιά.
  }
need-reason-capacity-not-stated = Δεν δηλώνεται πόσες θέσεις έχει.
need-reason-capacity-full = Δεν έχει ελεύθερη θέση.
need-reason-capacity-free-places = { $seen ->
    [one] Έχει 1 ελεύθερη θέση.
   *[other] Έχει { $seen } ελεύθερες θέσεις.
  }
