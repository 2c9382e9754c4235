# Pages that anybody reads: directory, calls, results, texts.

home-page = Αρχική
home-title = Βρείτε στήριξη στη γειτονιά σας
home-lead = Υπηρεσίες του Δήμου και των συνεργατών του, για κάθε ανάγκη. Δεν χρειάζεται λογαριασμός.
search-label = Τι χρειάζεστε;
search-button = Αναζήτηση
search-hint = Για παράδειγμα: συσσίτιο, φάρμακα, μαθήματα ελληνικών
home-needs = Ή διαλέξτε μια ανάγκη
home-size = { $services } υπηρεσίες από { $bodies } φορείς.
home-all = Δείτε τις όλες
home-calls = Ανοιχτές προσκλήσεις
home-no-calls = Καμία πρόσκληση δεν δέχεται αιτήσεις αυτή τη στιγμή.
home-all-calls = Όλες οι προσκλήσεις

need-food = Φαγητό
need-food-note = Γεύματα, τρόφιμα
need-home = Στέγη
need-home-note = Ύπνος, ξενώνες
need-health = Υγεία
need-health-note = Γιατροί, φάρμακα
need-children = Παιδιά
need-children-note = Σταθμοί, παιχνίδι
need-disability = Αναπηρία
need-disability-note = Υπηρεσίες για άτομα με αναπηρία
need-papers = Χαρτιά και διαμονή
need-papers-note = Άδειες, άσυλο, νομικά
need-work = Δουλειά
need-work-note = Συμβουλές, θέσεις
need-safety = Βία
need-safety-note = Προστασία, στήριξη

services-title = Υπηρεσίες στήριξης
services-all = Όλες οι υπηρεσίες
services-count = { $count ->
    [one] 1 υπηρεσία
   *[other] { $count } υπηρεσίες
  }
services-about = για «{ $what }»
services-none = Δεν βρέθηκε υπηρεσία με αυτά. Δοκιμάστε άλλη λέξη ή λιγότερα φίλτρα. Για βοήθεια από άνθρωπο, καλέστε το 197.
services-clear = Καθαρίστε τα φίλτρα
services-found = Υπηρεσίες που βρέθηκαν
services-actions = Δράσεις του δήμου που τρέχουν τώρα
card-action = Δράση του δήμου
standing-serving = Από τη συγκεντρωτική εικόνα: υπηρεσίες που δηλώνουν ότι εξυπηρετούν αυτή την ομάδα σε αυτή την περιοχή και έχουν πρόσφατα επιβεβαιωμένα στοιχεία.
standing-undetermined = Από τη συγκεντρωτική εικόνα: υπηρεσίες που δεν διευκρινίζουν αν εξυπηρετούν αυτή την ομάδα ή αυτή την περιοχή, ή που δεν έχουν επιβεβαιωθεί ποτέ.
standing-stale = Από τη συγκεντρωτική εικόνα: υπηρεσίες που κανείς δεν έχει επιβεβαιώσει εδώ και πολύ καιρό.
standing-action = Από τη συγκεντρωτική εικόνα: δράσεις του δήμου, πέρα από το υπάρχον δίκτυο.
standing-all = Όλες οι υπηρεσίες με αυτά τα φίλτρα
filter-button = Εφαρμογή φίλτρων
filter-category = Τι
filter-category-any = Όλα
filter-group = Για ποιους
filter-group-any = Όλους
filter-area = Πού
filter-area-any = Σε όλη την πόλη
chips-label = Στενότερη αναζήτηση
card-free = Δωρεάν
card-cost = Με κόστος
card-not-running = Δεν λειτουργεί τώρα
address-not-stated = Δεν δηλώνεται διεύθυνση
address-to-verify = Διεύθυνση προς επαλήθευση
facts-to-verify = Στοιχεία προς επαλήθευση

