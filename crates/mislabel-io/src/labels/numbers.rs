//! Numbers as they are spelled in text.

/// The whole number that `label` is, however it is spelled: `3`, `3.0`, `3.000e+00`.
pub(crate) fn whole(label: &str) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    label.parse().ok().or_else(|| {
        let value = finite(label)?;
        (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i64)
    })
}

/// The number that `label` is; words such as `inf` are none.
pub(crate) fn finite(label: &str) -> Option<f64> {
    let starts = label.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    label.parse().ok().filter(|value: &f64| starts && value.is_finite())
}
