//! Errors of all rows under all classes, summarized on the device.

use std::ops::Range;

use mislabel_core::{EmbeddingSource, ErrorColumns, ErrorSummary, Labels, LeastTwo, Run, Stage};
use mislabel_reconstruct::{Activation, AutoencoderModel};
use rayon::prelude::*;

use crate::autoencoder::kernels::{self, ALL, Measure, ScoredRows, ScoringNetworks, TILE};
use crate::autoencoder::layout::round_into;
use crate::autoencoder::packing::Packing;
use crate::device::buffer::{DeviceBuffer, PinnedBuffer};
use crate::device::cuda::Cuda;
use crate::error::{Error, Result};

/// Tiles of rows of a block, for every multiprocessor: some milliseconds' work with many classes.
const WAVES: usize = 4;

/// Share of the free memory that is left to others: one part in so many.
const SPARE: usize = 16;

/// Rows prepared by one task.
const HOST_ROWS: usize = 64;

/// Rows that the same networks measure: number `fold` of every class, or all.
pub(crate) struct Part {
    pub(crate) fold: u32,
    pub(crate) rows: Vec<u32>,
}

impl Part {
    /// Rows that all networks of every class measure.
    pub(crate) fn all(rows: usize) -> Self {
        Self { fold: ALL, rows: (0..rows as u32).collect() }
    }
}

/// What one sample's errors come to.
#[derive(Clone, Copy, Default)]
struct RowSummary {
    own: f64,
    least: LeastTwo,
    sum: f64,
}

/// Summaries asked for, of one model and one source of rows.
pub(crate) struct Scorer<'a> {
    pub(crate) cuda: &'a Cuda,
    pub(crate) model: &'a AutoencoderModel,
    pub(crate) embeddings: &'a dyn EmbeddingSource,
    pub(crate) given: &'a Labels,
}

impl Scorer<'_> {
    /// The summary of all samples, which the `parts` cover; `alone` says which classes say nothing about their own
    /// sample.
    pub(crate) fn summary(
        &self,
        parts: &[Part],
        alone: impl Fn(usize) -> bool,
        run: &Run<'_>,
    ) -> mislabel_core::Result<ErrorSummary> {
        let packing = Packing::new(self.model.architecture(), self.cuda.shared_memory() as usize)?;
        let center = self.center();
        let groups = self.groups(&packing)?;
        let stage = run.stage("scoring", self.given.len() * groups.len());
        let mut summaries = vec![RowSummary::default(); self.given.len()];
        for classes in groups {
            let networks = packing.upload(self.cuda, self.model, classes.clone(), &center)?;
            let mut stream = Stream::new(self, &packing, &networks, &center, classes)?;
            for part in parts {
                stream.run(part, &mut summaries, &stage)?;
            }
        }
        self.columns(&summaries, alone)
    }

    /// Near the middle of all rows, where the networks can be moved there; empty otherwise. bf16 then keeps what tells
    /// the classes apart, not what they share. Every network's last biases are about the mean of its class.
    fn center(&self) -> Vec<f32> {
        let architecture = self.model.architecture();
        let last = &architecture.layers()[architecture.layers().len() - 1];
        if last.activation != Activation::Identity {
            return Vec::new();
        }
        let (mut sum, mut count) = (vec![0.0; last.outputs], 0.0);
        for parameters in (0..self.model.class_count()).filter_map(|class| self.model.networks(class).first()) {
            sum.iter_mut().zip(&parameters[last.bias..]).for_each(|(sum, bias)| *sum += f64::from(*bias));
            count += 1.0;
        }
        sum.into_iter().map(|sum| (sum / count) as f32).collect()
    }

    /// Classes whose networks fit the device together, with room for rows.
    fn groups(&self, packing: &Packing) -> Result<Vec<Range<usize>>> {
        let free = self.cuda.free_memory()?;
        let rows = block_bytes(self.cuda, packing, packing.width(self.model.architecture()), self.model.class_count());
        let room = (free - free / SPARE).saturating_sub(rows);
        let bytes = packing.bytes(self.model.architecture());
        let (mut groups, mut first, mut taken) = (Vec::new(), 0, 0);
        for class in 0..self.model.class_count() {
            let needed = bytes * self.model.networks(class).len() + 8;
            if needed > room {
                return Err(Error::Memory { what: "a class's networks", needed: needed + rows, free });
            }
            if taken + needed > room {
                groups.push(first..class);
                (first, taken) = (class, 0);
            }
            taken += needed;
        }
        groups.push(first..self.model.class_count());
        Ok(groups)
    }

    fn columns(&self, summaries: &[RowSummary], alone: impl Fn(usize) -> bool) -> mislabel_core::Result<ErrorSummary> {
        let classes = self.model.class_count();
        let reconstructors = (0..classes).filter(|class| !self.model.networks(*class).is_empty()).count();
        let mut columns = ErrorColumns { reconstructors, classes, ..ErrorColumns::default() };
        for (row, summary) in summaries.iter().enumerate() {
            let own = if alone(self.given.class(row)) { summary.least.first } else { summary.own };
            columns.own.push(own);
            columns.least_other.push(summary.least.first);
            columns.least_other_class.push(summary.least.class);
            columns.second_least_other.push(summary.least.second);
            columns.sum.push(summary.sum - summary.own + own);
        }
        ErrorSummary::new(columns)
    }
}

