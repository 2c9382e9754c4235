//! A schematic map as SVG, drawn by the server: the points of places whose coordinates a source gives, and nothing else.

use std::fmt::Write as _;

use osn_core::directory::{BoundingBox, Location};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// Width and height of the drawing.
const SIZE: i64 = 640;
/// Room around the points.
const MARGIN: i64 = 40;
/// The least extent that is drawn, in millionths of a degree: a single point has some room around it.
const LEAST: i64 = 5_000;
/// Areas beside each other, where they stand in rows.
const COLUMNS: i64 = 3;
/// From one such row to the next.
const ROW: i64 = 124;

/// A point on the drawing: the number beside it in the list, and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    /// Number, from 1.
    pub(super) number: usize,
    x: i64,
    y: i64,
}

/// East and north of a place in millionths of a degree, east as short as it is there; `None` where no source says it.
/// A protected place says nothing.
fn position(place: &Location) -> Option<(i64, i64)> {
    let there = place.whereabouts();
    let (latitude, longitude) = (there.latitude?.value(), there.longitude?.value());
    let east = longitude.checked_mul(cosine(latitude)?)?;
    let million = Decimal::from(1_000_000);
    Some((
        east.checked_mul(million)?.round().to_i64()?,
        latitude.checked_mul(million)?.round().to_i64()?,
    ))
}

/// The cosine of an angle in degrees, to four decimals between 60° south and north: enough for a drawing.
fn cosine(degrees: Decimal) -> Option<Decimal> {
    let radians = degrees.checked_mul(Decimal::new(17_453_293, 9))?;
    let square = radians.checked_mul(radians)?;
    let fourth = square.checked_mul(square)?;
    let sixth = fourth.checked_mul(square)?;
    Decimal::ONE
        .checked_sub(square.checked_div(Decimal::from(2))?)?
        .checked_add(fourth.checked_div(Decimal::from(24))?)?
        .checked_sub(sixth.checked_div(Decimal::from(720))?)
}

/// The points of places, numbered in their order; those without coordinates have no point, nor have those outside the
/// municipality: one mistyped number would draw all the others as one.
pub(super) fn points<'p>(places: impl IntoIterator<Item = &'p Location>, bounds: Option<BoundingBox>) -> Vec<Point> {
    let known: Vec<(usize, i64, i64)> = (1..)
        .zip(places)
        .filter(|(_, place)| !bounds.is_some_and(|bounds| bounds.is_outside(place)))
        .filter_map(|(number, place)| position(place).map(|(east, north)| (number, east, north)))
        .collect();
    placed(&known)
}

/// Numbers with east and north, on the drawing.
fn placed(known: &[(usize, i64, i64)]) -> Vec<Point> {
    let bounds = |values: &mut dyn Iterator<Item = i64>| {
        let all: Vec<i64> = values.collect();
        Some((all.iter().min().copied()?, all.iter().max().copied()?))
    };
    let east = bounds(&mut known.iter().map(|(_, east, _)| *east));
    let north = bounds(&mut known.iter().map(|(.., north)| *north));
    let (Some((west, east)), Some((south, north))) = (east, north) else {
        return Vec::new();
    };
    let extent = (east - west).max(north - south).max(LEAST);
    let inner = SIZE - 2 * MARGIN;
    // What is narrower than the extent stands in the middle.
    let (left, low) = ((extent - (east - west)) / 2, (extent - (north - south)) / 2);
    known
        .iter()
        .map(|(number, x, y)| Point {
            number: *number,
            x: MARGIN + (x - west + left) * inner / extent,
            y: SIZE - MARGIN - (y - south + low) * inner / extent,
        })
        .collect()
}

/// The drawing: a frame, north, and a numbered point for each place; nothing where there is no point.
pub(super) fn svg(points: &[Point], title: &str) -> String {
    if points.is_empty() {
        return String::new();
    }
    let mut svg = format!(
        "<svg class=\"osn-map\" role=\"img\" viewBox=\"0 0 {SIZE} {SIZE}\" width=\"{SIZE}\" height=\"{SIZE}\"><title>{}</title>\
         <rect class=\"osn-map__ground\" width=\"{SIZE}\" height=\"{SIZE}\" rx=\"8\"/>\
         <path class=\"osn-map__north\" d=\"M{x} 14l8 20l-8 -5l-8 5z\"/>",
        escaped(title),
        x = SIZE - 24
    );
    for Point { number, x, y } in points {
        let _ = write!(
            svg,
            "<g><circle class=\"osn-map__point\" cx=\"{x}\" cy=\"{y}\" r=\"14\"/>\
             <text class=\"osn-map__number\" x=\"{x}\" y=\"{text}\" text-anchor=\"middle\">{number}</text></g>",
            text = y + 5
        );
    }
    svg.push_str("</svg>");
    svg
}

