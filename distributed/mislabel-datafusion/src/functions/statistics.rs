//! Aggregates whose result is the same in every bit in any order, and choosing rows by their ids.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;

use crate::functions::rows::{key, texts};

/// What numbers are summed, and how finely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Grid {
    /// 1e12, the largest ratio, times 2⁴⁰, times 2³⁴ rows, is within 127 bits.
    Ratios,
    /// From 2⁻⁸ on a probability is no multiple of less than 2⁻⁶⁰: its rounding is none.
    Probabilities,
}

impl Grid {
    fn name(self) -> &'static str {
        match self {
            Self::Ratios => "mislabel_mean",
            Self::Probabilities => "mislabel_mean_probability",
        }
    }
    /// Fractional bits.
    fn fraction(self) -> i32 {
        match self {
            Self::Ratios => 40,
            Self::Probabilities => 60,
        }
    }
    /// The largest value that is summed.
    fn largest(self) -> f64 {
        match self {
            Self::Ratios => 1e12,
            Self::Probabilities => 2.0,
        }
    }
}

/// `mislabel_mean(x)`: the mean of numbers of at most 10¹², each rounded to 2⁻⁴⁰, so that their order does not matter;
/// `mislabel_mean_probability(p)`: of numbers of at most 2, each rounded to 2⁻⁶⁰.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ExactMean {
    grid: Grid,
    signature: Signature,
}

impl ExactMean {
    fn on(grid: Grid) -> Self {
        Self { grid, signature: Signature::exact(vec![DataType::Float64], Volatility::Immutable) }
    }

    /// `mislabel_mean_probability`.
    pub fn of_probabilities() -> Self {
        Self::on(Grid::Probabilities)
    }
}

/// `mislabel_histogram(x)`: how many positive numbers are in each cell, a cell being 2⁻⁸ of its power of two wide: pairs of a
/// cell and a count, in 64 bits each.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Histogram(Signature);

impl Default for ExactMean {
    fn default() -> Self {
        Self::on(Grid::Ratios)
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self(Signature::exact(vec![DataType::Float64], Volatility::Immutable))
    }
}

fn state(args: &StateFieldsArgs<'_>) -> Vec<FieldRef> {
    vec![Arc::new(Field::new(format!("{}[state]", args.name), DataType::Binary, true))]
}

impl AggregateUDFImpl for ExactMean {
    fn name(&self) -> &str {
        self.grid.name()
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }
    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(state(&args))
    }
    fn accumulator(&self, _args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Sum::on(self.grid)))
    }
}

impl AggregateUDFImpl for Histogram {
    fn name(&self) -> &str {
        "mislabel_histogram"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }
    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(state(&args))
    }
    fn accumulator(&self, _args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Cells::default()))
    }
}

#[derive(Debug)]
struct Sum {
    grid: Grid,
    whole: i128,
    count: u64,
}

impl Sum {
    fn on(grid: Grid) -> Self {
        Self { grid, whole: 0, count: 0 }
    }
}

fn numbers(values: &ArrayRef) -> impl Iterator<Item = f64> + '_ {
    values.as_primitive::<Float64Type>().iter().flatten()
}

fn binary(states: &[ArrayRef]) -> Result<&BinaryArray> {
    states[0].as_binary_opt::<i32>().ok_or_else(|| exec_datafusion_err!("the state of an aggregate is not binary"))
}

impl Accumulator for Sum {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for value in numbers(&values[0]) {
            let (name, largest) = (self.grid.name(), self.grid.largest());
            if !value.is_finite() || value.abs() > largest {
                return exec_err!("{name} of {value}: numbers between -{largest:e} and {largest:e} are summed");
            }
            self.whole += (value * 2_f64.powi(self.grid.fraction())).round_ties_even() as i128;
            self.count += 1;
        }
        Ok(())
    }
    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in binary(states)?.iter().flatten() {
            let parts =
                state.split_first_chunk::<16>().and_then(|(whole, rest)| Some((whole, rest.first_chunk::<8>()?)));
            let Some((whole, count)) = parts else {
                return exec_err!("the state of {} is cut short", self.grid.name());
            };
            self.whole += i128::from_le_bytes(*whole);
            self.count += u64::from_le_bytes(*count);
        }
        Ok(())
    }
    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mean = self.whole as f64 / self.count as f64 * 2_f64.powi(-self.grid.fraction());
        Ok(ScalarValue::Float64((self.count > 0).then_some(mean)))
    }
    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let bytes = [self.whole.to_le_bytes().as_slice(), &self.count.to_le_bytes()].concat();
        Ok(vec![ScalarValue::Binary(Some(bytes))])
    }
    fn size(&self) -> usize {
        size_of::<Self>()
    }
}

/// Bits of an f64 below the cell's number.
const WITHIN: u32 = 52 - 8;

#[derive(Default)]
struct Cells(BTreeMap<u64, u64>);

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cells").field(&self.0.len()).finish()
    }
}

impl Cells {
    fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(cell, count)| [cell.to_le_bytes(), count.to_le_bytes()]).flatten().collect()
    }
}

