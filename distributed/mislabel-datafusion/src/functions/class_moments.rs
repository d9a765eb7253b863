//! `class_moments(embedding [, bits])`: the sums of a class.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, FixedSizeListArray, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, exec_datafusion_err, exec_err, internal_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, TypeSignature, Volatility,
};
use datafusion::physical_expr::expressions::Literal;
use datafusion::scalar::ScalarValue;
use mislabel_reconstruct::RowSums;
use ndarray::Array2;

use crate::functions::rows::{Rows, features, outer};

/// Fractional bits where none are asked for.
pub(crate) const BITS: u32 = 20;

/// Count, sums and sums of products of rows, each of length 1 and rounded to 2⁻ᵇ, as integers: one list per group, the
/// entries of a [`RowSums`]. The same in every bit whatever partitions, order, engine and retries.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ClassMoments {
    signature: Signature,
}

impl Default for ClassMoments {
    fn default() -> Self {
        let either = vec![TypeSignature::Any(1), TypeSignature::Any(2)];
        Self { signature: Signature::one_of(either, Volatility::Immutable) }
    }
}

fn list(features: usize) -> DataType {
    DataType::FixedSizeList(item(), RowSums::entries_of(features) as i32)
}

fn item() -> FieldRef {
    Arc::new(Field::new("item", DataType::Int64, false))
}

/// The second argument.
fn bits(args: &AccumulatorArgs<'_>) -> Result<u32> {
    let Some(expression) = args.exprs.get(1) else { return Ok(BITS) };
    match expression.downcast_ref::<Literal>().map(Literal::value) {
        Some(ScalarValue::Int64(Some(bits))) => {
            u32::try_from(*bits).map_err(|_| exec_datafusion_err!("{bits} bits: 14 to 22 are possible"))
        }
        _ => exec_err!("the bits of class_moments must be a whole number from 14 to 22"),
    }
}

impl AggregateUDFImpl for ClassMoments {
    fn name(&self) -> &str {
        "class_moments"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, inputs: &[DataType]) -> Result<DataType> {
        Ok(list(features(&inputs[0])?))
    }
    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let item = list(features(args.input_fields[0].data_type())?);
        Ok(vec![Arc::new(Field::new(format!("{}[moments]", args.name), item, true))])
    }
    fn groups_accumulator_supported(&self, _args: AccumulatorArgs<'_>) -> bool {
        true
    }
    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Sums::new(features(args.expr_fields[0].data_type())?, bits(&args)?)?))
    }
    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(OneGroup(Sums::new(features(args.expr_fields[0].data_type())?, bits(&args)?)?)))
    }
}

/// The sums of all groups.
#[derive(Debug)]
struct Sums {
    empty: RowSums,
    groups: Vec<RowSums>,
}

impl Sums {
    fn new(features: usize, bits: u32) -> Result<Self> {
        let empty = RowSums::new(features, bits).map_err(outer)?;
        Ok(Self { empty, groups: Vec::new() })
    }

    fn grow(&mut self, groups: usize) {
        self.groups.resize(groups.max(self.groups.len()), self.empty.clone());
    }

    fn taken(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let groups = emit.take_needed(&mut self.groups);
        let stride = self.empty.entries().len();
        let mut values = Vec::with_capacity(groups.len() * stride);
        groups.into_iter().for_each(|sums| values.extend(sums.into_entries()));
        let values = Arc::new(Int64Array::from(values));
        Ok(Arc::new(FixedSizeListArray::try_new(item(), stride as i32, values, None)?))
    }
}

impl GroupsAccumulator for Sums {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.grow(total);
        let counted = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (row, group) in groups.iter().enumerate().filter(|(row, _)| counted(*row)) {
            members.entry(*group).or_default().push(row);
        }
        if members.is_empty() {
            return Ok(());
        }
        let rows = Rows::of(&values[0])?;
        let d = rows.view()?.ncols();
        for (group, members) in members {
            let mut block = Array2::zeros((members.len(), d));
            for (member, mut out) in members.iter().zip(block.outer_iter_mut()) {
                out.iter_mut().zip(rows.row(*member)).for_each(|(out, value)| *out = *value);
            }
            self.groups[group].add_rows(block.view()).map_err(outer)?;
        }
        Ok(())
    }
    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        let states = values[0].as_fixed_size_list();
        let flat = states.values().as_primitive::<Int64Type>().values();
        let stride = self.empty.entries().len();
        for (row, group) in groups.iter().enumerate().filter(|(row, _)| states.is_valid(*row)) {
            let start = states.value_offset(row) as usize;
            self.groups[*group].add_entries(&flat[start..start + stride]).map_err(outer)?;
        }
        Ok(())
    }
    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.taken(emit)?])
    }
    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        self.taken(emit)
    }
    /// One state of d²/2 numbers for every row: what skipping the partial aggregation would make of such a state.
    fn convert_to_state(&self, _values: &[ArrayRef], _filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        internal_err!(
            "the partial aggregation of class_moments was skipped: set \
             datafusion.execution.skip_partial_aggregation_probe_ratio_threshold = 1.0"
        )
    }
    fn size(&self) -> usize {
        self.groups.len() * self.empty.entries().len() * size_of::<i64>()
    }
}

/// Without GROUP BY.
struct OneGroup(Sums);

impl fmt::Debug for OneGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneGroup")
    }
}

impl Accumulator for OneGroup {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.update_batch(values, &vec![0; values[0].len()], None, 1)
    }
    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.0.merge_batch(states, &vec![0; states[0].len()], 1)
    }
    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.grow(1);
        ScalarValue::try_from_array(&self.0.taken(EmitTo::All)?, 0)
    }
    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }
    fn size(&self) -> usize {
        self.0.size()
    }
}