/// Into how many parts the classes are divided where there are few rows.
fn class_parts(cuda: &Cuda, rows: usize, classes: usize) -> usize {
    let wanted = 2 * cuda.multiprocessors() as usize;
    wanted.div_ceil(rows.div_ceil(TILE).max(1)).clamp(1, classes.max(1))
}

fn block_rows(cuda: &Cuda) -> usize {
    WAVES * TILE * cuda.multiprocessors() as usize
}

/// Places for summaries that blocks of any number of rows need.
fn places(cuda: &Cuda, classes: usize) -> usize {
    let most = block_rows(cuda);
    (1..=most / TILE).map(|tiles| tiles * TILE * class_parts(cuda, tiles * TILE, classes)).max().unwrap_or(most)
}

/// Bytes of two blocks of rows, their summaries and scratch memory.
fn block_bytes(cuda: &Cuda, packing: &Packing, width: usize, classes: usize) -> usize {
    let (rows, places) = (block_rows(cuda), places(cuda, classes));
    2 * (rows * (2 * width + 4) + 24 * places) + 2 * packing.scratch() * places
}

/// Blocks of rows on their way through the device, two at a time: one is prepared while the other is measured.
struct Stream<'a> {
    of: &'a Scorer<'a>,
    packing: &'a Packing,
    networks: &'a ScoringNetworks,
    center: &'a [f32],
    /// What the classes on the device are counted from, and how many there are.
    classes: Range<usize>,
    host: [(PinnedBuffer<u16>, PinnedBuffer<u32>); 2],
    device: [ScoredRows; 2],
    layers: DeviceBuffer<u32>,
    scratch: DeviceBuffer<u16>,
}

impl<'a> Stream<'a> {
    fn new(
        of: &'a Scorer<'a>,
        packing: &'a Packing,
        networks: &'a ScoringNetworks,
        center: &'a [f32],
        classes: Range<usize>,
    ) -> Result<Self> {
        let (cuda, width) = (of.cuda, packing.width(of.model.architecture()));
        let (rows, places) = (block_rows(cuda), places(cuda, classes.len()));
        let host = || Ok((PinnedBuffer::zeros(cuda, rows * width)?, PinnedBuffer::zeros(cuda, rows)?));
        let device = || ScoredRows::new(cuda, rows, width, places);
        let words: &[u32] = if let Packing::General(layout) = packing { &layout.words } else { &[0] };
        Ok(Self {
            of,
            packing,
            networks,
            center,
            classes,
            host: [host()?, host()?],
            device: [device()?, device()?],
            layers: DeviceBuffer::of(cuda, "layers", words)?,
            scratch: kernels::scratch(cuda, packing.scratch() * places)?,
        })
    }

    /// Measures the rows of `part` and adds what comes of it to the `summaries`.
    fn run(&mut self, part: &Part, summaries: &mut [RowSummary], stage: &Stage<'_>) -> mislabel_core::Result<()> {
        let mut running: Option<(usize, &[u32])> = None;
        for (turn, rows) in part.rows.chunks(block_rows(self.of.cuda)).enumerate() {
            self.prepare(turn % 2, rows)?;
            if let Some((turn, rows)) = running.replace((turn % 2, rows)) {
                self.accept(turn, rows, summaries)?;
                stage.advance(rows.len())?;
            }
            self.launch(turn % 2, rows.len(), part.fold)?;
        }
        let Some((turn, rows)) = running else { return Ok(()) };
        self.accept(turn, rows, summaries)?;
        stage.advance(rows.len())
    }

    /// Reads a block of rows and their labels, and starts their way to the device.
    fn prepare(&mut self, turn: usize, rows: &[u32]) -> mislabel_core::Result<()> {
        let width = self.device[turn].width;
        let (values, labels) = &mut self.host[turn];
        let (given, first, end) = (self.of.given, self.classes.start, self.classes.end);
        // A label of a class that is not on the device is no class there.
        let label = |row: &u32| Some(given.class(*row as usize)).filter(|class| (first..end).contains(class));
        let number = |row: &u32| label(row).map_or(u32::MAX, |class| (class - first) as u32);
        labels.values()?.iter_mut().zip(rows).for_each(|(out, row)| *out = number(row));
        let chunks = values.values()?.par_chunks_mut(HOST_ROWS * width).zip(rows.par_chunks(HOST_ROWS));
        let (of, center) = (self.of, self.center);
        chunks.try_for_each(|(out, rows)| -> mislabel_core::Result<()> {
            let mut scaled = of.model.scaled_rows(of.embeddings, rows)?;
            for (out, mut row) in out.chunks_exact_mut(width).zip(scaled.outer_iter_mut()) {
                row.iter_mut().zip(center).for_each(|(x, center)| *x -= center);
                round_into(row.as_slice().expect("rows are contiguous"), out);
            }
            Ok(())
        })?;
        self.device[turn].rows.upload_beside("the rows", values)?;
        Ok(self.device[turn].labels.upload_beside("the labels", labels)?)
    }