/// The drawing of areas: a circle where the places of each stand in the middle, as full as its number, with name and number
/// below it. Where the sources do not give a place for every area, all stand in rows, in their order.
pub(in crate::pages) fn shaded(areas: &[(String, Vec<&Location>, u32)], title: &str) -> String {
    if areas.is_empty() {
        return String::new();
    }
    let most = i64::from(areas.iter().map(|(.., people)| *people).max().unwrap_or(0).max(1));
    let points = middles(areas);
    // Rows end where the last of them does.
    let lowest = points.iter().map(|point| point.y).max().unwrap_or(0);
    let height = SIZE.min(lowest + 52 + MARGIN / 2);
    let mut svg = format!(
        "<svg class=\"osn-map\" role=\"img\" viewBox=\"0 0 {SIZE} {height}\" width=\"{SIZE}\" height=\"{height}\"><title>{}</title>\
         <rect class=\"osn-map__ground\" width=\"{SIZE}\" height=\"{height}\" rx=\"8\"/>",
        escaped(title)
    );
    for Point { number, x, y } in points {
        let Some((name, _, people)) = areas.get(number) else {
            continue;
        };
        // From a tenth to all of the tone, in hundredths.
        let tone = 10 + i64::from(*people) * 90 / most;
        let _ = write!(
            svg,
            "<g><circle class=\"osn-map__point\" cx=\"{x}\" cy=\"{y}\" r=\"34\" fill-opacity=\"{}.{:02}\"/>\
             <text class=\"osn-map__area\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}: {people}</text></g>",
            tone / 100,
            tone % 100,
            y + 52,
            escaped(name)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Where each area is drawn.
fn middles(areas: &[(String, Vec<&Location>, u32)]) -> Vec<Point> {
    let middle = |places: &[&Location]| {
        let known: Vec<(i64, i64)> = places.iter().filter_map(|place| position(place)).collect();
        let count = i64::try_from(known.len()).ok().filter(|count| *count > 0)?;
        let (east, north) = known.iter().fold((0, 0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
        Some((east / count, north / count))
    };
    let known: Vec<(usize, i64, i64)> = (0..)
        .zip(areas)
        .filter_map(|(number, (_, places, _))| middle(places).map(|(east, north)| (number, east, north)))
        .collect();
    if known.len() == areas.len() {
        return placed(&known);
    }
    let step = SIZE / COLUMNS;
    let numbers = (0..areas.len()).zip(0_i64..);
    numbers
        .map(|(number, place)| Point {
            number,
            x: step / 2 + place % COLUMNS * step,
            y: MARGIN + 20 + place / COLUMNS * ROW,
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use osn_core::directory::{LocationType, Number, Whereabouts};
    use osn_core::id::LocationId;
    use uuid::Uuid;

    use super::*;

    fn place(latitude: &str, longitude: &str, protected: bool) -> Location {
        let mut place = Location::new(LocationId::new(Uuid::nil()), LocationType::Physical);
        place.protected = protected;
        place.at(Whereabouts {
            latitude: latitude.parse().ok().map(Number::new),
            longitude: longitude.parse().ok().map(Number::new),
            ..Whereabouts::default()
        })
    }

    #[test]
    fn only_sourced_and_unprotected_places_are_drawn() {
        let places = [
            place("37.98", "23.72", false),
            place("", "", false),
            place("37.99", "23.73", true),
            place("38.00", "23.74", false),
        ];
        let points = points(&places, None);
        let numbers: Vec<usize> = points.iter().map(|point| point.number).collect();
        assert_eq!(numbers, [1, 4]);
        // The second is north-east of the first, and both are inside the frame.
        let [first, second] = points.as_slice() else {
            unreachable!()
        };
        assert!(first.x < second.x && first.y > second.y);
        assert!(points.iter().all(|point| (MARGIN..=SIZE - MARGIN).contains(&point.x)));
        let drawn = svg(&points, "1η & <2η>");
        assert!(drawn.contains("1η &amp; &lt;2η&gt;") && drawn.matches("<circle").count() == 2);
        assert_eq!(svg(&[], "x"), "");
    }

    #[test]
    fn an_area_is_as_full_as_its_number_and_a_protected_place_moves_nothing() {
        let (one, other, hidden) = (
            place("37.98", "23.72", false),
            place("38.00", "23.74", false),
            place("38.01", "23.7", true),
        );
        let areas = [
            ("1η <κ>".to_owned(), vec![&one], 40),
            ("2η".to_owned(), vec![&other], 10),
            ("3η".to_owned(), vec![&hidden], 0),
        ];
        let drawn = shaded(&areas[..2], "Ανάγκη");
        assert!(
            drawn.contains("1η &lt;κ&gt;: 40") && drawn.contains("2η: 10"),
            "{drawn}"
        );
        assert!(
            drawn.contains("fill-opacity=\"1.00\"") && drawn.contains("fill-opacity=\"0.32\""),
            "{drawn}"
        );
        // Where one area has no sourced place, all stand in rows, and the hidden place is nowhere to be seen.
        let without = [areas[2].clone(), areas[1].clone()];
        let other_hidden = [("3η".to_owned(), vec![], 0), areas[1].clone()];
        assert_eq!(shaded(&without, "x"), shaded(&other_hidden, "x"));
        assert_eq!(shaded(&areas, "x").matches("<circle").count(), 3);
        assert_eq!(shaded(&[], "x"), "");
    }

    #[test]
    fn a_place_in_the_sea_is_not_drawn() {
        let corner = |text: &str| text.parse::<Number>().unwrap();
        let bounds = BoundingBox {
            south: corner("37.9"),
            west: corner("23.6"),
            north: corner("38.1"),
            east: corner("23.8"),
        };
        let places = [place("23.72", "37.98", false), place("37.98", "23.72", false)];
        let numbers = |bounds| {
            let points = points(&places, bounds);
            points.iter().map(|point| point.number).collect::<Vec<_>>()
        };
        assert_eq!((numbers(Some(bounds)), numbers(None)), (vec![2], vec![1, 2]));
    }

    #[test]
    fn one_point_stands_in_the_middle() {
        let [only] = points(&[place("37.98", "23.72", false)], None)
            .try_into()
            .unwrap_or([Point { number: 0, x: 0, y: 0 }]);
        assert_eq!((only.number, only.x, only.y), (1, SIZE / 2, SIZE / 2));
    }

    #[test]
    fn east_is_shorter_than_north() {
        let cosine = cosine(Decimal::from(38)).unwrap().round_dp(4);
        assert_eq!(cosine, Decimal::new(7880, 4));
    }
}
