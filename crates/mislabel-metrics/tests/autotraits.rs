//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_metrics::{
    BestF1, Binning, Calibration, CurvePoints, Cut, Evaluation, FlagCounts, Measured, PrecisionRecallCurve, Ranking,
    ReliabilityBin, RocCurve, Ties,
};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<BestF1>();
    assert::<Binning>();
    assert::<Calibration>();
    assert::<CurvePoints>();
    assert::<Cut>();
    assert::<Evaluation>();
    assert::<FlagCounts>();
    assert::<Measured>();
    assert::<PrecisionRecallCurve>();
    assert::<Ranking>();
    assert::<ReliabilityBin>();
    assert::<RocCurve>();
    assert::<Ties>();
}