    fn launch(&mut self, turn: usize, rows: usize, fold: u32) -> Result<()> {
        let measure = self.measure(rows, fold);
        let (cuda, device) = (self.of.cuda, &mut self.device[turn]);
        #[expect(unsafe_code, reason = "vouches for the networks")]
        // SAFETY: the classes name the networks beside them, and both are packed as the packing says.
        unsafe {
            match self.packing {
                Packing::Shallow(shallow) => shallow.score(cuda, self.networks, measure, device),
                Packing::General(layout) => {
                    let layers = (layout, &self.layers);
                    kernels::score(cuda, layers, self.networks, measure, device, &mut self.scratch)
                }
            }
        }
    }

    fn measure(&self, rows: usize, fold: u32) -> Measure {
        Measure { n: rows, parts: class_parts(self.of.cuda, rows, self.classes.len()), fold }
    }

    /// Adds the summaries of a block, part by part of the classes, which ascend.
    fn accept(&mut self, turn: usize, rows: &[u32], summaries: &mut [RowSummary]) -> Result<()> {
        let parts = self.measure(rows.len(), ALL).parts;
        let device = &self.device[turn];
        let (own, least, second) = (device.own.download()?, device.least.download()?, device.second.download()?);
        let (class, sum) = (device.least_class.download()?, device.sum.download()?);
        for part in 0..parts {
            for (i, row) in rows.iter().enumerate() {
                let place = part * rows.len() + i;
                let summary = &mut summaries[*row as usize];
                summary.own += f64::from(own[place]);
                summary.sum += sum[place];
                let class = class[place] + self.classes.start as u32;
                summary.least.offer(class, f64::from(least[place]));
                summary.least.offer(class, f64::from(second[place]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::{Embeddings, Run};
    use mislabel_reconstruct::{Autoencoder, TrainingLength};
    use ndarray::Array2;

    #[test]
    fn classes_that_do_not_fit_together_are_scored_in_groups_with_the_same_result() {
        let method = Autoencoder {
            latent: 5,
            folds: 1,
            trim: vec![],
            length: TrainingLength::Steps(1),
            ..Autoencoder::default()
        };
        let rows = Array2::from_shape_fn((9, 6), |(i, j)| ((i * 5 + j * j + i * j) as f32).sin());
        let given = Labels::new((0..9).map(|i| i / 2).collect(), 5).unwrap();
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let (model, _) = method.fit(&embeddings, &given, &Run::quiet()).unwrap();
        let packing = Packing::new(model.architecture(), usize::MAX).unwrap();
        let Some(large) = Cuda::emulated() else { return };
        let classes = 2 * (packing.bytes(model.architecture()) + 8) + 16;
        let needed = classes + block_bytes(&large, &packing, packing.width(model.architecture()), model.class_count());
        let Some(small) = Cuda::emulated_with(u32::MAX, needed * SPARE / (SPARE - 1) + 1) else { return };
        let [large, small] = [large, small].map(|cuda| {
            let scorer = Scorer { cuda: &cuda, model: &model, embeddings: &embeddings, given: &given };
            let summary = scorer.summary(&[Part::all(9)], |_| false, &Run::quiet()).unwrap().into_columns();
            (scorer.groups(&packing).unwrap().len(), summary)
        });
        assert_eq!((large.0, small.0), (1, 3));
        assert_eq!((large.1.own, large.1.least_other), (small.1.own, small.1.least_other));
        assert_eq!(
            (large.1.least_other_class, large.1.second_least_other),
            (small.1.least_other_class, small.1.second_least_other)
        );
    }

    #[test]
    fn few_rows_divide_the_classes_and_never_need_more_places_than_there_are() {
        let Some(cuda) = Cuda::emulated() else { return };
        assert_eq!(class_parts(&cuda, 1, 1_000), 4);
        assert_eq!(class_parts(&cuda, 1, 3), 3);
        assert_eq!(class_parts(&cuda, 100 * TILE, 1_000), 1);
        for rows in 1..=block_rows(&cuda) {
            assert!(rows * class_parts(&cuda, rows, 7) <= places(&cuda, 7), "{rows} rows");
        }
    }
}
