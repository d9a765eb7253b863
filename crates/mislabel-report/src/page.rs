//! Everything that a report says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mislabel_checkpoint::write_atomically;
use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Labels, Run};
use mislabel_methods::{Dataset, Report};
use serde::Serialize;

use crate::drawing::figure::Figure;
use crate::drawing::{class_bars, heat_map, histogram, map, review_curve};
use crate::error::{Error, Result};
use crate::findings::classes::{ClassRow, class_rows, most_affected};
use crate::findings::confusion::Confusion;
use crate::findings::distribution::Histogram;
use crate::findings::facts::DataFacts;
use crate::findings::importance::ImportanceView;
use crate::findings::provenance::Provenance;
use crate::findings::sample_map::SampleMap;
use crate::findings::summary::Summary;
use crate::findings::suspects::{Suspect, suspects};
use crate::options::{Origin, ReportOptions, Samples};
use crate::pictures::exhibit::{Exhibit, Exhibits, Size};

/// Bins of the histogram of label quality.
const BINS: usize = 40;

/// Everything that a report says, as values; [`html`](Self::html) makes a page of them, [`figures`](Self::figures) drawings.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ReportPage {
    /// The title.
    pub title: String,
    /// The dataset as a whole.
    pub summary: Summary,
    /// Every class, `(k,)`.
    pub classes: Vec<ClassRow>,
    /// Which classes are labeled as which.
    pub confusion: Confusion,
    /// The label quality of all samples.
    pub quality: Histogram,
    /// The samples as points of a plane; `None` without embeddings.
    pub map: Option<SampleMap>,
    /// The most suspect samples, the most suspect first.
    pub suspects: Vec<Suspect>,
    /// What matters to a classifier; `None` without embeddings.
    pub importance: Option<ImportanceView>,
    /// Facts of the data.
    pub facts: DataFacts,
    /// Where the report comes from.
    pub provenance: Provenance,
    /// What the other samples show that the page mentions, by their numbers: neighbors of suspect ones, copies, important ones.
    pub exhibits: BTreeMap<u32, Exhibit>,
}

impl ReportPage {
    /// What `report` says of `data`, whose samples show what `samples` say. O(n log n) and, with embeddings, O(top·n·d) for the
    /// neighbors, with bounded work for the rest: the map, importance and near copies are those of a sample where n is large.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when things speak of other samples or classes, what the
    /// embeddings report, and [`Error::Cancelled`](mislabel_core::Error::Cancelled). A picture that cannot be read is no error:
    /// its place says why.
    pub fn new(
        report: &Report,
        data: &Dataset<'_>,
        samples: &Samples<'_>,
        options: &ReportOptions,
        origin: Origin,
        run: &Run<'_>,
    ) -> Result<Self> {
        let (given, issues) = (data.given(), &report.issues);
        same_length("label issues", given.len(), issues.len())?;
        same_class_count("the label issues", given.class_count(), issues.suggested().class_count())?;
        let exhibits = Exhibits::new(*samples, data)?;
        let ranking = issues.quality().ranking();
        let classes = class_rows(report, given);
        let quality = issues.quality().as_slice().iter().copied().zip(issues.is_issue().iter().copied());
        let mut page = Self {
            title: options.title.clone(),
            summary: Summary::new(report, data, &ranking),
            confusion: Confusion::new(issues, given, &classes),
            quality: Histogram::new(BINS, [0.0, 1.0], quality),
            map: None,
            suspects: suspects(report, data, &exhibits, &ranking, (options.top, options.nearest), run)?,
            importance: None,
            facts: DataFacts::new(data, run)?,
            provenance: Provenance::new(report, origin),
            exhibits: BTreeMap::new(),
            classes,
        };
        page.look_at_embeddings(report, data, &ranking, options, run)?;
        let rows = page.mentioned();
        page.exhibits = rows.iter().copied().zip(exhibits.of_all(&rows, Size::Small, run)?).collect();
        Ok(page)
    }

