//! Saved autoencoders: what loads gives errors of finite samples, and saves as it was.

#![no_main]

use mislabel_core::{EmbeddingMatrix, Run};
use mislabel_fuzz::readers::with_file;
use mislabel_reconstruct::AutoencoderModel;

const MARK: &[u8] = b"MLAECODR\x01\0\0\0";
/// Parameters of a model that errors are asked of, at most.
const MOST_PARAMETERS: usize = 4096;

fn use_model(model: &AutoencoderModel) {
    if model.features() > 64 || model.class_count() > 64 || model.architecture().parameters() > MOST_PARAMETERS {
        return;
    }
    let rows = EmbeddingMatrix::from_values(vec![0.0; model.features()], model.features()).expect("finite features");
    if let Ok(errors) = model.errors(&rows, &Run::quiet()) {
        assert_eq!(errors.dim(), (1, model.class_count()));
        assert!(errors.iter().all(|error| *error >= 0.0), "{errors}");
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let body = [MARK, content].concat();
    let file = match first % 8 {
        0 => content.to_vec(),
        // A checksum that is right, so that what lies behind it is reached.
        _ => [body.as_slice(), &crc32fast::hash(&body).to_le_bytes()].concat(),
    };
    if let Ok(model) = AutoencoderModel::from_bytes(&file) {
        assert_eq!(model.to_bytes(), file);
        use_model(&model);
        if first == 1 {
            with_file("model", b"", |path| {
                model.save(path).expect("a file that can be written");
                assert_eq!(AutoencoderModel::load(path).expect("the model").to_bytes(), file);
            });
        }
    }
});
