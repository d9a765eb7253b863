//! The classes of a table.

use std::collections::HashMap;

use mislabel_reconstruct::RowSums;
use serde::{Deserialize, Serialize};

use crate::model::{VERSION, same_version, sealed, unsealed};
use crate::steps::Counted;
use crate::store::Store;
use crate::{Error, Result};

/// The classes that occur in a table, in the order of their codes: numbers by value, texts by their bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classes {
    version: String,
    /// Their names; whole numbers as they are written in decimals.
    pub names: Vec<String>,
    /// Rows of each.
    pub counts: Vec<u64>,
    /// Whether all labels are whole numbers.
    pub numbers: bool,
    /// Rows without a label, which no step looks at.
    pub unlabeled: u64,
    /// The number of features d.
    pub features: usize,
    /// Fractional bits that features are rounded to where they are summed.
    pub bits: u32,
    #[serde(skip)]
    codes: HashMap<String, u32>,
}

/// Where they are in a store.
const OBJECT: &str = "classes.json";

impl Classes {
    /// Of the labels that occur.
    ///
    /// # Errors
    /// [`Error::Input`] with fewer than two classes, more than 2²², or too many rows of one.
    pub(crate) fn of(Counted { classes, unlabeled }: Counted, numbers: bool, features: usize) -> Result<Self> {
        let (names, counts): (Vec<String>, Vec<u64>) = classes.into_iter().unzip();
        let largest = counts.iter().copied().max().unwrap_or(0);
        if names.len() < 2 {
            return Err(Error::Input(format!(
                "the labels name {} class: two or more are needed to compare any",
                names.len()
            )));
        }
        if let Some(beyond) = names.iter().find(|name| numbers && name.parse::<i64>().is_err()) {
            return Err(Error::Input(format!(
                "label {beyond}: whole numbers up to {} are taken; larger ones must be stored as text",
                i64::MAX
            )));
        }
        if names.len() > 1 << 22 {
            return Err(Error::Input(format!("the labels name {} classes: is this the column of ids?", names.len())));
        }
        let bits = RowSums::bits_for(largest)
            .ok_or_else(|| Error::Input(format!("a class has {largest} rows: sums of so many do not fit")))?;
        Ok(Self {
            version: VERSION.to_owned(),
            names,
            counts,
            numbers,
            unlabeled,
            features,
            bits,
            codes: HashMap::new(),
        }
        .with_codes())
    }

    fn with_codes(mut self) -> Self {
        self.codes = self.names.iter().enumerate().map(|(code, name)| (name.clone(), code as u32)).collect();
        self
    }

    /// The rows that have a label.
    pub fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The code of a class.
    ///
    /// # Errors
    /// [`Error::Input`] for a name that is not among them.
    pub fn code(&self, name: &str) -> Result<u32> {
        self.codes.get(name).copied().ok_or_else(|| {
            let all = self.names.len();
            Error::Input(format!("label {name:?} is none of the {all} classes that the model was fitted on"))
        })
    }

    pub(crate) async fn save(&self, store: &Store) -> Result<()> {
        store.put(OBJECT, sealed(json(self)?)).await
    }

    pub(crate) async fn load(store: &Store) -> Result<Self> {
        let location = store.location_of(OBJECT);
        let classes: Self = from_json(unsealed(&store.need(OBJECT).await?, &location)?, &location)?;
        same_version(&classes.version, &location)?;
        if classes.names.len() != classes.counts.len() {
            return Err(Error::Damaged(format!("{location} names other classes than it counts")));
        }
        Ok(classes.with_codes())
    }
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(|error| Error::Damaged(format!("a result cannot be written: {error}")))
}

/// A value from JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(bytes: &[u8], location: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| Error::Damaged(format!("{location} cannot be read: {error}")))
}