service-what = Τι είναι
service-who = Για ποιους
service-open-to-all = Για όλους
service-ages = Ηλικίες
service-ages-between = από { $from } έως { $to } ετών
service-ages-from = από { $from } ετών
service-ages-to = έως { $to } ετών
service-languages = Γλώσσες
service-interpretation = Διερμηνεία
service-cost = Κόστος
service-free = Δωρεάν
service-paid = Με κόστος
service-bring = Τι θα χρειαστείτε
service-next = Επόμενο βήμα
service-next-place = Πηγαίνετε στον χώρο της υπηρεσίας.
service-next-place-call = Πηγαίνετε στον χώρο της υπηρεσίας. Αν μπορείτε, τηλεφωνήστε πρώτα.
service-next-place-site = Πηγαίνετε στον χώρο της υπηρεσίας. Αν μπορείτε, δείτε πρώτα την ιστοσελίδα του φορέα.
service-next-protected = Η διεύθυνση δεν δημοσιεύεται. Επικοινωνήστε με τον φορέα ({ $body }) και θα σας πουν πού να πάτε.
service-next-protected-call = Η διεύθυνση δεν δημοσιεύεται. Τηλεφωνήστε ({ $phone }) και θα σας πουν πού να πάτε.
service-next-home = Η υπηρεσία έρχεται στο σπίτι σας. Επικοινωνήστε με τον φορέα.
service-next-remote = Επικοινωνήστε με τον φορέα από το τηλέφωνο ή το διαδίκτυο.
service-next-street = Οι ομάδες του φορέα βρίσκονται στον δρόμο και έρχονται κοντά σας.
service-next-unknown = Επικοινωνήστε με τον φορέα: { $body }.
service-next-help = Δεν ξέρετε από πού να αρχίσετε; Το 197 απαντά όλο το εικοσιτετράωρο, δωρεάν.
service-website = Ιστοσελίδα του φορέα
service-write = Γράψτε στο
service-contact = Επικοινωνία: { $who }
service-transport = Πώς θα φτάσετε: { $how }
service-where = Πού και πότε
service-extension = εσωτ. { $number }
service-address-postal = Ταχυδρομική διεύθυνση: { $address }
service-accessibility-more = Περισσότερα για την πρόσβαση
service-protected = Η διεύθυνση δεν δημοσιεύεται, για την ασφάλεια όσων μένουν εκεί.
service-areas = Περιοχές που καλύπτει
service-modes = Πώς προσφέρεται
service-places = Ελεύθερες θέσεις
service-places-of = { $free } από { $all } ({ $day })
service-places-free = { $free } ({ $day })
service-checked = Ελέγχθηκε στις { $day }.
service-never-checked = Τα στοιχεία δεν έχουν ελεγχθεί από τον φορέα.
service-source = Πηγή: { $source }.
source-public-web = δημόσια ιστοσελίδα
source-press = τύπος
source-official-gazette = Εφημερίδα της Κυβερνήσεως
source-general-knowledge = γενική γνώση, προς επαλήθευση
source-example = επινοημένο παράδειγμα
service-state-inactive = Δεν λειτουργεί τώρα
service-state-defunct = Έκλεισε οριστικά
service-state-temporarily-closed = Κλειστή προσωρινά