impl Accumulator for Cells {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for value in numbers(&values[0]).filter(|value| *value > 0.0) {
            *self.0.entry(value.to_bits() >> WITHIN).or_default() += 1;
        }
        Ok(())
    }
    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in binary(states)?.iter().flatten() {
            for (cell, count) in cells(state) {
                *self.0.entry(cell).or_default() += count;
            }
        }
        Ok(())
    }
    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Binary(Some(self.bytes())))
    }
    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }
    fn size(&self) -> usize {
        size_of::<Self>() + self.0.len() * 32
    }
}

fn cells(bytes: &[u8]) -> impl Iterator<Item = (u64, u64)> + '_ {
    let pairs = bytes.as_chunks::<16>().0;
    let word = |pair: &[u8; 16], at: usize| u64::from_le_bytes(std::array::from_fn(|byte| pair[at + byte]));
    pairs.iter().map(move |pair| (word(pair, 0), word(pair, 8)))
}

/// The value below which a share of what a histogram has counted lies, to within 2⁻⁸ of it; `None` of nothing.
pub fn quantile(histogram: &[u8], share: f64) -> Option<f64> {
    let total: u64 = cells(histogram).map(|(_, count)| count).sum();
    let wanted = (total as f64 * share).floor() as u64;
    let mut seen = 0;
    let cell = cells(histogram).find(|(_, count)| {
        seen += count;
        seen > wanted
    });
    cell.map(|(cell, _)| f64::from_bits(cell << WITHIN))
}

/// `mislabel_draw(id, seed)`: a number in [0, 1) that depends on both alone; rows below a share are a sample of it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Draw(Signature);

impl Default for Draw {
    fn default() -> Self {
        Self(Signature::any(2, Volatility::Immutable))
    }
}

impl ScalarUDFImpl for Draw {
    fn name(&self) -> &str {
        "mislabel_draw"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [ids, ColumnarValue::Scalar(ScalarValue::Int64(Some(seed)))] = args.args.as_slice() else {
            return exec_err!("mislabel_draw takes an id and a seed, a whole number");
        };
        let ids = texts(&ids.to_array(args.number_rows)?, "ids")?;
        let draw = |id: &Option<String>| {
            id.as_ref().map(|id| {
                let bits = key(&format!("{seed} {id}")) as u64 >> 11;
                bits as f64 * 2_f64.powi(-53)
            })
        };
        Ok(ColumnarValue::Array(Arc::new(ids.iter().map(draw).collect::<Float64Array>())))
    }
}

/// `mislabel_without(id, 'run', 'folder')`: whether the row of this id is among those dropped into a folder of a run.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Without(Signature);

impl Default for Without {
    fn default() -> Self {
        Self(Signature::any(3, Volatility::Immutable))
    }
}

impl ScalarUDFImpl for Without {
    fn name(&self) -> &str {
        "mislabel_without"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [ids, ColumnarValue::Scalar(work), ColumnarValue::Scalar(folder)] = args.args.as_slice() else {
            return exec_err!("mislabel_without takes an id, a location and a folder in quotes");
        };
        let work = crate::functions::rows::literal(work, "a location")?;
        let folder = crate::functions::rows::literal(folder, "a folder")?;
        let dropped = crate::model::cached_dropped(&work, &folder)?;
        let ids = texts(&ids.to_array(args.number_rows)?, "ids")?;
        let known = |id: &Option<String>| id.as_ref().map(|id| dropped.contains(id));
        Ok(ColumnarValue::Array(Arc::new(ids.iter().map(known).collect::<BooleanArray>())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_the_same_in_any_order_and_a_quantile_within_its_cell() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i * 7919 % 1000) / 7.0 + 1e-3).collect();
        let of = |parts: &[&[f64]]| {
            let (mut sum, mut all) = (Sum::on(Grid::Ratios), Cells::default());
            for part in parts {
                let values: ArrayRef = Arc::new(Float64Array::from(part.to_vec()));
                let (mut one, mut cells) = (Sum::on(Grid::Ratios), Cells::default());
                one.update_batch(std::slice::from_ref(&values)).unwrap();
                cells.update_batch(&[values]).unwrap();
                let array = |state: Vec<ScalarValue>| [state[0].to_array().unwrap()];
                sum.merge_batch(&array(one.state().unwrap())).unwrap();
                all.merge_batch(&array(cells.state().unwrap())).unwrap();
            }
            (sum.evaluate().unwrap(), all.bytes())
        };
        let whole = of(&[&values]);
        assert_eq!(whole, of(&[&values[600..], &values[..10], &values[10..600]]));
        let median = quantile(&whole.1, 0.5).unwrap();
        assert!((median / (500.0 / 7.0 + 1e-3) - 1.0).abs() < 1.0 / 256.0, "{median}");
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn the_mean_of_probabilities_is_exact_where_their_sum_is() {
        let mut sum = Sum::on(Grid::Probabilities);
        let values: ArrayRef = Arc::new(Float64Array::from(vec![1.0 - 2_f64.powi(-53), 2_f64.powi(-53), 0.5, 0.25]));
        sum.update_batch(&[values]).unwrap();
        assert_eq!(sum.evaluate().unwrap(), ScalarValue::Float64(Some(0.4375)));
        let above: ArrayRef = Arc::new(Float64Array::from(vec![2.5]));
        let refused = sum.update_batch(&[above]).unwrap_err().strip_backtrace();
        assert_eq!(
            refused,
            "Execution error: mislabel_mean_probability of 2.5: numbers between -2e0 and 2e0 are summed"
        );
    }
}
