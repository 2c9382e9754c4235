//! What is asked, and what is written down when a parcel is handed over.

use osn_program_sdk::Purpose::{Delivery, Eligibility, Ranking};
use osn_program_sdk::{Cents, Date, Fixed, Flag, OneOf, Several, Symbol, Text, ask};

osn_program_sdk::options! {
    /// When somebody can be found at home. Routes by area have windows; a plan's occasion names those that it serves.
    pub enum Window { Morning = "morning", Noon = "noon", Afternoon = "afternoon" }
}

osn_program_sdk::form! {
    /// About the household. Names, AMKA and address are the host's own questions.
    pub struct Household {
        disability_percent: Fixed = ask(Eligibility, "social-protection").required().special().between(0, 1_000_000)
            .shown_as("percent").proven_until("disability-certificate"),
        annual_income: Cents = ask(Ranking, "public-task").required().between(0, 100_000_000).proven_by("tax-return"),
        resident: Flag = ask(Eligibility, "public-task").required().proven_by("residence-proof"),
        at_home: Several<Window> = ask(Delivery, "public-task"),
        area: Symbol = ask(Delivery, "public-task"),
    }
}

/// The question about the area, and its purpose, in each language; it is asked where a call has routes by area.
pub(crate) const AREA: [[&str; 2]; 2] = [
    ["Σε ποια περιοχή έρχεται το πακέτο", "Χρειάζεται για το δρομολόγιο."],
    ["The area in which the parcel is brought", "Needed for the route."],
];

osn_program_sdk::options! {
    /// What proves that a parcel was received.
    pub enum Proof { Signed = "signed", Reference = "reference-shown", Witness = "second-courier" }
}

osn_program_sdk::form! {
    /// What is written down when a parcel is handed over: enough to recall it, and to know who has it.
    pub struct Receipt {
        lot: Text = ask(Delivery, "public-task").required().between(1, 40).impersonal().role("lot"),
        use_by: Date = ask(Delivery, "public-task").required().impersonal().role("use-by"),
        proof: OneOf<Proof> = ask(Delivery, "public-task").required(),
        taken_by: Text = ask(Delivery, "public-task").at_most(200).role("collected-by").among("application.collected-by"),
    }
}

osn_program_sdk::form! {
    /// A member of the household beside the applicant.
    pub struct Member {
        birth_date: Date = ask(Ranking, "public-task").required().proven_by("family-status"),
    }
}