search-hint-words = Γράψτε όπως μιλάτε: «δεν έχω να φάω», «γιατρός», «mathimata ellinikon». Τόνοι και κεφαλαία δεν πειράζουν.
search-read-as = Αντί για «{ $typed }» αναζητήσαμε «{ $sought }».
search-unknown = Το «{ $typed }» δεν υπάρχει σε καμία υπηρεσία.
search-some-words = Καμία υπηρεσία δεν έχει όλες τις λέξεις μαζί. Αυτές έχουν μερικές.
why-in-name = στο όνομα
why-in-other-name = στο άλλο όνομα
why-in-category = στην κατηγορία
why-in-place = στον χώρο
why-in-organization = στον φορέα
why-in-group = στους ωφελουμένους
why-in-area = στην περιοχή
why-in-description = στην περιγραφή
why-word = Βρέθηκε { $place }: «{ $word }»
why-start = Βρέθηκε { $place }: «{ $word }», που αρχίζει έτσι
why-sound = Βρέθηκε { $place }: «{ $word }», που ακούγεται όπως «{ $typed }»
why-synonym = Βρέθηκε { $place }: «{ $word }», που σημαίνει το ίδιο με «{ $typed }»
why-layout = Βρέθηκε { $place }: «{ $word }», γραμμένο με άλλο πληκτρολόγιο
why-typo = Βρέθηκε { $place }: «{ $word }», που μοιάζει με «{ $typed }»
services-about-age = { $age } ετών
services-call = Καλέστε το 197 (Εθνικό Κέντρο Κοινωνικής Αλληλεγγύης), όλο το εικοσιτετράωρο
services-by-need = Διαλέξτε μια ανάγκη
filter-more = Περισσότερα φίλτρα
filter-language = Γλώσσα
filter-language-any = Όλες
filter-age = Ηλικία (έτη)
filter-open = Ανοιχτά τώρα
open-until = Ανοιχτά τώρα, έως { $when }
open-always = Ανοιχτά όλο το εικοσιτετράωρο
open-holiday = Ίσως κλειστά σήμερα: { $holiday }. Ρωτήστε πριν πάτε.
open-no-hours = Δεν δηλώνονται ώρες
open-no-days = Δεν δηλώνονται ημέρες
closed-opens = Κλειστά τώρα. Ανοίγει { $when }
closed-may-open = Κλειστά τώρα. Ίσως ανοίξει { $when }, ρωτήστε πρώτα
closed-may-open-day = Κλειστά τώρα. Ίσως ανοίξει { $when }· δεν δηλώνονται ώρες, ρωτήστε πρώτα
closed-for-long = Κλειστά. Δεν δηλώνεται επόμενο άνοιγμα
when-today = { $time }
when-tomorrow = αύριο στις { $time }
when-tomorrow-day = αύριο
when-day = { $day } στις { $time }
service-call = Καλέστε
service-answers = Υπεύθυνος φορέας: { $body }.
service-sheet = Σελίδα για εκτύπωση
service-sheet-back = Πίσω στην υπηρεσία
areas-link = Υπηρεσίες ανά Δημοτική Κοινότητα
areas-title = Δημοτικές Κοινότητες
areas-lead = Διαλέξτε την κοινότητά σας και δείτε τι υπάρχει κοντά σας.
areas-none = Ο κατάλογος δεν έχει κοινότητες.
areas-places = { $count ->
    [one] 1 δομή
   *[other] { $count } δομές
  }
areas-services = { $count ->
    [one] 1 υπηρεσία
   *[other] { $count } υπηρεσίες
  }
area-names = Γειτονιές και άλλα ονόματα:
area-serving = για την κοινότητα.
area-said = { $count ->
    [0] Καμία υπηρεσία δεν δηλώνει ότι την εξυπηρετεί
    [one] 1 υπηρεσία δηλώνει ότι την εξυπηρετεί
   *[other] { $count } υπηρεσίες δηλώνουν ότι την εξυπηρετούν
  }
area-unsaid = { $count ->
    [one] 1 δεν διευκρινίζει περιοχή
   *[other] { $count } δεν διευκρινίζουν περιοχή
  }
area-places = Δομές στην κοινότητα
area-no-places = Καμία δομή δεν δηλώνει ότι βρίσκεται εδώ.
area-no-map = Χάρτης δεν υπάρχει ακόμη: καμία πηγή δεν δίνει συντεταγμένες για αυτές τις δομές. Δείτε τις διευθύνσεις στον κατάλογο.
area-outside = { $count ->
    [one] Μία δομή έχει συντεταγμένες έξω από τον δήμο και δεν φαίνεται στον χάρτη.
   *[other] { $count } δομές έχουν συντεταγμένες έξω από τον δήμο και δεν φαίνονται στον χάρτη.
  }
area-map = Σχηματικός χάρτης: { $area }
area-map-note = Σχηματικός χάρτης, ο βορράς είναι επάνω. Φαίνονται μόνο δομές με γνωστές συντεταγμένες· οι αριθμοί είναι του καταλόγου.

calls-title = Προσκλήσεις
calls-lead = Σε κάθε πρόσκληση κάνετε αίτηση για μια στήριξη. Πριν αρχίσετε, δείτε ποιοι μπορούν και τι χρειάζεται.
calls-open = Δέχονται αιτήσεις
calls-closed = Έκλεισαν
calls-none-open = Καμία πρόσκληση δεν δέχεται αιτήσεις αυτή τη στιγμή.
calls-all = Όλες οι προσκλήσεις
call-tag-open = Ανοιχτή
call-tag-today = Κλείνει σήμερα
call-tag-closing = { $count ->
    [one] Κλείνει αύριο
   *[other] Κλείνει σε { $count } ημέρες
  }
