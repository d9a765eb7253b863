//! Functions of confident learning, over rows of predicted probabilities: one for every class.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, StringArray, StructArray};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use datafusion::scalar::ScalarValue;
use mislabel_confident::{ConfidentThresholds, Standing};
use mislabel_core::{Labels, Run};
use ndarray::Array1;

use crate::functions::probabilities::Probabilities;
use crate::functions::rows::{Names, literal, outer, texts};
use crate::model::from_json;

/// `mislabel_confident_class(probabilities, '[0.8, 0.7]')`: the number of the class that a row is confidently of, by a threshold
/// for every class; null where there is none.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ConfidentClass(Signature);

/// `mislabel_standing(probabilities, label, '["cat", "dog"]' [, id])`: a struct of the number of the given label, its
/// probability, the most probable class, and whether that is, or nearly is, the given one; classes in the order of the
/// probabilities.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct StandingOf(Signature);

/// `mislabel_margins(probabilities, label, classes, '[[0, [1]]]', 'ahead')`: how much more probable than the given label some
/// other classes are, as structs of given class, other class and margin. The fourth argument lists the given classes with the
/// others to look at; the last says whether those at least as probable are wanted, or those `'behind'`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Margins(Signature);

impl Default for ConfidentClass {
    fn default() -> Self {
        Self(Signature::any(2, Volatility::Immutable))
    }
}

// Volatile, so that no optimizer evaluates them once for every field.
impl Default for StandingOf {
    fn default() -> Self {
        Self(Signature::one_of(vec![TypeSignature::Any(3), TypeSignature::Any(4)], Volatility::Volatile))
    }
}

impl Default for Margins {
    fn default() -> Self {
        Self(Signature::any(5, Volatility::Volatile))
    }
}

/// A literal argument.
fn text(value: &ColumnarValue, what: &str) -> Result<String> {
    match value {
        ColumnarValue::Scalar(value) => Ok(literal(value, what)?.into_owned()),
        ColumnarValue::Array(_) => exec_err!("{what} must be a text in quotes"),
    }
}

/// The classes of a literal.
fn classes(value: &ColumnarValue) -> Result<Vec<String>> {
    Ok(from_json(text(value, "a list of classes")?.as_bytes(), "a list of classes")?)
}

/// The numbers of given labels among `classes`.
fn given(column: &ArrayRef, classes: &[String], names: &Names) -> Result<Labels> {
    let numbers: HashMap<&str, u32> = classes.iter().map(String::as_str).zip(0..).collect();
    let number = |(row, label): (usize, &Option<String>)| match label {
        None => exec_err!("{} has no label: leave such rows out with WHERE label IS NOT NULL", names.of(row)),
        Some(label) => numbers.get(label.as_str()).copied().ok_or_else(|| {
            exec_datafusion_err!("{}: label {label:?} is none of the {} classes", names.of(row), classes.len())
        }),
    };
    let numbers = texts(column, "labels")?.iter().enumerate().map(number).collect::<Result<Vec<u32>>>()?;
    Labels::new(numbers, classes.len()).map_err(outer)
}

fn whole(numbers: impl Iterator<Item = usize>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(numbers.map(|number| number as i64)))
}

impl ScalarUDFImpl for ConfidentClass {
    fn name(&self) -> &str {
        "mislabel_confident_class"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [probabilities, wanted] = args.args.as_slice() else { return exec_err!("two arguments are needed") };
        let thresholds = thresholds(&text(wanted, "thresholds")?)?;
        let names = Names(None);
        let column = probabilities.to_array(args.number_rows)?;
        let rows = Probabilities::of(&column, thresholds.view().len(), &names)?;
        if rows.values.is_empty() {
            return Ok(ColumnarValue::Scalar(ScalarValue::Int64(None)));
        }
        let sure = thresholds.confident_classes(&rows.checked(&names)?, &Run::quiet()).map_err(outer)?;
        let sure: Int64Array = sure.into_iter().map(|class| class.map(|class| class as i64)).collect();
        Ok(ColumnarValue::Array(Arc::new(sure)))
    }
}

fn thresholds(text: &str) -> Result<ConfidentThresholds> {
    let numbers: Vec<f64> = serde_json::from_str(text)
        .map_err(|_| exec_datafusion_err!("thresholds are written as [0.8, 0.7], not {text}"))?;
    ConfidentThresholds::new(Array1::from(numbers)).map_err(outer)
}

