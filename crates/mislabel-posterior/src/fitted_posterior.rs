//! What was learnt of the labels, for samples that it was not learnt from.

use mislabel_core::stored::{Reader, Writer};
use mislabel_core::{Error, LabelQuality, Labels, NearestErrors, Result};
use ndarray::Array2;
use rayon::prelude::*;

use crate::fitting::evidence::Evidence;
use crate::fitting::expectation::Target;
use crate::fitting::parameters::{FEATURES, Parameters};
use crate::fitting::view::View;

const MARK: &[u8; 8] = b"MLNOISE1";

/// The fitted model of classifier and label noise, ready to judge samples from anywhere: what it says of a sample depends on
/// that sample alone.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Run};
/// use mislabel_posterior::{FittedPosterior, PosteriorModel};
/// use mislabel_reconstruct::NearestClasses;
///
/// let digits = mislabel_datasets::digits();
/// let embeddings = Embeddings::new(digits.embeddings.view())?;
/// let errors = NearestClasses::default().evidence(&embeddings, &digits.labels, &Run::quiet())?;
/// let posterior = PosteriorModel::default().posterior(&errors, &digits.labels, &Run::quiet())?;
/// let fitted = FittedPosterior::from_bytes(&posterior.fitted().to_bytes())?;
/// assert_eq!(fitted.judge(&errors, &digits.labels)?.quality(), posterior.quality());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FittedPosterior {
    pub(crate) parameters: Parameters,
    /// s, by which errors are divided.
    pub(crate) unit: f64,
    /// How much larger errors under far classes are than the second least, on average.
    pub(crate) rest_ratio: f64,
}

/// What a fit says of n samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinions {
    pub(crate) quality: LabelQuality,
    pub(crate) suggested: Labels,
    pub(crate) other: Labels,
}

impl Opinions {
    /// The probability that every given label is right, `(n,)`.
    pub fn quality(&self) -> &LabelQuality {
        &self.quality
    }

    /// The likeliest true label of every sample, `(n,)`; the given one wins ties.
    pub fn suggested(&self) -> &Labels {
        &self.suggested
    }

    /// The likeliest of the classes that are not given, `(n,)`: what a flagged sample is suggested.
    pub fn other(&self) -> &Labels {
        &self.other
    }
}

impl FittedPosterior {
    /// A fit to `evidence`.
    pub(crate) fn to(evidence: &Evidence<'_>, parameters: Parameters) -> Self {
        let (unit, rest_ratio) = evidence.scales();
        Self { parameters, unit, rest_ratio }
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.parameters.bias.len()
    }

    /// What [`ErrorColumns::estimate_sums`](mislabel_core::ErrorColumns::estimate_sums) takes where sums of errors under all
    /// classes are not known.
    pub fn rest_ratio(&self) -> f64 {
        self.rest_ratio
    }

    /// What the fit says of samples labeled `given`, `(n,)`, with these `errors`. O(n·m), on all threads.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the errors are of other samples or classes; [`Error::Parameter`] where neighbors counted in the
    /// fit, as they cannot here.
    pub fn judge(&self, errors: &NearestErrors, given: &Labels) -> Result<Opinions> {
        mislabel_core::checks::same_class_count("the fitted classes", self.class_count(), given.class_count())?;
        if self.parameters.steepness[1] != 0.0 {
            let requirement = "0: a fit without neighbors judges other samples";
            return Err(Error::parameter("weight of neighbors", self.parameters.steepness[1], requirement));
        }
        opinions(&Evidence::new(errors, given, None)?.in_units_of(self.unit), &self.parameters)
    }

    /// The fit as bytes, 8·(2k + k²) and some: a mark and k in 64 bits; the unit, the ratio, κ, the mean bias, β, γ, and the odds of the mean rate;
    /// biases and logits of rates, `(k,)` each; P(label | class), `(k, k)`, row = given label. All in f64, little endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Parameters { bias, mean_bias, steepness, flip_logit, mean_kept_odds, labels, boundary, .. } =
            &self.parameters;
        let mut out = Writer::new(MARK);
        out.count(bias.len() as u64).doubles([self.unit, self.rest_ratio, *boundary, *mean_bias]);
        out.doubles(*steepness).doubles([*mean_kept_odds]);
        out.doubles(bias.iter().copied()).doubles(flip_logit.iter().copied()).doubles(labels.iter().copied());
        out.bytes()
    }

    /// The fit from [`to_bytes`](Self::to_bytes).
    ///
    /// # Errors
    /// [`Error::Source`] saying what is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let damaged = |how: &str| Error::other(format!("the fitted posterior is damaged: {how}"));
        let mut input = Reader::new(MARK, "a fitted posterior", bytes)?;
        let classes = usize::try_from(input.count()?).map_err(Error::other)?;
        let (head, steepness, odds) = (input.doubles(4)?, input.doubles(FEATURES)?, input.doubles(1)?[0]);
        let (bias, flip_logit) = (input.doubles(classes)?, input.doubles(classes)?);
        let labels = input.doubles(classes.saturating_mul(classes))?;
        input.end()?;
        let positive = |value: f64| value > 0.0;
        if classes < 2
            || !positive(head[0])
            || !positive(odds)
            || labels.iter().any(|share| !(0.0..=1.0).contains(share))
        {
            return Err(damaged("a scale is not positive, or a share not between 0 and 1"));
        }
        let labels = Array2::from_shape_vec((classes, classes), labels).map_err(Error::other)?;
        let classifier = (bias, head[3], [steepness[0], steepness[1]]);
        let parameters = Parameters::for_judging(classifier, (flip_logit, odds, labels), head[2]);
        Ok(Self { parameters, unit: head[0], rest_ratio: head[1] })
    }
}