call-tag-not-yet = Ανοίγει στις { $day }
call-tag-closed = Έκλεισε
call-tag-results = Βγήκαν αποτελέσματα
call-until = Έως
call-places-word = Θέσεις:
call-apply = Κάντε αίτηση
call-finder = Δείτε πρώτα αν σας αφορά
finder-title = Σας αφορά;
finder-lead = Απαντήστε όσα θέλετε. Δεν δίνετε όνομα και τίποτε δεν φυλάσσεται. Είναι ενημέρωση, όχι απόφαση.
finder-where = Πού μένετε
finder-where-text = Χρειάζεται μόνο για να μετρηθεί τι σας προσφέρει το δίκτυο.
finder-button = Δείτε τι λένε οι κανόνες
finder-eligible = Με όσα απαντήσατε, πληροίτε τις προϋποθέσεις.
finder-not-eligible = Με όσα απαντήσατε, δεν πληροίτε όλες τις προϋποθέσεις. Δείτε ποιες πιο κάτω.
finder-missing = Κάτι λείπει για να απαντηθεί. Δείτε τι πιο κάτω.
finder-nothing-stored = Κρίθηκε για την { $day }, σαν να έγιναν δεκτά τα χαρτιά σας. Τίποτε δεν αποθηκεύτηκε.
finder-services = { $count ->
    [one] Μία υπηρεσία του δικτύου είναι για σας
   *[other] { $count } υπηρεσίες του δικτύου είναι για σας
  }
finder-services-more = Όλες οι υπηρεσίες
call-results = Δείτε τα αποτελέσματα
call-gives = Τι προσφέρει
call-who = Ποιοι μπορούν να κάνουν αίτηση
call-wanted-at-least = τουλάχιστον { $wanted }
call-wanted-at-most = έως { $wanted }
call-wanted-equal = { $wanted }
call-wanted-holds = Ναι
call-wanted-valid-on = Σε ισχύ στις { $day }
call-wanted-one-of = Μία από τις επιλογές της φόρμας
call-wanted-set = Αυτή η πρόσκληση δεν βάζει όριο
call-order = Πώς μπαίνετε σε σειρά
call-order-text = Όσοι πληρούν τις προϋποθέσεις μπαίνουν σε σειρά με αυτά, ένα ένα:
call-tie-submission-time = Αν δύο αιτήσεις μείνουν ίσες, προηγείται αυτή που υποβλήθηκε πρώτη.
call-tie-draw = Αν δύο αιτήσεις μείνουν ίσες, αποφασίζει κλήρωση. Το αποτύπωμα του σπόρου της δημοσιεύτηκε εδώ από την αρχή, και ο σπόρος δημοσιεύεται μαζί με τα αποτελέσματα: { $commitment }
call-papers = Δικαιολογητικά
call-no-papers = Δεν χρειάζεται κανένα χαρτί για να υποβάλετε την αίτηση.
call-bring = Τα χαρτιά δεν ανεβαίνουν εδώ. Δηλώνετε ότι τα έχετε ή ότι θα τα φέρετε.
call-help = Μπορείτε να κάνετε αίτηση και στα γραφεία του Δήμου. Θα τη συμπληρώσουμε μαζί.
call-once-household = Γίνεται δεκτή μία αίτηση για κάθε νοικοκυριό.
call-once-person = Γίνεται δεκτή μία αίτηση για κάθε άτομο.
call-facts = Με μια ματιά
call-fact-from = Αιτήσεις από
call-fact-until = Αιτήσεις έως
call-fact-places = Θέσεις
call-fact-places-person = { $count ->
    [one] 1 άτομο
   *[other] { $count } άτομα
  }
call-fact-places-household = { $count ->
    [one] 1 νοικοκυριό
   *[other] { $count } νοικοκυριά
  }
call-fact-deliveries = Παραδόσεις
call-fact-period = Διάρκεια
call-fact-cost = Κόστος
call-fact-target = Στόχος, τουλάχιστον
call-fact-given = Δόθηκαν έως τώρα
call-intake = Πότε κρίνεται
call-intake-deadline = Όλες οι αιτήσεις μαζί, μετά την τελευταία ημέρα
call-intake-rolling = Συνεχώς, όσο η πρόσκληση είναι ανοιχτή
period-from-to = { $from } – { $to }
period-from = από { $from }
period-to = έως { $to }
back-to-call = Πίσω στην πρόσκληση

