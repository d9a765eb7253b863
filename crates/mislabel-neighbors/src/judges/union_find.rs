//! Disjoint sets of samples.

/// Sets of the numbers 0..n, each headed by its least member; logarithmic time per operation on average.
pub(crate) struct UnionFind {
    parents: Vec<u32>,
}

impl UnionFind {
    pub(crate) fn new(n: usize) -> Self {
        Self { parents: (0..n as u32).collect() }
    }

    /// Joins the sets of `a` and `b`.
    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.head(a), self.head(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }

    /// The sets of at least two members, each ascending, in order of their heads.
    pub(crate) fn groups(mut self) -> Vec<Vec<u32>> {
        let heads: Vec<u32> = (0..self.parents.len() as u32).map(|member| self.head(member)).collect();
        let mut places = vec![usize::MAX; heads.len()];
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for (member, &head) in heads.iter().enumerate().filter(|(member, head)| *member != **head as usize) {
            let place = &mut places[head as usize];
            if *place == usize::MAX {
                *place = groups.len();
                groups.push(vec![head]);
            }
            groups[*place].push(member as u32);
        }
        groups.sort_unstable_by_key(|group| group[0]);
        groups
    }

    fn head(&mut self, member: u32) -> u32 {
        let mut at = member;
        while self.parents[at as usize] != at {
            // Every other step of the path is skipped the next time.
            self.parents[at as usize] = self.parents[self.parents[at as usize] as usize];
            at = self.parents[at as usize];
        }
        at
    }
}
