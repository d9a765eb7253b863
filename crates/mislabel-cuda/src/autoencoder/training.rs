//! One round of training on the device: groups of networks that fit its memory, each taken through its steps.

use std::ops::Range;

use mislabel_core::{Run, Stage};
use mislabel_reconstruct::backend::{NetworkTask, Round, TrainingRows};
use rayon::prelude::*;

use crate::autoencoder::kernels::{self, Launch, SCHEDULE, STATE, TASK, TRAINING_BLOCKS, TrainingMemory};
use crate::autoencoder::layout::{Layout, PAD, Use, round_into};
use crate::autoencoder::schedule::Schedule;
use crate::autoencoder::steps::{FRESH, Progression, Stint, method_numbers};
use crate::device::buffer::{DeviceBuffer, PinnedBuffer};
use crate::device::cuda::Cuda;
use crate::error::{Error, Result, counted};

/// Samples that pass through networks in one launch at most, and that times a network's weights, but for the rest of an
/// epoch: well under a second's work, after which the host looks at the losses and may cancel.
const VISITS: usize = 1 << 26;
const WORK: usize = 1 << 42;

/// Values of a row buffer in locked host memory.
const HOST_VALUES: usize = 1 << 25;

/// Share of the free memory that is left to others: one part in so many.
const SPARE: usize = 16;

/// A round on one device.
struct Trainer<'a, 'r> {
    cuda: &'a Cuda,
    round: &'a Round<'r>,
    layout: Layout,
    stage: Stage<'a>,
}

/// Trains the networks of a round.
pub(crate) fn train(cuda: &Cuda, round: &mut Round<'_>, run: &Run<'_>) -> mislabel_core::Result<()> {
    let stage = run.stage("training", round.steps());
    stage.advance(round.steps() - round.steps_left())?;
    let mut tasks = std::mem::take(&mut round.tasks);
    let layout = Layout::new(round.architecture, Use::Training { noise: round.method.noise > 0.0 })?;
    let trainer = Trainer { cuda, round, layout, stage };
    let mut rest = tasks.as_mut_slice();
    while !rest.is_empty() {
        let fitting = trainer.fitting(rest)?;
        let (group, after) = rest.split_at_mut(fitting);
        trainer.group(group)?;
        group.iter().try_for_each(|task| task.keep(run))?;
        rest = after;
    }
    Ok(())
}

