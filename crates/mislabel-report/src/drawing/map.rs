//! The map of the samples.

use maud::{Markup, html};
use png::ColorType;

use crate::drawing::axis::Axis;
use crate::drawing::figure::{Figure, Px};
use crate::findings::classes::ClassRow;
use crate::findings::sample_map::SampleMap;
use crate::pictures::data_uri::data_uri;
use crate::pictures::portable::png;
use crate::words::{count, cut, percent, visible};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 480.0;
const MARGIN: f64 = 10.0;
/// Classes that have a color of their own.
const COLORS: usize = 10;
/// Most points drawn one by one; of more, those that are not flagged become a picture.
const POINTS: usize = 4000;
/// Flagged points that can be pointed at.
const NAMED: usize = 2000;
/// Pixels of the picture for one of the drawing.
const DENSITY: usize = 2;

/// The points, flagged ones above the others; classes have colors where there are at most ten.
pub(crate) fn sample_map(map: &SampleMap, classes: &[ClassRow]) -> Figure {
    let places = Places::new(map);
    let colored = classes.len() <= COLORS;
    let legend = if colored { 22.0 * classes.len().div_ceil(5) as f64 + 6.0 } else { 0.0 };
    let drawing = html! {
        rect class="grid" x="0.5" y="0.5" width=(Px(WIDTH - 1.0)) height=(Px(HEIGHT - 1.0)) {}
        @if map.len() <= POINTS { (others_one_by_one(map, &places, colored)) } @else { (others_as_picture(map, &places)) }
        (flagged(map, &places, classes, colored))
        @if colored { (color_names(classes)) }
    };
    let flagged = map.flagged.iter().filter(|flag| **flag).count();
    let description = format!(
        "{} of {} samples as points, {} of them flagged. The two axes show {} of the variance of the embeddings.",
        count(map.len()),
        count(map.of),
        count(flagged),
        percent(map.shares[0] + map.shares[1])
    );
    Figure {
        name: "map",
        title: "Map of the samples".into(),
        description,
        width: WIDTH,
        height: HEIGHT + legend,
        drawing,
    }
}

/// Where points lie in the drawing.
struct Places {
    across: Axis,
    up: Axis,
}

impl Places {
    fn new(map: &SampleMap) -> Self {
        let ends = |values: &[f32]| {
            let (low, high) = values
                .iter()
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
            (f64::from(low), f64::from(high))
        };
        let ((left, right), (bottom, top)) = (ends(&map.x), ends(&map.y));
        Self {
            across: Axis { low: left, high: right, from: MARGIN, to: WIDTH - MARGIN },
            up: Axis { low: bottom, high: top, from: HEIGHT - MARGIN, to: MARGIN },
        }
    }

    fn of(&self, map: &SampleMap, place: usize) -> [f64; 2] {
        [self.across.place(f64::from(map.x[place])), self.up.place(f64::from(map.y[place]))]
    }
}

/// Dots as one path for each color.
fn others_one_by_one(map: &SampleMap, places: &Places, colored: bool) -> Markup {
    let mut paths = vec![String::new(); if colored { COLORS } else { 1 }];
    for place in (0..map.len()).filter(|place| !map.flagged[*place]) {
        let [x, y] = places.of(map, place).map(|length| Px(length).short());
        let path = &mut paths[if colored { map.given[place] as usize } else { 0 }];
        path.push_str(&format!("M{x} {y}m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0"));
    }
    html! {
        @for (color, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            path class=(color_class(color, colored)) fill-opacity="0.55" d=(path) {}
        }
    }
}

fn color_class(color: usize, colored: bool) -> String {
    if colored { format!("c{color}") } else { "fine".into() }
}

/// A picture of how many points lie where: gray on nothing, so that it suits light and dark pages.
fn others_as_picture(map: &SampleMap, places: &Places) -> Markup {
    let (width, height) = (WIDTH as usize * DENSITY, HEIGHT as usize * DENSITY);
    let mut counts = vec![0_u32; width * height];
    for place in (0..map.len()).filter(|place| !map.flagged[*place]) {
        let [x, y] = places.of(map, place).map(|length| (length * DENSITY as f64) as usize);
        for (row, column) in [(y, x), (y, x + 1), (y + 1, x), (y + 1, x + 1)] {
            counts[row.min(height - 1) * width + column.min(width - 1)] += 1;
        }
    }
    let pixels: Vec<u8> = counts.iter().flat_map(|count| [128, opacity(*count)]).collect();
    let file = png(width, height, ColorType::GrayscaleAlpha, &pixels);
    html! {
        image x="0" y="0" width=(Px(WIDTH)) height=(Px(HEIGHT)) href=(data_uri("image/png", &file)) {}
    }
}

/// 0 without points, and nearer to 255 with every point.
fn opacity(points: u32) -> u8 {
    if points == 0 { 0 } else { (255.0 * (1.0 - 0.55 * 0.8_f64.powi(points.min(60) as i32 - 1))) as u8 }
}

fn flagged(map: &SampleMap, places: &Places, classes: &[ClassRow], colored: bool) -> Markup {
    let shown: Vec<usize> = (0..map.len()).filter(|place| map.flagged[*place]).collect();
    let name = |class: u32| cut(&visible(&classes[class as usize].name), 60);
    let (named, rest) = shown.split_at(shown.len().min(NAMED));
    let dot = |place: &usize| {
        let [x, y] = places.of(map, *place).map(|length| Px(length).short());
        format!("M{x} {y}m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0")
    };
    let rest: String = rest.iter().map(dot).collect();
    html! {
        @if !rest.is_empty() { path class="suspect" d=(rest) {} }
        @for place in named.iter().copied() {
            @let [x, y] = places.of(map, place);
            @let class = if colored { format!("ring c{}", map.given[place]) } else { "suspect".into() };
            circle class=(class) cx=(Px(x)) cy=(Px(y)) r=(if colored { "4" } else { "3" }) {
                title { "sample " (map.samples[place]) ": " (name(map.given[place])) " → " (name(map.suggested[place])) }
            }
        }
    }
}

/// The names of the colors.
fn color_names(classes: &[ClassRow]) -> Markup {
    html! {
        @for (place, row) in classes.iter().enumerate() {
            @let (x, y) = (12.0 + (place % 5) as f64 * 126.0, HEIGHT + 18.0 + (place / 5) as f64 * 22.0);
            circle class=(color_class(place, true)) cx=(Px(x)) cy=(Px(y - 4.0)) r="5" {}
            text x=(Px(x + 10.0)) y=(Px(y)) { (cut(&visible(&row.name), 15)) }
        }
    }
}