    fn look_at_embeddings(
        &mut self,
        report: &Report,
        data: &Dataset<'_>,
        ranking: &[usize],
        options: &ReportOptions,
        run: &Run<'_>,
    ) -> Result<()> {
        let Some(source) = data.embeddings() else { return Ok(()) };
        let (given, issues) = (data.given(), &report.issues);
        if options.map_points > 0 {
            let size = (options.map_points, options.seed);
            self.map = Some(SampleMap::new(source, given, issues, ranking, size, run)?);
        }
        if options.important_classes > 0 {
            let shown = self.looked_into(options.important_classes, given);
            self.importance = Some(ImportanceView::new(source, given, issues, &shown, options.seed, run)?);
        }
        Ok(())
    }

    /// The classes with most flagged labels; the largest where none is flagged.
    fn looked_into(&self, count: usize, given: &Labels) -> Vec<u32> {
        let mut shown = most_affected(&self.classes, count);
        shown.retain(|class| self.classes[*class as usize].samples > 0);
        if shown.is_empty() {
            let counts = given.counts();
            shown = (0..counts.len() as u32).filter(|class| counts[*class as usize] > 0).collect();
            shown.sort_by_key(|class| std::cmp::Reverse(counts[*class as usize]));
            shown.truncate(count);
        }
        shown
    }

    /// The samples that the page mentions beside the suspect ones, ascending.
    fn mentioned(&self) -> Vec<u32> {
        let near = self.suspects.iter().flat_map(|suspect| suspect.same_class.iter().chain(&suspect.other_classes));
        let mut rows: Vec<u32> = near.map(|near| near.sample as u32).collect();
        let classes = self.importance.iter().flat_map(|view| &view.classes);
        rows.extend(classes.flat_map(|class| class.most.iter().chain(&class.least)).map(|shown| shown.sample));
        rows.extend(self.facts.copies.iter().flat_map(|copies| &copies.listed).flatten().map(|copy| copy.sample));
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The name of `class`. Panics when `class` ≥ k, as slices do.
    pub fn class_name(&self, class: u32) -> &str {
        &self.classes[class as usize].name
    }

    /// The figures of the page, in its order.
    pub fn figures(&self) -> Vec<Figure> {
        let review =
            self.summary.review.as_ref().map(|review| review_curve::review_curve(review, self.summary.flagged));
        let quality = histogram::histogram("quality", "Label quality", "label quality", &self.quality);
        let importance = |view: &ImportanceView| {
            histogram::histogram("importance", "Importance", "importance over the mean of the class", &view.histogram)
        };
        let figures = [
            review,
            class_bars::class_bars(&self.classes),
            heat_map::heat_map(&self.confusion, &self.classes),
            Some(quality),
            histogram::by_class(&self.classes),
            self.map.as_ref().map(|map| map::sample_map(map, &self.classes)),
            self.importance.as_ref().map(importance),
        ];
        figures.into_iter().flatten().collect()
    }

    /// Writes the page to `path`, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Write`] when the system refuses.
    pub fn write_html(&self, path: impl AsRef<Path>) -> Result<()> {
        written(path.as_ref(), self.html().as_bytes())
    }

    /// Writes every figure to `folder`, which is made if need be: `quality.svg` and so on, and `report.json` with the values.
    ///
    /// # Errors
    /// [`Error::Write`] when the system refuses.
    pub fn write_figures(&self, folder: impl AsRef<Path>) -> Result<()> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(Error::write(folder))?;
        for figure in self.figures() {
            written(&folder.join(format!("{}.svg", figure.name())), figure.svg().as_bytes())?;
        }
        let path = folder.join("report.json");
        let values = serde_json::to_vec(self).map_err(|cause| Error::Json { path: path.clone(), cause })?;
        written(&path, &values)
    }
}

fn written(path: &Path, bytes: &[u8]) -> Result<()> {
    write_atomically(path, Error::write(path), |out| out.write_all(bytes).map_err(Error::write(path)))
}
