//! `mislabel-worker score`: rows from another engine.

use std::io::{self, BufReader, BufWriter};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;
use mislabel_datafusion::{Engine, Error, Result, is_posterior, name, quoted, set_own_models_memory};

use crate::arguments::ScoreArguments;
use crate::detect::columns;

/// Reads a stream of batches, scores each, and writes a stream of as many rows in the same order.
pub(crate) async fn score(arguments: &ScoreArguments) -> Result<()> {
    set_own_models_memory(arguments.own_models.own_models_memory);
    let engine = Engine::embedded(Some(1))?;
    let columns = columns(&arguments.columns)?;
    let (id, embedding, label) = (name(&columns.id), name(&columns.embedding), name(&columns.label));
    let model = quoted(&arguments.model);
    let posterior = is_posterior(&arguments.model).await?;
    let (called, fields) = match posterior {
        true => ("mislabel_posterior", ["quality", "own", "least"]),
        false => ("mislabel_rer", ["own", "least", "second"]),
    };
    let fields: String = fields.iter().map(|field| format!(", get_field(s, '{field}') AS {field}")).collect();
    let function = match arguments.unseen {
        true => format!("{called}_unseen({embedding}, {label}, {model})"),
        false => format!("{called}({embedding}, {label}, {model}, {id})"),
    };
    let sql = format!(
        "SELECT {id} AS id, {label} AS label, get_field(s, 'suggested') AS suggested{fields} FROM (SELECT *, {function} AS s FROM rows)"
    );
    let failed = |error| Error::engine("scoring")(error);
    let stream = |error: datafusion::arrow::error::ArrowError| Error::Input(format!("the Arrow stream: {error}"));
    let input = StreamReader::try_new(BufReader::new(io::stdin()), None).map_err(stream)?;
    let mut output: Option<StreamWriter<BufWriter<io::Stdout>>> = None;
    let empty = RecordBatch::new_empty(input.schema());
    // The empty batch gives the schema of a stream that has no rows.
    for batch in std::iter::once(Ok(empty)).chain(input) {
        let context = engine.context();
        context.deregister_table("rows").map_err(failed)?;
        context.register_batch("rows", batch.map_err(stream)?).map_err(failed)?;
        let frame = context.sql(&sql).await.map_err(failed)?;
        let schema = std::sync::Arc::new(frame.schema().as_arrow().clone());
        let writer = match &mut output {
            Some(writer) => writer,
            none => none.insert(StreamWriter::try_new(BufWriter::new(io::stdout()), &schema).map_err(stream)?),
        };
        for scored in frame.collect().await.map_err(failed)? {
            writer.write(&scored).map_err(stream)?;
        }
    }
    output.map_or(Ok(()), |mut writer| writer.finish().map_err(stream))
}
