//! The state behind the page.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use mislabel_core::Run;
use mislabel_posterior::Posterior;
use mislabel_review::{
    Action, Agreement, Candidates, Distribution, Examples, Journal, Progress, Query, Queue, Result, Samples,
    Settlement, Similarity, SliceNoise, field_names, fingerprint,
};

use crate::media::packed::PackedPictures;
use crate::options::AppOptions;
use crate::session::action::action;
use crate::session::card::{Card, CardState};
use crate::session::evidence::Evidence;
use crate::session::judging::{Judgment, judged};
use crate::session::requests::{
    DecisionRequest, NoteRequest, SimilarRequest, SliceOrder, SliceRequest, TagRequest, UndoRequest,
};
use crate::session::slices::{Slice, Slices};
use crate::session::summary::{About, Consists, Noise, Standing};
use crate::session::verified_table::verified_table;

/// Samples that the model asks for at a time.
const TEACHING: usize = 50;

/// Pairs of classes listed for a slice.
const PAIRS: usize = 50;

/// Cards sent at a time at most.
const MOST_CARDS: usize = 300;

/// Samples of a view that are tagged at once at most: their numbers fit into a request.
const MOST_ROWS: usize = 100_000;

/// A review that is going on: samples, a journal, and what the page can ask beyond.
#[derive(Debug)]
pub struct Session {
    /// What decisions change when the model learns from them.
    view: RwLock<View>,
    journal: Mutex<Journal>,
    slices: Mutex<Slices>,
    similar: Mutex<Option<Arc<Similarity>>>,
    noise: Mutex<Option<(u64, Noise)>>,
    evidence: Evidence,
    options: AppOptions,
}

#[derive(Debug)]
pub(crate) struct View {
    pub(crate) samples: Samples,
    queue: Queue,
    candidates: Candidates,
}

impl Session {
    /// Pictures that do not lie in files of their own.
    pub(crate) fn packed(&self) -> Option<&dyn PackedPictures> {
        self.evidence.pictures.as_deref()
    }

    /// A review of `samples` whose decisions go to `journal`, with what there is of `evidence`.
    ///
    /// # Errors
    /// [`Error::Core`](mislabel_review::Error::Core) when the evidence is of other samples, or the share of controls is not in [0, 1).
    pub fn new(samples: Samples, journal: Journal, evidence: Evidence, options: AppOptions) -> Result<Self> {
        let same = |what, found| mislabel_core::checks::same_length(what, samples.len(), found);
        if let Some(embeddings) = &evidence.embeddings {
            same("embeddings", embeddings.shape().0)?;
        }
        if let Some(posterior) = &evidence.posterior {
            let labels = samples.given_labels().labelled().len();
            mislabel_core::checks::same_length("the posterior", labels, posterior.suggested().len())?;
        }
        let queue = Queue::suspects(&samples, options.controls, options.seed)?;
        let view = View { queue, candidates: Candidates::of(&samples), samples };
        Ok(Self {
            view: RwLock::new(view),
            journal: Mutex::new(journal),
            slices: Mutex::default(),
            similar: Mutex::default(),
            noise: Mutex::default(),
            evidence,
            options,
        })
    }

    /// How the page is served.
    pub fn options(&self) -> &AppOptions {
        &self.options
    }

    pub(crate) fn view(&self) -> RwLockReadGuard<'_, View> {
        self.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    pub(crate) fn about(&self, image_token: &str) -> About {
        let (view, journal) = (self.view(), self.journal());
        let samples = &view.samples;
        About {
            version: env!("CARGO_PKG_VERSION"),
            samples: samples.len(),
            unlabelled: samples.given_labels().unlabelled().len(),
            classes: (0..samples.class_count()).map(|class| samples.class_name(class).into_owned()).collect(),
            fields: field_names(samples).into_iter().map(Into::into).collect(),
            media: samples.media().kind(),
            reviewer: self.options.reviewer.clone(),
            blind: self.options.blind,
            read_only: journal.is_read_only(),
            notices: journal.notices().to_vec(),
            data: fingerprint(samples.given_labels()),
            journal: journal.path().display().to_string(),
            similar: self.evidence.embeddings.is_some(),
            learns: self.evidence.posterior.is_some(),
            image_token: image_token.into(),
        }
    }

