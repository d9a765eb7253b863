//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_io::{
    Backing, ClassNames, Classes, EmbeddingFile, Error, FloatFormat, Header, IssueColumns, IssueTable, LabelColumn,
    LabelFile, LabelForm, LabelValues, ProbabilityFile, ProbabilityWriter, ReadOptions, StoredProbability,
    VerifiedFile,
};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<Backing>();
    assert::<ClassNames>();
    assert::<Classes>();
    assert::<EmbeddingFile>();
    assert::<Error>();
    assert::<FloatFormat>();
    assert::<Header>();
    assert::<IssueColumns>();
    assert::<IssueTable>();
    assert::<LabelColumn>();
    assert::<LabelFile>();
    assert::<LabelForm>();
    assert::<LabelValues>();
    assert::<ProbabilityFile>();
    assert::<ProbabilityWriter>();
    assert::<ReadOptions>();
    assert::<StoredProbability>();
    assert::<VerifiedFile>();
}
