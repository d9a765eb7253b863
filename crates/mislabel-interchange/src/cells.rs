//! Values as files hold them, as JSON or as text.

use serde_json::Value;

use crate::error::{Error, Place, Result};

/// Whether there is no value: null, or blank text.
pub(crate) fn is_absent(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Text, or a number or truth value as text.
pub(crate) fn text(place: &Place, field: &str, value: &Value) -> Result<Option<String>> {
    match value {
        _ if is_absent(value) => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Number(number) => Ok(Some(whole(number).unwrap_or_else(|| number.to_string()))),
        Value::Bool(truth) => Ok(Some(truth.to_string())),
        _ => Err(Error::value(place, field, value, "be text")),
    }
}

/// A float without a fraction, as text without a point.
fn whole(number: &serde_json::Number) -> Option<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT)?;
    Some(format!("{}", float as i64))
}

/// A finite number.
pub(crate) fn number(place: &Place, field: &str, value: &Value) -> Result<Option<f64>> {
    if is_absent(value) {
        return Ok(None);
    }
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        _ => value.as_f64(),
    };
    match number.filter(|number: &f64| number.is_finite()) {
        Some(number) => Ok(Some(number)),
        None => Err(Error::value(place, field, value, "be a finite number")),
    }
}

/// A number from 0 to 1.
pub(crate) fn fraction(place: &Place, field: &str, value: &Value) -> Result<Option<f64>> {
    match number(place, field, value)? {
        Some(number) if !(0.0..=1.0).contains(&number) => Err(Error::value(place, field, value, "lie in [0, 1]")),
        fraction => Ok(fraction),
    }
}

/// A whole number from 0 on; also one that was written as a float, as pandas does where values are missing.
pub(crate) fn index(place: &Place, field: &str, value: &Value) -> Result<Option<u64>> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    if is_absent(value) {
        return Ok(None);
    }
    let exact = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    let float = || number(place, field, value).ok().flatten().filter(|f| f.fract() == 0.0 && (0.0..MOST).contains(f));
    match exact.or_else(|| float().map(|float| float as u64)) {
        Some(index) => Ok(Some(index)),
        None => Err(Error::value(place, field, value, "be a whole number from 0 on")),
    }
}

/// `true` or `false`, in the ways of Python and of numbers too.
pub(crate) fn truth(place: &Place, field: &str, value: &Value) -> Result<Option<bool>> {
    if is_absent(value) {
        return Ok(None);
    }
    let lower = value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_lowercase());
    match lower.as_str() {
        "true" | "1" | "1.0" => Ok(Some(true)),
        "false" | "0" | "0.0" => Ok(Some(false)),
        _ => Err(Error::value(place, field, value, "be true or false")),
    }
}

/// A list: as such, as the text of a JSON list, or as text with commas.
pub(crate) fn texts(place: &Place, field: &str, value: &Value) -> Result<Vec<String>> {
    let parts = |list: &[Value]| {
        let texts = list.iter().filter_map(|part| text(place, field, part).transpose());
        texts.collect::<Result<Vec<String>>>()
    };
    match value {
        _ if is_absent(value) => Ok(Vec::new()),
        Value::Array(list) => parts(list),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Array(list)) => parts(&list),
            _ => Ok(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Into::into).collect()),
        },
        _ => Err(Error::value(place, field, value, "be a list of texts")),
    }
}
