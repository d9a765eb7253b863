//! Functions that write parts of a run to its store; each writes the same, however often a task is repeated.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, StringArray};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use mislabel_reconstruct::{FittedClass, NearestClasses, RowSums, SoftLinear, Strangers};
use serde::{Deserialize, Serialize};

use crate::functions::rows::{literal, texts};
use crate::model::{
    Classes, class_object, from_json, json, own_object, read_strangers, same_version, seal, sealed, unsealed,
};
use crate::store::{Store, wait};

/// What is done with the sums of a class.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Work {
    /// Their number of rows and variance.
    Variance,
    /// A fit at α into this folder, and what classes measure left-out directions on, if anything.
    Fit { alpha: f64, components: usize, tail: f64, seed: u64, folder: String, strangers: Option<SeenBy> },
}

/// Rows that classes see of each other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SeenBy {
    /// The object's seal.
    pub(crate) seal: String,
    /// How many serve a class.
    pub(crate) wanted: usize,
}

/// A piece of work for every class.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) version: String,
    /// The run's location.
    pub(crate) work: String,
    /// Folder of the classes' sums.
    pub(crate) sums: String,
    /// Folder of the sums of rows to leave out.
    pub(crate) without: Option<String>,
    /// Classes that have any.
    pub(crate) fewer: Vec<u32>,
    pub(crate) what: Work,
}

/// What a task says of a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) code: u32,
    pub(crate) count: u64,
    /// tr(C_c); 0 after a fit.
    pub(crate) variance: f64,
    /// Seals of the class model and of that of its own samples.
    pub(crate) seals: (String, String),
}

/// Where the sums of a class are in their folder.
pub(crate) fn sums_object(folder: &str, code: u32) -> String {
    format!("{folder}/sums-{code:07}")
}

/// `mislabel_keep_sums(label, class_moments(embedding), 'task')`: writes the sums of a class, says code and number of rows.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeepSums(Signature);

/// `mislabel_work(code, 'task')`: does a piece of work for a class.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct WorkOnClass(Signature);

impl Default for KeepSums {
    fn default() -> Self {
        Self(Signature::any(3, Volatility::Volatile))
    }
}

impl Default for WorkOnClass {
    fn default() -> Self {
        Self(Signature::any(2, Volatility::Volatile))
    }
}

fn task(value: &ColumnarValue) -> Result<Task> {
    let ColumnarValue::Scalar(value) = value else { return exec_err!("a task must be a text in quotes") };
    let task: Task = from_json(literal(value, "a task")?.as_bytes(), "a task")?;
    same_version(&task.version, "the command that asks")?;
    Ok(task)
}

fn answers(answers: impl Iterator<Item = Result<Done>>) -> Result<ColumnarValue> {
    let text = |done: Result<Done>| -> Result<String> {
        String::from_utf8(json(&done?)?).map_err(|error| exec_datafusion_err!("{error}"))
    };
    let texts = answers.map(text).collect::<Result<Vec<_>>>()?;
    Ok(ColumnarValue::Array(Arc::new(StringArray::from(texts))))
}

impl ScalarUDFImpl for KeepSums {
    fn name(&self) -> &str {
        "mislabel_keep_sums"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [label, sums, asked] = args.args.as_slice() else { return exec_err!("three arguments are needed") };
        let task = task(asked)?;
        let store = Store::open(&task.work)?;
        let classes = wait(Classes::load(&store))?;
        let labels = texts(&label.to_array(args.number_rows)?, "labels")?;
        let lists = sums.to_array(args.number_rows)?;
        let lists = lists.as_fixed_size_list();
        let values = lists.values().as_primitive::<Int64Type>().values();
        let width = lists.value_length() as usize;
        let keep = |row: usize| -> Result<Done> {
            let Some(label) = &labels[row] else { return exec_err!("a class without a name") };
            let code = classes.code(label)?;
            let entries = &values[lists.value_offset(row) as usize..][..width];
            let bytes = sealed(entries.iter().flat_map(|entry| entry.to_le_bytes()).collect());
            wait(store.put(&sums_object(&task.sums, code), bytes))?;
            Ok(Done { code, count: entries[0] as u64, variance: 0.0, seals: Default::default() })
        };
        answers((0..lists.len()).map(keep))
    }
}

impl ScalarUDFImpl for WorkOnClass {
    fn name(&self) -> &str {
        "mislabel_work"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [code, asked] = args.args.as_slice() else { return exec_err!("two arguments are needed") };
        let task = task(asked)?;
        let store = Store::open(&task.work)?;
        let classes = wait(Classes::load(&store))?;
        let codes = code.to_array(args.number_rows)?;
        let codes = codes.as_primitive::<Int64Type>().values();
        let strangers = match &task.what {
            Work::Fit { strangers: Some(SeenBy { seal, wanted }), .. } => {
                Some(wait(read_strangers(&store, seal, (classes.names.len(), *wanted)))?)
            }
            _ => None,
        };
        answers(codes.iter().map(|code| done(&task, &store, (&classes, strangers.as_ref()), *code as u32)))
    }
}

fn done(task: &Task, store: &Store, (classes, seen): (&Classes, Option<&Strangers>), code: u32) -> Result<Done> {
    let mut sums = read_sums(store, &sums_object(&task.sums, code), classes)?;
    if let Some(folder) = task.without.as_deref().filter(|_| task.fewer.contains(&code)) {
        sums.subtract(&read_sums(store, &sums_object(folder, code), classes)?).map_err(crate::Error::from)?;
    }
    let scatter = sums.scatter().map_err(crate::Error::from)?;
    let (count, variance) = (scatter.count(), scatter.variance());
    let Work::Fit { alpha, components, tail, seed, folder, .. } = &task.what else {
        return Ok(Done { code, count, variance, seals: Default::default() });
    };
    let model = SoftLinear { components: *components, tail: *tail, seed: *seed, ..SoftLinear::default() };
    let method = NearestClasses { model, ..NearestClasses::default() };
    let class: FittedClass = method.fit_class(scatter, *alpha, (code, seen)).map_err(crate::Error::from)?;
    let keep = |name: String, bytes: Vec<u8>| -> Result<String> {
        let bytes = sealed(bytes);
        let seal = seal(&bytes);
        wait(store.put(&name, bytes))?;
        Ok(seal)
    };
    let own = match class.own() {
        Some(own) => keep(own_object(folder, code), own.to_bytes())?,
        None => String::new(),
    };
    let seals = (keep(class_object(folder, code), class.to_bytes())?, own);
    Ok(Done { code, count, variance: 0.0, seals })
}

fn read_sums(store: &Store, name: &str, classes: &Classes) -> crate::Result<RowSums> {
    let bytes = wait(store.need(name))?;
    let location = store.location_of(name);
    let entries =
        unsealed(&bytes, &location)?.as_chunks::<8>().0.iter().map(|word| i64::from_le_bytes(*word)).collect();
    Ok(RowSums::from_entries(classes.features, classes.bits, entries)?)
}