fn standing_fields() -> Fields {
    Fields::from(vec![
        Field::new("given", DataType::Int64, false),
        Field::new("own", DataType::Float64, false),
        Field::new("suggested", DataType::Utf8, false),
        Field::new("spared", DataType::Boolean, false),
    ])
}

impl ScalarUDFImpl for StandingOf {
    fn name(&self) -> &str {
        "mislabel_standing"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(standing_fields()))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [probabilities, label, known, id @ ..] = args.args.as_slice() else {
            return exec_err!("three arguments are needed");
        };
        let rows = args.number_rows;
        let ids = id.first().map(|id| texts(&id.to_array(rows)?, "ids")).transpose()?;
        let (names, classes) = (Names(ids), classes(known)?);
        let probabilities = Probabilities::of(&probabilities.to_array(rows)?, classes.len(), &names)?;
        let given = given(&label.to_array(rows)?, &classes, &names)?;
        let standings = match rows {
            0 => Vec::new(),
            _ => Standing::of_samples(&probabilities.checked(&names)?, &given, &Run::quiet()).map_err(outer)?,
        };
        let labeled = || standings.iter().enumerate().map(|(row, standing)| (standing, given.class(row)));
        let suggested = labeled().map(|(standing, given)| classes[standing.predicted(given)].as_str());
        let arrays: Vec<ArrayRef> = vec![
            whole(labeled().map(|(_, given)| given)),
            Arc::new(Float64Array::from_iter_values(standings.iter().map(|standing| standing.own))),
            Arc::new(StringArray::from_iter_values(suggested)),
            Arc::new(BooleanArray::from_iter(
                labeled().map(|(standing, given)| Some(standing.is_nearly_predicted(given))),
            )),
        ];
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new(standing_fields(), arrays, None)?)))
    }
}

fn margin_fields() -> Fields {
    Fields::from(vec![
        Field::new("given", DataType::Int64, false),
        Field::new("truth", DataType::Int64, false),
        Field::new("margin", DataType::Float64, false),
    ])
}

fn margin_item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Struct(margin_fields()), false))
}

impl ScalarUDFImpl for Margins {
    fn name(&self) -> &str {
        "mislabel_margins"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(margin_item()))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [probabilities, label, known, pairs, side] = args.args.as_slice() else {
            return exec_err!("five arguments are needed");
        };
        let (names, classes) = (Names(None), classes(known)?);
        let ahead = match text(side, "a side")?.as_str() {
            "ahead" => true,
            "behind" => false,
            other => return exec_err!("margins are 'ahead' or 'behind', not {other:?}"),
        };
        let pairs = pairs_of(&text(pairs, "pairs of classes")?, classes.len())?;
        let probabilities = Probabilities::of(&probabilities.to_array(args.number_rows)?, classes.len(), &names)?;
        let given = given(&label.to_array(args.number_rows)?, &classes, &names)?;
        let (mut lengths, mut found) = (Vec::with_capacity(given.len()), Vec::new());
        for (row, values) in probabilities.values.values().chunks_exact(classes.len().max(1)).enumerate() {
            let (given, before) = (given.class(row), found.len());
            let margins = pairs[given].iter().map(|truth| (given, *truth, values[*truth] - values[given]));
            found.extend(margins.filter(|(_, _, margin)| (*margin >= 0.0) == ahead));
            lengths.push(found.len() - before);
        }
        // Adding 0 makes −0 the 0 that it equals.
        let arrays: Vec<ArrayRef> = vec![
            whole(found.iter().map(|(given, _, _)| *given)),
            whole(found.iter().map(|(_, truth, _)| *truth)),
            Arc::new(Float64Array::from_iter_values(found.iter().map(|(_, _, margin)| margin + 0.0))),
        ];
        let items = Arc::new(StructArray::try_new(margin_fields(), arrays, None)?);
        let offsets = OffsetBuffer::from_lengths(lengths);
        Ok(ColumnarValue::Array(Arc::new(ListArray::try_new(margin_item(), offsets, items, None)?)))
    }
}

/// The other classes to look at for every given class, `(k,)`.
fn pairs_of(text: &str, classes: usize) -> Result<Vec<Vec<usize>>> {
    let listed: Vec<(usize, Vec<usize>)> = from_json(text.as_bytes(), "pairs of classes")?;
    let mut pairs = vec![Vec::new(); classes];
    for (given, truths) in listed {
        if given >= classes || truths.iter().any(|truth| *truth >= classes) {
            return exec_err!("a pair of class {given} names a class beyond the {classes} that there are");
        }
        pairs[given] = truths;
    }
    Ok(pairs)
}
