//! Samples called as their file calls them.

use crate::page::ReportPage;

impl ReportPage {
    /// The same page with `numbers`, `(n,)`, in place of the samples' places among those that were judged, and with their
    /// `names`, `(n,)`, where they have some: rows without a label are in the file, but are not judged. Panics where there are
    /// fewer than n, as slices do.
    #[must_use]
    pub fn called(mut self, numbers: &[usize], names: Option<&[&str]>) -> Self {
        let number = |sample: usize| numbers[sample];
        let short = |sample: &mut u32| *sample = number(*sample as usize) as u32;
        for suspect in &mut self.suspects {
            suspect.id = names.map(|names| names[suspect.sample].into()).or(suspect.id.take());
            suspect.sample = number(suspect.sample);
            let near = suspect.same_class.iter_mut().chain(&mut suspect.other_classes);
            near.for_each(|near| near.sample = number(near.sample));
        }
        self.map.iter_mut().flat_map(|map| &mut map.samples).for_each(short);
        if let Some(view) = &mut self.importance {
            view.samples.iter_mut().for_each(short);
            let shown = view.classes.iter_mut().flat_map(|class| class.most.iter_mut().chain(&mut class.least));
            shown.for_each(|measured| short(&mut measured.sample));
        }
        let copies = self.facts.copies.iter_mut().flat_map(|copies| &mut copies.listed).flatten();
        copies.for_each(|copy| short(&mut copy.sample));
        self.exhibits = self.exhibits.into_iter().map(|(row, shown)| (number(row as usize) as u32, shown)).collect();
        self
    }
}
