//! The few words of `osn program run` that are not the program's own, in the reader's language.

use osn_programs::about::Subject;
use osn_programs::input::Evidence;
use osn_programs::verdict::{Outcome, State};

use crate::lang::Lang;

/// Words in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(pub(super) Lang);

impl Words {
    fn either(self, el: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Lang::El => el,
            Lang::En => en,
        }
    }

    pub(super) fn page(self, subject: Subject, number: usize) -> String {
        match subject {
            Subject::Application => self.either("Η αίτηση", "The application").to_owned(),
            Subject::Claim => format!("{} {number}", self.either("Συμμετοχή", "Participant")),
            Subject::Member => format!(
                "{} {number}",
                self.either("Μέλος του νοικοκυριού", "Member of the household")
            ),
        }
    }

    pub(super) fn verdict(self) -> &'static str {
        self.either("Κρίση", "Verdict")
    }

    pub(super) fn outcome(self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Eligible => self.either("δικαιούται", "eligible"),
            Outcome::NotEligible => self.either("δεν δικαιούται", "not eligible"),
            Outcome::MissingEvidence => self.either("λείπουν δικαιολογητικά", "evidence is missing"),
        }
    }

    pub(super) fn state(self, state: State) -> &'static str {
        match state {
            State::Met => self.either("ναι", "met"),
            State::NotMet => self.either("όχι", "not met"),
            State::Unknown => self.either("άγνωστο", "unknown"),
            State::NotApplicable => self.either("δεν εφαρμόζεται", "not applicable"),
        }
    }

    pub(super) fn evidence(self, evidence: Evidence) -> &'static str {
        match evidence {
            Evidence::None => self.either("χωρίς έγγραφο", "no document"),
            Evidence::Declared => self.either("δηλώθηκε", "declared"),
            Evidence::Bringing => self.either("θα προσκομιστεί", "will be brought"),
            Evidence::Accepted => self.either("έγινε δεκτό", "accepted"),
            Evidence::Refused => self.either("δεν έγινε δεκτό", "refused"),
            Evidence::Expired => self.either("έληξε", "expired"),
        }
    }

    pub(super) fn plan(self) -> &'static str {
        self.either("Παραδόσεις", "Deliveries")
    }

    pub(super) fn no_plan(self) -> &'static str {
        self.either("καμία, γιατί δεν δικαιούται", "none: not eligible")
    }

    pub(super) fn cost(self) -> &'static str {
        self.either("Κόστος", "Cost")
    }

    pub(super) fn fuel(self) -> &'static str {
        self.either("Καύσιμο", "Fuel")
    }
}
