//! Which block of threads trains which networks, and in what order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Tasks dealt out to blocks of threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// The tasks' numbers, block by block.
    pub(crate) order: Vec<usize>,
    /// Where every block's tasks start in `order`, and where the last one's end.
    pub(crate) starts: Vec<u32>,
}

impl Schedule {
    /// Deals tasks with these `costs` out to at most `blocks` blocks: the costliest first, each to the block with the
    /// least to do (Graham 1969: never a third longer than the best schedule). Ties go to the lower number.
    pub(crate) fn new(costs: &[u64], blocks: usize) -> Self {
        let blocks = blocks.min(costs.len()).max(1);
        let mut by_cost: Vec<usize> = (0..costs.len()).collect();
        by_cost.sort_by_key(|task| (Reverse(costs[*task]), *task));
        let mut loads: BinaryHeap<Reverse<(u64, usize)>> = (0..blocks).map(|block| Reverse((0, block))).collect();
        let mut dealt = vec![Vec::new(); blocks];
        for task in by_cost {
            let Some(Reverse((load, block))) = loads.pop() else { break };
            dealt[block].push(task);
            loads.push(Reverse((load + costs[task], block)));
        }
        let mut starts = vec![0];
        starts.extend(dealt.iter().scan(0, |end, tasks| {
            *end += tasks.len() as u32;
            Some(*end)
        }));
        Self { order: dealt.concat(), starts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loads(schedule: &Schedule, costs: &[u64]) -> Vec<u64> {
        let load = |pair: &[u32]| schedule.order[pair[0] as usize..pair[1] as usize].iter().map(|i| costs[*i]).sum();
        schedule.starts.windows(2).map(load).collect()
    }

    #[test]
    fn every_task_is_dealt_once_and_no_block_is_overloaded() {
        let costs: Vec<u64> = (0..1_000).map(|i| 1 + i * i * 7_919 % 1_013).collect();
        let schedule = Schedule::new(&costs, 264);
        let mut seen = schedule.order.clone();
        seen.sort_unstable();
        assert_eq!(seen, (0..1_000).collect::<Vec<_>>());
        let best = costs.iter().sum::<u64>().div_ceil(264).max(1_013);
        assert!(loads(&schedule, &costs).into_iter().all(|load| 3 * load <= 4 * best));
    }

    #[test]
    fn there_are_never_more_blocks_than_tasks() {
        assert_eq!(Schedule::new(&[5, 9], 7), Schedule { order: vec![1, 0], starts: vec![0, 1, 2] });
        assert_eq!(Schedule::new(&[], 7).starts, [0, 0]);
    }
}
