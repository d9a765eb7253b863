//! Figures as SVG.

pub(crate) mod axis;
pub(crate) mod bars;
pub(crate) mod class_bars;
pub(crate) mod figure;
pub(crate) mod heat_map;
pub(crate) mod histogram;
pub(crate) mod map;
pub(crate) mod review_curve;
