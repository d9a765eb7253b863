//! Fitting all classes from their sums.

use mislabel_reconstruct::SoftLinear;

use crate::error::Result;
use crate::functions::{SeenBy, Task, Work};
use crate::model::{Classes, Manifest, VERSION};
use crate::steps::detection::SUMMED;
use crate::steps::run::Steps;
use crate::steps::sums::{center, worked};
use crate::steps::trimming::LeftOut;

/// How the classes of a run are fitted.
pub(super) struct Fitting<'a> {
    pub(super) steps: &'a Steps<'a>,
    pub(super) classes: &'a Classes,
    pub(super) model: &'a SoftLinear,
    /// How many classes are looked for beside the given one, and what classes measure left-out directions on, for a posterior.
    pub(super) nearest: Option<(usize, Option<SeenBy>)>,
}

/// A fitted model.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Fit {
    /// As functions name it.
    pub(super) named: String,
    /// α.
    pub(super) alpha: f64,
}

impl Fitting<'_> {
    /// Fits all classes to what is left.
    pub(super) async fn fitted(&self, round: usize, without: Option<LeftOut>) -> Result<Fit> {
        self.steps.step(&format!("fit-{round}"), self.fit(round, without)).await
    }

    async fn fit(&self, round: usize, without: Option<LeftOut>) -> Result<Fit> {
        let Self { steps, classes, model, nearest } = self;
        let folder = format!("model-{round}");
        steps.store.clear(&folder).await?;
        let (without, fewer, dropped) = match without {
            Some(out) => (Some(out.sums), out.classes, Some(out.folder)),
            None => (None, Vec::new(), None),
        };
        let task = |what: Work| Task {
            version: VERSION.to_owned(),
            work: steps.store.location().to_owned(),
            sums: "sums".to_owned(),
            without: without.clone(),
            fewer: fewer.clone(),
            what,
        };
        let known = worked(steps, classes, "measuring classes", &task(Work::Variance)).await?;
        let several = known.iter().filter(|done| done.count > 1);
        let variances = several.map(|done| done.variance).collect();
        let alpha = model.alpha_for(classes.features, variances)?;
        let (width, strangers) = nearest.clone().unwrap_or_default();
        let what = Work::Fit {
            alpha,
            components: model.components,
            tail: model.tail,
            seed: model.seed,
            folder: folder.clone(),
            strangers,
        };
        let done = worked(steps, classes, "fitting classes", &task(what)).await?;
        let center = center(steps, classes).await?;
        let seals = done.into_iter().map(|done| done.seals).collect();
        let all = classes.rows() as f64 <= SUMMED;
        let manifest = Manifest::new(&steps.store, (dropped, alpha), center, seals, (all, width));
        let named = manifest.save(&steps.store, &folder).await?;
        Ok(Fit { named, alpha })
    }
}
