//! Curves as SVG.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

/// Width and height of a picture.
const SIZE: (u32, u32) = (640, 420);
/// One color per curve, distinguishable without color vision (Okabe & Ito 2008).
const COLORS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(86, 180, 233),
    RGBColor(204, 121, 167),
    RGBColor(120, 120, 120),
    RGBColor(0, 0, 0),
];

/// Points of one method.
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Draws `curves` on logarithmic axes.
pub(crate) fn draw(path: &Path, title: &str, x_label: &str, curves: &[Curve]) -> Result<(), Box<dyn Error>> {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let range = |value: &dyn Fn(&(f64, f64)) -> f64| {
        let values = || points().map(value);
        (values().fold(f64::INFINITY, f64::min) / 1.5)..(values().fold(0.0, f64::max) * 1.5)
    };
    let (x, y) = (range(&|point| point.0), range(&|point| point.1));
    if !(x.start > 0.0 && y.start > 0.0 && x.end > x.start && y.end > y.start) {
        return Err(format!("{title}: nothing to draw").into());
    }
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut builder = ChartBuilder::on(&area);
    builder.caption(title, ("sans-serif", 16)).margin(10).x_label_area_size(36).y_label_area_size(64);
    let mut chart = builder.build_cartesian_2d(x.log_scale(), y.log_scale())?;
    chart.configure_mesh().x_desc(x_label).light_line_style(WHITE).draw()?;
    for (curve, color) in curves.iter().zip(COLORS.iter().cycle()) {
        let color = *color;
        chart
            .draw_series(LineSeries::new(curve.points.iter().copied(), color).point_size(3))?
            .label(&curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    chart.configure_series_labels().background_style(WHITE.mix(0.8)).position(SeriesLabelPosition::UpperLeft).draw()?;
    area.present()?;
    Ok(())
}
