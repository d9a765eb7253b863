//! The votes of neighbors for classes.

/// Weights of the classes that one sample's neighbors have, in the order in which the classes were first met.
///
/// That order settles ties: of equal weights the class met first, which the nearest of the voters has, wins, whatever
/// the classes are called.
#[derive(Clone, Debug, Default)]
pub(crate) struct Votes {
    classes: Vec<u32>,
    weights: Vec<f64>,
}

impl Votes {
    /// Forgets all votes.
    pub(crate) fn clear(&mut self) {
        self.classes.clear();
        self.weights.clear();
    }

    pub(crate) fn add(&mut self, class: u32, weight: f64) {
        match self.classes.iter().position(|known| *known == class) {
            Some(place) => self.weights[place] += weight,
            None => {
                self.classes.push(class);
                self.weights.push(weight);
            }
        }
    }

    /// The weight of `class`; 0 for a class without votes.
    pub(crate) fn of(&self, class: u32) -> f64 {
        self.classes.iter().position(|known| *known == class).map_or(0.0, |place| self.weights[place])
    }

    /// The weights of all classes that have votes.
    pub(crate) fn weights(&self) -> &[f64] {
        &self.weights
    }

    pub(crate) fn total(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The class with the most weight.
    pub(crate) fn winner(&self) -> Option<u32> {
        let mut best: Option<(u32, f64)> = None;
        for (&class, &weight) in self.classes.iter().zip(&self.weights) {
            if best.is_none_or(|(_, most)| weight > most) {
                best = Some((class, weight));
            }
        }
        best.map(|(class, _)| class)
    }
}