    /// The samples that `request` asks for.
    pub(crate) fn slice(&self, request: SliceRequest) -> Result<Arc<Slice>> {
        let query = Query::parse(&request.query)?;
        let view = self.view();
        let mut wanted = {
            let journal = self.journal();
            let mut wanted = query.select(&view.samples, journal.board())?;
            if let Some(reviewer) = &request.undecided_by {
                let decided = journal.board().decided().map(|(row, _)| row);
                let own = decided.filter(|row| journal.board().verdict_by(*row, reviewer).is_some());
                own.for_each(|row| wanted[row as usize] = false);
            }
            wanted
        };
        let rows = match request.order {
            SliceOrder::Sorted(order) => order.rows(&view.samples, &wanted),
            SliceOrder::Queue => view.queue.rows().iter().copied().filter(|&row| wanted[row as usize]).collect(),
            SliceOrder::Teaching => self.teaching(&view.samples, &mut wanted)?,
            SliceOrder::Similar => self.most_similar(&wanted),
        };
        drop(view);
        Ok(lock(&self.slices).insert(request, rows))
    }

    /// The samples that teach most of how many labels are wrong, of those wanted.
    fn teaching(&self, samples: &Samples, wanted: &mut [bool]) -> Result<Vec<u32>> {
        let Some(posterior) = &self.evidence.posterior else { return Ok(Vec::new()) };
        let verified = Settlement::Newest.verified(self.journal().board(), samples.given_labels())?;
        let places = posterior.verification_sample(TEACHING, &verified, self.options.seed)?;
        let rows = places.into_iter().map(|place| samples.given_labels().rows()[place]);
        Ok(rows.filter(|&row| wanted[row as usize]).collect())
    }

    fn most_similar(&self, wanted: &[bool]) -> Vec<u32> {
        let similarity = lock(&self.similar).clone();
        similarity.map_or_else(Vec::new, |found| found.best(usize::MAX, |row| wanted[row as usize]))
    }

    pub(crate) fn known_slice(&self, id: u64) -> Option<Arc<Slice>> {
        lock(&self.slices).get(id)
    }

    /// The cards `from` to `from + count` of `slice`.
    pub(crate) fn cards(&self, slice: &Slice, from: usize, count: usize) -> Vec<Card> {
        let (view, journal) = (self.view(), self.journal());
        let rows = slice.rows.iter().skip(from).take(count.min(MOST_CARDS));
        rows.map(|&row| Card::new(row, &view.samples, &view.candidates, journal.board())).collect()
    }

    /// The samples `slice` consists of, at most `count`.
    pub(crate) fn rows(slice: &Slice, count: usize) -> &[u32] {
        &slice.rows[..count.min(MOST_ROWS).min(slice.rows.len())]
    }

    pub(crate) fn distribution(&self, slice: &Slice) -> Consists {
        let (view, journal) = (self.view(), self.journal());
        Consists {
            distribution: Distribution::of(&slice.rows, &view.samples, PAIRS),
            noise: SliceNoise::of(&slice.rows, &view.samples, journal.board()),
        }
    }

    /// Records a decision; gives the number of the last event and the state of the samples.
    pub(crate) fn decide(&self, request: &DecisionRequest) -> Result<(u64, Vec<CardState>)> {
        let view = self.view();
        let actions =
            request.rows.iter().map(|&row| action(request, row, &view.samples, &view.queue)).collect::<Result<_>>()?;
        self.write(&request.op, &request.reviewer, actions, &request.rows, &view.samples)
    }

    pub(crate) fn note(&self, request: NoteRequest) -> Result<(u64, Vec<CardState>)> {
        let NoteRequest { op, reviewer, row, note } = request;
        self.write(&op, &reviewer, vec![Action::Note { row, note }], &[row], &self.view().samples)
    }

    pub(crate) fn tag(&self, request: TagRequest) -> Result<(u64, Vec<CardState>)> {
        let TagRequest { op, reviewer, tag, rows, on } = request;
        let action = Action::Tag { tag, rows: rows.clone(), on };
        self.write(&op, &reviewer, vec![action], &rows, &self.view().samples)
    }

    fn write(
        &self,
        op: &str,
        reviewer: &str,
        actions: Vec<Action>,
        rows: &[u32],
        samples: &Samples,
    ) -> Result<(u64, Vec<CardState>)> {
        let mut journal = self.journal();
        let seq = journal.write(op, reviewer, actions)?;
        Ok((seq, rows.iter().map(|&row| CardState::new(row, samples, journal.board())).collect()))
    }