/// Where the rows of a group's networks begin, and where the last ones end.
fn row_starts(tasks: &[NetworkTask<'_>]) -> Vec<usize> {
    let ends = tasks.iter().scan(0, |end, task| {
        *end += task.samples.len();
        Some(*end)
    });
    [0].into_iter().chain(ends).collect()
}

impl Trainer<'_, '_> {
    /// Values of a row with their padding.
    fn width(&self) -> usize {
        self.round.architecture.features().next_multiple_of(PAD)
    }

    fn holds_out(&self) -> bool {
        self.round.method.early_stopping.is_some()
    }

    /// Bytes on the device for a network of so many samples.
    fn bytes(&self, samples: usize) -> usize {
        let copies = if self.holds_out() { 4 } else { 3 };
        let order = 4 * samples;
        copies * 4 * self.round.architecture.parameters() + samples * self.width() * 2 + order + 8 * STATE
    }

    /// Bytes for a block of threads whose batches have at most `capacity` rows.
    fn block_bytes(&self, capacity: usize) -> usize {
        2 * (self.layout.plain + self.layout.scratch * capacity)
    }

    fn capacity(&self, tasks: &[NetworkTask<'_>]) -> usize {
        let largest = |task: &NetworkTask<'_>| task.samples.len().min(self.round.method.batch);
        tasks.iter().map(largest).max().unwrap_or(1)
    }

    /// Blocks of threads for so many networks: a quarter of the `room` is theirs, if they need so much.
    fn blocks(&self, networks: usize, capacity: usize, room: usize) -> usize {
        let wanted = networks.min((TRAINING_BLOCKS * self.cuda.multiprocessors()) as usize);
        wanted.min(room / 4 / self.block_bytes(capacity)).max(1)
    }

    fn room(&self) -> Result<usize> {
        let free = self.cuda.free_memory()?;
        Ok(free - free / SPARE)
    }

    /// How many of the `tasks` fit the device together.
    fn fitting(&self, tasks: &[NetworkTask<'_>]) -> Result<usize> {
        let (room, capacity) = (self.room()?, self.capacity(tasks));
        let blocks = self.block_bytes(capacity) * self.blocks(tasks.len(), capacity, room);
        // The copy of the last rows is as long as the longest.
        let copy =
            tasks[0].samples.len().saturating_mul(self.width()).saturating_mul(2).max(2 * HOST_VALUES.min(room / 64));
        let (mut taken, mut rows) = (blocks + copy, 0);
        for (place, task) in tasks.iter().enumerate() {
            taken += self.bytes(task.samples.len());
            rows += task.samples.len();
            let (fits, counts) = (taken <= room, rows <= i32::MAX as usize);
            if place == 0 && !(fits && counts) {
                return Err(Error::Memory { what: "a network in training", needed: taken, free: room });
            }
            if !(fits && counts) {
                return Ok(place);
            }
        }
        Ok(tasks.len())
    }

    /// Takes the networks of a group through all their steps.
    fn group(&self, tasks: &mut [NetworkTask<'_>]) -> mislabel_core::Result<()> {
        let starts = row_starts(tasks);
        let method = self.round.method;
        let follow = |(place, task): (usize, &NetworkTask<'_>)| {
            let of = (task.class, task.stream(), task.samples.len());
            Progression::new(method, of, place as u32, starts[place] as u32)
        };
        let mut networks: Vec<Progression> = tasks.par_iter().enumerate().map(follow).collect();
        let (mut memory, means) = self.memory(tasks, &starts, &networks)?;
        while networks.iter().any(|network| !network.is_done()) {
            self.launch(&mut networks, &mut memory)?;
        }
        self.stage.advance(networks.iter().map(Progression::left).sum())?;
        self.finish(tasks, &networks, &memory, &means)
    }

    /// Rows, parameters and room for a group; and what was subtracted from every network's rows.
    fn memory(
        &self,
        tasks: &[NetworkTask<'_>],
        starts: &[usize],
        networks: &[Progression],
    ) -> mislabel_core::Result<(TrainingMemory, Vec<Vec<f32>>)> {
        let (cuda, count) = (self.cuda, self.round.architecture.parameters());
        let capacity = networks.iter().map(Progression::largest).max().unwrap_or(1);
        let blocks = self.blocks(tasks.len(), capacity, self.room()?);
        let zeros = |what, values| DeviceBuffer::zeros(cuda, what, values);
        let (rows, means) = self.rows(tasks, starts)?;
        let numbers = method_numbers(self.round.method, self.round.architecture.features());
        let memory = TrainingMemory {
            rows,
            parameters: self.parameters(tasks, &means)?,
            first: zeros("moments", tasks.len() * count)?,
            second: zeros("moments", tasks.len() * count)?,
            best: zeros("the best parameters", if self.holds_out() { tasks.len() * count } else { 1 })?,
            states: DeviceBuffer::of(cuda, "states", &[FRESH].repeat(tasks.len()).concat())?,
            layers: DeviceBuffer::of(cuda, "layers", &self.layout.words)?,
            method: DeviceBuffer::of(cuda, "the method", &numbers)?,
            plain: DeviceBuffer::zeros(cuda, "rounded weights", blocks * self.layout.plain)?,
            scratch: kernels::scratch(cuda, blocks * self.layout.scratch * capacity)?,
            blocks: blocks as u32,
            capacity: counted("a batch's rows", capacity)?,
            parameter_count: counted("a network's parameters", count)?,
            networks: tasks.len(),
        };
        Ok((memory, means))
    }

    /// The rows of all networks, in bf16, less their means: prepared while others are on their way to the device.
    fn rows(
        &self,
        tasks: &[NetworkTask<'_>],
        starts: &[usize],
    ) -> mislabel_core::Result<(DeviceBuffer<u16>, Vec<Vec<f32>>)> {
        let width = self.width();
        let longest = starts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
        let total = starts[tasks.len()];
        let chunk = total.min(longest.max(HOST_VALUES.min(self.room()? / 64) / width));
        let mut host = [PinnedBuffer::zeros(self.cuda, chunk * width)?, PinnedBuffer::zeros(self.cuda, chunk * width)?];
        // A copy is a whole buffer long, also the last one.
        let mut rows = DeviceBuffer::zeros(self.cuda, "the rows", (total + chunk) * width)?;
        let mut means = Vec::with_capacity(tasks.len());
        for (turn, part) in parts(starts, chunk).into_iter().enumerate() {
            let host = &mut host[turn % 2];
            means.extend(self.prepare(&tasks[part.clone()], host.values()?)?);
            rows.upload_beside_at("the rows", starts[part.start] * width, host)?;
        }
        self.cuda.synchronize()?;
        Ok((rows, means))
    }

    /// Writes the rows of some networks, one after another, and returns their means.
    fn prepare(&self, tasks: &[NetworkTask<'_>], mut out: &mut [u16]) -> mislabel_core::Result<Vec<Vec<f32>>> {
        let (width, features) = (self.width(), self.round.architecture.features());
        let mut places = Vec::with_capacity(tasks.len());
        for task in tasks {
            let (own, rest) = out.split_at_mut(task.samples.len() * width);
            places.push(own);
            out = rest;
        }
        let write = |(task, out): (&NetworkTask<'_>, &mut [u16])| {
            let TrainingRows { rows, mean } = self.round.rows(task)?;
            let rows = rows.chunks_exact(features);
            out.chunks_exact_mut(width).zip(rows).for_each(|(out, row)| round_into(row, out));
            Ok(mean)
        };
        tasks.par_iter().zip(places).with_max_len(1).map(write).collect()
    }

    fn parameters(&self, tasks: &[NetworkTask<'_>], means: &[Vec<f32>]) -> Result<DeviceBuffer<f32>> {
        let count = self.round.architecture.parameters();
        let mut values = vec![0.0; tasks.len() * count];
        values.par_chunks_mut(count).zip(tasks).zip(means).for_each(|((out, task), mean)| {
            out.copy_from_slice(&task.start(self.round.architecture, mean));
        });
        DeviceBuffer::of(self.cuda, "parameters", &values)
    }

    /// The next epochs of all networks that are not done.
    fn launch(&self, networks: &mut [Progression], memory: &mut TrainingMemory) -> mislabel_core::Result<()> {
        let method = self.round.method;
        let active = networks.iter().filter(|network| !network.is_done()).count();
        let most = VISITS.min(WORK / self.round.architecture.weights()).min(self.room()? / 32);
        let share = most / active.max(1);
        let active: Vec<&mut Progression> = networks.iter_mut().filter(|network| !network.is_done()).collect();
        let stints: Vec<Stint> = active.into_par_iter().map(|network| network.stint(method, share)).collect();
        let launch = self.tables(&stints, memory.blocks as usize)?;
        // SAFETY: the tasks come from `Progression`, whose numbers are places of this group's networks and rows.
        #[expect(unsafe_code, reason = "vouches for the tasks")]
        unsafe {
            kernels::train(self.cuda, &self.layout, memory, &launch)?;
        }
        let states = memory.states.download()?;
        for stint in &stints {
            let place = stint.task[0] as usize;
            networks[place].accept(method, &states[place * STATE..][..STATE])?;
        }
        self.stage.advance(stints.iter().map(|stint| stint.steps).sum())
    }

    /// The tables of a launch, tasks in the order of the blocks.
    fn tables(&self, stints: &[Stint], blocks: usize) -> Result<Launch> {
        let costs: Vec<u64> = stints.iter().map(|stint| stint.visits).collect();
        let schedule = Schedule::new(&costs, blocks);
        let (mut tasks, mut schedules, mut order) =
            (Vec::<[u32; TASK]>::new(), Vec::<[f64; SCHEDULE]>::new(), Vec::new());
        for stint in schedule.order.iter().map(|place| &stints[*place]) {
            let mut task = stint.task;
            task[4] = counted("places of the order", order.len())?;
            order.extend_from_slice(&stint.order);
            tasks.push(task);
            schedules.push(stint.schedule);
        }
        Ok(Launch {
            starts: DeviceBuffer::of(self.cuda, "the schedule", &schedule.starts)?,
            tasks: DeviceBuffer::of(self.cuda, "the schedule", tasks.as_flattened())?,
            schedules: DeviceBuffer::of(self.cuda, "the schedule", schedules.as_flattened())?,
            order: DeviceBuffer::of(self.cuda, "the order", &order)?,
        })
    }

    /// Gives the networks what training made of them.
    fn finish(
        &self,
        tasks: &mut [NetworkTask<'_>],
        networks: &[Progression],
        memory: &TrainingMemory,
        means: &[Vec<f32>],
    ) -> mislabel_core::Result<()> {
        let count = self.round.architecture.parameters();
        let last = memory.parameters.download()?;
        let best = if self.holds_out() { memory.best.download()? } else { Vec::new() };
        tasks.par_iter_mut().zip(networks).zip(means).enumerate().for_each(|(place, ((task, network), mean))| {
            let from = if network.keeps_best() { &best } else { &last };
            task.finish(self.round.architecture, mean, from[place * count..][..count].to_vec());
        });
        Ok(())
    }
}

/// The gradients of the first step of every network of a round, `(parameters,)` each: what is left of them in Adam's
/// first moments.
#[cfg(test)]
pub(crate) fn first_gradients(cuda: &Cuda, round: &Round<'_>) -> mislabel_core::Result<Vec<Vec<f32>>> {
    let layout = Layout::new(round.architecture, Use::Training { noise: round.method.noise > 0.0 })?;
    let stage = Run::quiet().stage("training", round.steps());
    let trainer = Trainer { cuda, round, layout, stage };
    let starts = row_starts(&round.tasks);
    let follow = |(place, task): (usize, &NetworkTask<'_>)| {
        let of = (task.class, task.stream(), task.samples.len());
        Progression::new(round.method, of, place as u32, starts[place] as u32)
    };
    let mut networks: Vec<Progression> = round.tasks.iter().enumerate().map(follow).collect();
    let (mut memory, _) = trainer.memory(&round.tasks, &starts, &networks)?;
    trainer.launch(&mut networks, &mut memory)?;
    let share = 1.0 - round.method.betas[0] as f32;
    let gradients: Vec<f32> = memory.first.download()?.into_iter().map(|moment| moment / share).collect();
    Ok(gradients.chunks(round.architecture.parameters()).map(<[f32]>::to_vec).collect())
}

/// Networks whose rows fit a buffer of `chunk` rows together, in order.
fn parts(starts: &[usize], chunk: usize) -> Vec<Range<usize>> {
    let (mut parts, mut first) = (Vec::new(), 0);
    for end in 1..starts.len() {
        if starts[end] - starts[first] > chunk {
            parts.push(first..end - 1);
            first = end - 1;
        }
    }
    parts.push(first..starts.len() - 1);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_all_networks_and_never_exceed_the_buffer() {
        assert_eq!(parts(&[0, 3, 5, 9, 10], 5), [0..2, 2..4]);
        assert_eq!(parts(&[0, 5, 10], 5), [0..1, 1..2]);
        assert_eq!(parts(&[0, 5, 6], 7).len(), 1);
    }
}
