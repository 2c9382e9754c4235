//! A drawn curve: an SVG without script or style, whose numbers stand in the table beside it.

use askama::Template;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// Width and height of the drawing, in its own units.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 240;
/// Room for the words at the left and below.
const LEFT: u32 = 16;
const BELOW: u32 = 28;

/// A line of the curve.
#[derive(Debug, Clone)]
pub struct Curve {
    /// What it shows.
    pub name: String,
    /// Points as SVG wants them: `x,y x,y`.
    pub points: String,
    /// Whether it is drawn dashed.
    pub dashed: bool,
}

/// A drawn chart.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/chart.html")]
pub struct Chart {
    /// What it shows, in words, for whoever does not see it.
    pub title: String,
    /// Lines.
    pub curves: Vec<Curve>,
    /// Words below the first and the last point.
    pub ends: (String, String),
    /// Where the ceiling is drawn, with its words.
    pub ceiling: Option<(u32, String)>,
}

fn height(value: Decimal, most: Decimal) -> u32 {
    let room = Decimal::from(HEIGHT - BELOW - 12);
    let part = if most.is_zero() { Decimal::ZERO } else { value / most };
    let up = (part.min(Decimal::ONE).max(Decimal::ZERO) * room)
        .round()
        .to_u32()
        .unwrap_or(0);
    HEIGHT.saturating_sub(BELOW).saturating_sub(up)
}

impl Chart {
    /// Draws lines over the same months; `ceiling` is what they should reach.
    pub fn of(
        title: String,
        months: &[String],
        lines: &[(String, Vec<Decimal>)],
        ceiling: Option<(Decimal, String)>,
    ) -> Self {
        let highest = lines.iter().flat_map(|(_, values)| values).copied().max();
        let most = ceiling
            .as_ref()
            .map(|(value, _)| *value)
            .max(highest)
            .unwrap_or_default();
        let steps = u32::try_from(months.len().saturating_sub(1)).unwrap_or(0).max(1);
        let across = |at: usize| {
            let at = u32::try_from(at).unwrap_or(0);
            LEFT + at * (WIDTH - 2 * LEFT) / steps
        };
        let drawn = lines.iter().enumerate().map(|(number, (name, values))| {
            let mut points: Vec<String> = values
                .iter()
                .enumerate()
                .map(|(at, value)| format!("{},{}", across(at), height(*value, most)))
                .collect();
            // One month alone is a level, not a point that nobody sees.
            if let [only] = points.as_slice() {
                let level = only.split(',').nth(1).unwrap_or_default();
                points = vec![format!("{LEFT},{level}"), format!("{},{level}", WIDTH - LEFT)];
            }
            Curve {
                name: name.clone(),
                points: points.join(" "),
                dashed: number > 0,
            }
        });
        let end = |month: Option<&String>| month.cloned().unwrap_or_default();
        Self {
            title,
            curves: drawn.collect(),
            ends: (end(months.first()), end(months.last())),
            ceiling: ceiling.map(|(value, words)| (height(value, most), words)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_rises_to_its_ceiling() {
        let values = vec![Decimal::from(0), Decimal::from(50), Decimal::from(100)];
        let months = ["1", "2", "3"].map(str::to_owned);
        let chart = Chart::of(
            "t".into(),
            &months,
            &[("s".into(), values)],
            Some((Decimal::from(100), "c".into())),
        );
        assert_eq!(chart.curves[0].points, "16,212 360,112 704,12");
        assert_eq!(chart.ceiling.as_ref().unwrap().0, 12);
        let svg = chart.render().unwrap();
        assert!(svg.contains("role=\"img\"") && !svg.contains("style="), "{svg}");
    }

    #[test]
    fn nothing_and_one_month_are_drawn_too() {
        assert!(Chart::of(String::new(), &[], &[], None).curves.is_empty());
        let one = Chart::of(String::new(), &["1".into()], &[("s".into(), vec![Decimal::ZERO])], None);
        assert_eq!(one.curves[0].points, "16,212 704,212");
    }
}