results-title = Αποτελέσματα
results-round = Πίνακας { $round } της ίδιας πρόσκλησης
results-approved = Ο πίνακας είναι οριστικός από { $when }.
results-pseudonyms = Κάθε αίτηση φαίνεται μόνο με τον αριθμό της. Ονόματα δεν δημοσιεύονται.
results-capacity = Όριο επιλογής: { $count } θέσεις
results-caption = Οριστικός πίνακας κατάταξης
results-rank = Σειρά
results-reference = Αριθμός αίτησης
results-place = Αποτέλεσμα
results-selected = Επιλέγεται
results-reserve = Επιλαχών { $position }
results-none = Ο πίνακας είναι κενός.
results-selected-count = Επιλέγονται
results-reserve-count = Επιλαχόντες
results-frozen = Σύνοψη του κλειστού καταλόγου αιτήσεων
draw-title = Πώς έγινε η κλήρωση
draw-how = Όπου δύο αιτήσεις ήταν ίσες σε όλα, αποφάσισε κλήρωση. Με τις τιμές αυτές μπορεί ο καθένας να την ξανακάνει.
draw-commitment = Αποτύπωμα του σπόρου, δημοσιευμένο με την πρόσκληση
draw-seed = Ο σπόρος
draw-check = Το κλειδί κάθε αίτησης είναι το SHA-256 από τον σπόρο, τον κωδικό της πρόσκλησης, τη σύνοψη του καταλόγου και τον αριθμό της αίτησης. Ανάμεσα σε ίσες προηγείται το μικρότερο. Τα κλειδιά δημοσιεύονται μαζί με τα αποτελέσματα, σε μορφή για υπολογιστές.
results-note = Η σειρά βγήκε από τα κριτήρια της πρόσκλησης. Με τον αριθμό και τον κωδικό σας, δείτε την αίτησή σας στο «Η αίτησή μου».

about-title = Τι είναι το Open Social Net
about-lead = Το πληροφοριακό σύστημα του κοινωνικού δικτύου ασφαλείας ενός δήμου.
about-what = Τι κάνει
about-what-1 = Χαρτογραφεί τις δομές και τις υπηρεσίες της πόλης σε έναν κατάλογο που μένει ενήμερος. Ό,τι δεν γνωρίζουμε, φαίνεται ως «Δεν δηλώνεται».
about-what-2 = Όταν ένας φορέας ζητά στήριξη για μια ομάδα ανθρώπων, το σύστημα ελέγχει αν η ανάγκη καλύπτεται ήδη. Αν όχι, ο δήμος οργανώνει μια δράση και ανοίγει πρόσκληση.
about-how = Πώς αποφασίζει
about-how-1 = Κάθε αίτηση κρίνεται με τα ίδια δημοσιευμένα κριτήρια. Κάθε αποτέλεσμα έχει τους λόγους του, και κάθε απόφαση μπορεί να ελεγχθεί ξανά.
about-how-2 = Οι κανόνες υπολογίζουν, οι άνθρωποι αποφασίζουν. Όποιος προτείνει έναν τελικό πίνακα δεν μπορεί να τον εγκρίνει ο ίδιος.
about-code = Ανοιχτός κώδικας
about-code-1 = Το Open Social Net είναι ελεύθερο λογισμικό με άδεια EUPL-1.2. Κάθε δήμος μπορεί να το χρησιμοποιήσει με τα δικά του δεδομένα.

