//! Multinomial logistic regression: the objective, its minimum and the strength of its penalty.

pub(crate) mod design;
pub(crate) mod fit;
pub(crate) mod lbfgs;
pub(crate) mod method;
pub(crate) mod model;
pub(crate) mod objective;
pub(crate) mod preconditioner;
pub(crate) mod selection;
pub(crate) mod softmax;