    pub(crate) fn undo(&self, request: &UndoRequest) -> Result<(u64, Vec<CardState>)> {
        let view = self.view();
        let mut journal = self.journal();
        let rows = journal.undo(&request.op, &request.reviewer)?;
        let states = rows.into_iter().map(|row| CardState::new(row, &view.samples, journal.board())).collect();
        Ok((journal.board().last_seq(), states))
    }

    /// The states of the samples that changed after event `seq`; `None` where these are more than a page shows.
    pub(crate) fn changes(&self, seq: u64) -> (u64, Option<Vec<CardState>>) {
        let view = self.view();
        let journal = self.journal();
        let rows = journal.board().changed_since(seq);
        let states = || rows.iter().map(|&row| CardState::new(row, &view.samples, journal.board())).collect();
        (journal.board().last_seq(), (rows.len() <= MOST_CARDS).then(states))
    }

    pub(crate) fn standing(&self) -> Result<Standing> {
        let view = self.view();
        let board = self.journal().board().clone();
        Ok(Standing {
            seq: board.last_seq(),
            progress: Progress::of(&board, &view.samples),
            agreement: Agreement::of(&board, &view.samples),
            tags: board.tags().map(|(name, rows)| (name.to_owned(), rows.len())).collect(),
            noise: self.noise(&view.samples)?,
        })
    }

    /// The noise rate by the model and the decisions so far.
    fn noise(&self, samples: &Samples) -> Result<Option<Noise>> {
        let seq = self.journal().board().last_seq();
        if let Some((of, noise)) = *lock(&self.noise)
            && of == seq
        {
            return Ok(Some(noise));
        }
        let learned = self.learned(samples)?;
        let noise = learned.map(|(_, interval)| Noise::from(interval));
        *lock(&self.noise) = noise.map(|noise| (seq, noise));
        Ok(noise)
    }

    fn learned(&self, samples: &Samples) -> Result<Option<(Posterior, mislabel_posterior::NoiseRateInterval)>> {
        let Some(posterior) = &self.evidence.posterior else { return Ok(None) };
        let verified = Settlement::Newest.verified(self.journal().board(), samples.given_labels())?;
        Ok(Some(posterior.verified(samples.given_labels().labelled(), &verified)?))
    }

    /// Judges the labels again with what was decided; gives how many are flagged.
    pub(crate) fn judge_again(&self) -> Result<usize> {
        let Judgment { issues, suggestions } = self.judgment()?;
        let flagged = issues.flagged();
        let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
        let known = view.samples.given_labels().unlabelled().iter().zip(view.samples.suggestions());
        let suggestions = known.map(|(row, old)| suggestions.get(row).copied().or(*old)).collect();
        view.samples.set_issues(issues)?;
        view.samples.set_suggestions(suggestions)?;
        view.queue = Queue::suspects(&view.samples, self.options.controls, self.options.seed)?;
        view.candidates = Candidates::of(&view.samples);
        Ok(flagged)
    }

    /// What the model says with what was decided. Labels of samples that had none are learned from, which takes as long as the
    /// first judgment.
    fn judgment(&self) -> Result<Judgment> {
        let given = self.view().samples.given_labels().clone();
        let told = Settlement::Newest.true_labels(self.journal().board(), &given);
        let teaches = self.evidence.posterior.is_some() && told.keys().any(|row| given.place(*row).is_none());
        if let Some(embeddings) = self.evidence.embeddings.as_ref().filter(|_| teaches) {
            return judged(embeddings, &given, &told);
        }
        let learned = self.learned(&self.view().samples)?;
        let Some((posterior, _)) = learned else {
            let reason = "there is no model that learns from decisions: start the app with embeddings";
            return Err(mislabel_core::Error::Undefined { quantity: "a new judgment", reason }.into());
        };
        Ok(Judgment { issues: posterior.issues(posterior.default_rule())?, suggestions: BTreeMap::new() })
    }

    /// Compares all samples with the examples; the order `similar` sorts by the result.
    pub(crate) fn search_similar(&self, request: &SimilarRequest) -> Result<()> {
        let Some(embeddings) = &self.evidence.embeddings else {
            let reason = "there are no embeddings to compare: start the app with embeddings";
            return Err(mislabel_core::Error::Undefined { quantity: "similarity", reason }.into());
        };
        let mut examples = Examples::default();
        examples.add(&request.like);
        examples.add_counter(&request.unlike);
        *lock(&self.similar) = Some(Arc::new(examples.search(embeddings, &Run::quiet())?));
        Ok(())
    }

    /// The verified labels as a table.
    pub(crate) fn verified_table(&self) -> Vec<u8> {
        verified_table(&self.view().samples, self.journal().board())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