/// What `parameters` say of every sample.
pub(crate) fn opinions(evidence: &Evidence<'_>, parameters: &Parameters) -> Result<Opinions> {
    let of_row = |view: &mut View, row: usize| {
        evidence.see(row, parameters, Target::Posterior, view);
        let classes = &view.outlook.classes;
        let posterior = &view.posterior[..classes.len()];
        // The given class wins ties.
        let other = 1 + likeliest(&posterior[1..]);
        let best = if posterior[other] > posterior[0] { other } else { 0 };
        (posterior[0].clamp(0.0, 1.0), classes[best], classes[other])
    };
    let given = evidence.given;
    let rows: Vec<(f64, u32, u32)> = (0..given.len()).into_par_iter().map_init(View::default, of_row).collect();
    let quality: Vec<f64> = rows.iter().map(|(own, ..)| *own).collect();
    let labels = |of_row: fn(&(f64, u32, u32)) -> u32| given.with_values(rows.iter().map(of_row).collect());
    Ok(Opinions {
        quality: LabelQuality::new(quality)?,
        suggested: labels(|(_, best, _)| *best)?,
        other: labels(|(.., other)| *other)?,
    })
}

/// The place of the greatest value, the first of several.
fn likeliest(values: &[f64]) -> usize {
    let mut best = 0;
    for (place, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = place;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PosteriorModel;
    use mislabel_core::{ClassEvidence, Embeddings, NoiseModel, Run};
    use mislabel_noise::Asymmetric;
    use mislabel_reconstruct::NearestClasses;

    #[test]
    fn rows_in_other_company_are_judged_alike_after_a_way_through_bytes() {
        let digits = mislabel_datasets::digits();
        let given = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51).unwrap().given;
        let embeddings = Embeddings::new(digits.embeddings.view()).unwrap();
        let evidence = NearestClasses { width: 4, ..NearestClasses::default() };
        let errors = evidence.evidence(&embeddings, &given, &Run::quiet()).unwrap();
        for boundary in [0.0, 2.0] {
            let model = PosteriorModel { boundary, ..PosteriorModel::default() };
            let posterior = model.posterior(&errors, &given, &Run::quiet()).unwrap();
            let fitted = FittedPosterior::from_bytes(&posterior.fitted().to_bytes()).unwrap();
            let whole = fitted.judge(&errors, &given).unwrap();
            assert_eq!((whole.quality(), whole.suggested()), (posterior.quality(), posterior.suggested()));
            let some = |values: &[f64]| values[7..10].to_vec();
            let columns = errors.summary().clone().into_columns();
            let part = mislabel_core::ErrorColumns {
                own: some(&columns.own),
                least_other: some(&columns.least_other),
                least_other_class: columns.least_other_class[7..10].to_vec(),
                second_least_other: some(&columns.second_least_other),
                sum: some(&columns.sum),
                ..columns
            };
            let row = |row: usize| (errors.classes(row + 7).to_vec(), errors.errors(row + 7).to_vec());
            let part = NearestErrors::new(
                mislabel_core::ErrorSummary::new(part).unwrap(),
                Array2::from_shape_fn((3, 4), |(at, place)| row(at).0[place]),
                Array2::from_shape_fn((3, 4), |(at, place)| row(at).1[place]),
            );
            let labels = given.with_values(given.values()[7..10].to_vec()).unwrap();
            let judged = fitted.judge(&part.unwrap(), &labels).unwrap();
            assert_eq!(judged.quality().as_slice(), &posterior.quality().as_slice()[7..10]);
        }
    }

    #[test]
    fn damaged_bytes_are_refused_with_a_reason() {
        let parameters = Parameters::start(3, 0.1, 0.0);
        let bytes = FittedPosterior { parameters, unit: 0.5, rest_ratio: 1.5 }.to_bytes();
        assert!(FittedPosterior::from_bytes(&bytes).is_ok());
        let refusal = |bytes: &[u8]| FittedPosterior::from_bytes(bytes).unwrap_err().to_string();
        assert!(refusal(&bytes[..bytes.len() - 1]).contains("cut short"));
        assert!(refusal(&bytes[1..]).contains("another mark"));
        let with = |at: usize, value: [u8; 8]| {
            let mut changed = bytes.clone();
            changed[at..at + 8].copy_from_slice(&value);
            refusal(&changed)
        };
        assert!(with(8, u64::MAX.to_le_bytes()).contains("cut short"));
        assert!(with(16, 0.0_f64.to_le_bytes()).contains("not positive"));
        assert!(with(16, f64::NAN.to_le_bytes()).contains("not finite"));
        assert!(with(bytes.len() - 8, 1.5_f64.to_le_bytes()).contains("not between 0 and 1"));
    }
}