privacy-title = Προσωπικά δεδομένα
privacy-lead = Ζητάμε μόνο όσα χρειάζονται για την αίτησή σας και τα φυλάμε κλειδωμένα.
privacy-what = Τι κρατάμε
privacy-what-1 = Όσα γράφετε στην αίτηση: στοιχεία επικοινωνίας, ΑΜΚΑ και τις απαντήσεις στα κριτήρια. Σε κάθε ερώτηση φαίνεται γιατί γίνεται.
privacy-what-2 = Το πρόγραμμα που κρίνει τα κριτήρια δεν βλέπει όνομα, διεύθυνση ή ΑΜΚΑ.
privacy-how = Πώς τα φυλάμε
privacy-how-1 = Κρυπτογραφημένα, με ξεχωριστό κλειδί για κάθε άνθρωπο. Όταν σβηστεί το κλειδί, τα δεδομένα δεν διαβάζονται πια, ούτε στα αντίγραφα ασφαλείας.
privacy-how-2 = Όποιος υπάλληλος ανοίγει τα στοιχεία σας δίνει τον λόγο, και αυτό καταγράφεται.
privacy-rights = Τα δικαιώματά σας
privacy-rights-1 = Μπορείτε να δείτε, να διορθώσετε ή να ζητήσετε να διαγραφούν τα στοιχεία σας. Μπορείτε επίσης να αποσύρετε την αίτησή σας με τον αριθμό και τον κωδικό της.
privacy-rights-2 = Αν πιστεύετε ότι δεν τηρούμε τους κανόνες, μπορείτε να απευθυνθείτε στην Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα.
privacy-cookies = Cookies
privacy-cookies-1 = Οι σελίδες για το κοινό δεν βάζουν cookies και δεν μετρούν επισκέπτες. Μόνο οι συνεργάτες που συνδέονται έχουν ένα cookie σύνδεσης.

accessibility-title = Προσβασιμότητα
accessibility-lead = Θέλουμε να μπορούν όλοι να χρησιμοποιούν αυτές τις σελίδες.
accessibility-aim = Τι επιδιώκουμε
accessibility-aim-1 = Οι σελίδες σχεδιάστηκαν με στόχο το επίπεδο ΑΑ των οδηγιών WCAG 2.2. Ο ν. 4727/2020 ζητά το επίπεδο ΑΑ των WCAG 2.1.
accessibility-aim-2 = Λειτουργούν χωρίς JavaScript, με πληκτρολόγιο, με μεγέθυνση και σε μικρό τηλέφωνο.
accessibility-not = Τι δεν έχει ελεγχθεί ακόμη
accessibility-not-1 = Δεν έχει γίνει ακόμη έλεγχος από ανεξάρτητο φορέα ούτε δοκιμή με όλους τους αναγνώστες οθόνης.
accessibility-not-2 = Κείμενα άλλων φορέων στον κατάλογο μπορεί να υπάρχουν μόνο στα ελληνικά.
accessibility-tell = Πείτε μας αν κάτι δεν λειτουργεί
accessibility-tell-1 = Γράψτε ή περάστε από τις κοινωνικές υπηρεσίες του Δήμου. Θα σας βοηθήσουμε με άλλον τρόπο.

# Συγκεντρωτική εικόνα.
consolidated-title = Ποιος καλύπτει τι
consolidated-lead = Πόσες υπηρεσίες του δικτύου υπάρχουν για κάθε ομάδα, σε κάθε κοινότητα. Κάθε αριθμός ανοίγει τις υπηρεσίες του.
consolidated-as-of = Όπως ήταν στις
consolidated-read = Εικόνα της ημέρας: { $day }.
consolidated-overview = Κατηγορίες και ομάδες, σε όλον τον δήμο
consolidated-overview-area = Κατηγορίες και ομάδες: { $area }
consolidated-empty = Ο κατάλογος δεν έχει ακόμη κατηγορίες, ομάδες ή κοινότητες.
consolidated-gap = καμία
consolidated-undetermined = { $count ->
    [one] 1 δεν το διευκρινίζει
   *[other] { $count } δεν το διευκρινίζουν
  }
consolidated-stale = { $count ->
    [one] 1 με παλιά στοιχεία
   *[other] { $count } με παλιά στοιχεία
  }
consolidated-actions = { $count ->
    [one] 1 δράση του δήμου
   *[other] { $count } δράσεις του δήμου
  }
consolidated-legend = «καμία»: δεν είναι γνωστή υπηρεσία του δικτύου που να δηλώνει ότι εξυπηρετεί αυτή την ομάδα εκεί. Οι δράσεις του δήμου φαίνονται χωριστά και δεν μετρούν ως υπάρχον δίκτυο.
consolidated-link = Ποιος καλύπτει τι: συγκεντρωτική εικόνα
