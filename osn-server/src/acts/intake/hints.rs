//! What looks odd in an application and is no mistake: shown before it is sent and to whoever reads it, never a refusal.

use osn_core::application::Applicant;
use osn_core::directory::TermCode;
use osn_core::identifier::{Amka, Postcode, PostcodeAreas, PostcodePlace};

use crate::acts::Acting;
use crate::directory::Mapped;
use crate::refusal::FieldError;

/// What looks odd about an applicant, by field: an AMKA that tells another date of birth (some were issued with a wrong or an
/// unknown one), a postal code that is usually another area's or another municipality's.
///
/// Counted anew from what the applicant said and the municipality's settings of today; nothing is stored.
pub fn hints(acting: &Acting, mapped: &Mapped, applicant: &Applicant) -> Vec<FieldError> {
    let mut hints = Vec::new();
    if Amka::parse(&applicant.amka).is_ok_and(|amka| !amka.birth_date_matches(applicant.birth_date)) {
        hints.push(FieldError::new("/applicant/amka", "amka-birth-date"));
    }
    let settings = acting.municipality().settings.get("postcodes").cloned();
    let areas: PostcodeAreas = settings
        .and_then(|codes| serde_json::from_value(codes).ok())
        .unwrap_or_default();
    let Ok(code) = Postcode::parse(&applicant.postal_code) else {
        return hints;
    };
    let path = "/applicant/postal_code";
    let named = |area: &TermCode| {
        let term = mapped.directory.term(area);
        term.map_or_else(|| area.to_string(), |term| term.name.get(acting.lang.tag()).to_owned())
    };
    match (areas.place(&code), applicant.area.as_deref()) {
        (PostcodePlace::Neighbour(name), _) => {
            hints.push(FieldError::new(path, "postcode-neighbour").with("place", name.get(acting.lang.tag())));
        }
        (PostcodePlace::Outside, _) => hints.push(FieldError::new(path, "postcode-outside")),
        (PostcodePlace::Area(area), Some(said))
            if !mapped.directory.with_ancestors(&TermCode::new(said)).contains(area) =>
        {
            hints.push(FieldError::new(path, "postcode-area").with("area", named(area)));
        }
        _ => {}
    }
    hints
}
