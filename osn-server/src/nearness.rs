//! Distances on the map: between places of the mapping, and from the middle of a postal code.

use osn_core::directory::{BoundingBox, Directory, Location, Number};
use osn_store::Municipality;

/// Latitude and longitude in degrees (WGS 84).
pub(crate) type Point = (f64, f64);

/// The corners of a municipality (`bounding_box` among its settings), where it says them: a place outside is probably mistyped.
pub(crate) fn bounds(municipality: &Municipality) -> Option<BoundingBox> {
    let said = municipality.settings.get("bounding_box")?;
    let side = |name: &str| said.get(name)?.as_str()?.parse::<Number>().ok();
    Some(BoundingBox {
        south: side("south")?,
        west: side("west")?,
        north: side("north")?,
        east: side("east")?,
    })
}

/// Where a place lies, when its record says so.
pub(crate) fn point(place: &Location) -> Option<Point> {
    let degrees = |number: Option<Number>| number?.to_string().parse().ok();
    let whereabouts = place.whereabouts();
    degrees(whereabouts.latitude).zip(degrees(whereabouts.longitude))
}

/// The postal codes of a place's addresses, as they are compared.
pub(crate) fn postcodes(place: &Location) -> impl Iterator<Item = String> + '_ {
    let addresses = place.whereabouts().addresses.iter();
    addresses
        .filter_map(|address| address.postal_code.as_deref())
        .map(plain)
}

/// A postal code as it is compared: `105 53` and `10553` are one.
pub(crate) fn plain(code: &str) -> String {
    code.chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_uppercase()
}

/// The known places with a postal code.
pub(crate) fn located(directory: &Directory, postcode: &str) -> Vec<Point> {
    let postcode = plain(postcode);
    let located = directory
        .locations()
        .filter(|place| postcodes(place).any(|code| code == postcode));
    located.filter_map(point).collect()
}

/// The middle of the known places with a postal code: what stands for the centroid of its area.
#[expect(
    clippy::float_arithmetic,
    reason = "a place on a map is no amount; what is decided on is whole metres, frozen with the decision"
)]
pub(crate) fn middle(points: &[Point]) -> Option<Point> {
    let count = f64::from(u32::try_from(points.len()).ok().filter(|count| *count > 0)?);
    let sum = |of: fn(&Point) -> f64| points.iter().map(of).sum::<f64>();
    Some((sum(|point| point.0) / count, sum(|point| point.1) / count))
}

/// Whole metres between two points on a sphere of the Earth's mean radius (haversine).
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "a distance on the Earth fits; what is decided on is whole metres, frozen with the decision"
)]
pub(crate) fn distance((one, east): Point, (other, west): Point) -> i64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let chord = half(one, other) + one.to_radians().cos() * other.to_radians().cos() * half(east, west);
    (2.0 * 6_371_008.8 * chord.sqrt().asin()).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_on_the_ground() {
        // Syntagma to Omonoia, about 1,050 m on a map.
        let metres = distance((37.9755, 23.7348), (37.9841, 23.7280));
        assert!((1_000..1_250).contains(&metres), "{metres}");
        assert_eq!(distance((37.9, 23.7), (37.9, 23.7)), 0);
        assert_eq!(middle(&[(38.0, 23.0), (39.0, 24.0)]), Some((38.5, 23.5)));
        assert_eq!((middle(&[]), plain("105 53")), (None, "10553".to_owned()));
    }
}
