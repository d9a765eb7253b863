//! How a graph takes pictures.

use rten::{DataType, Value};
use rten_tensor::Tensor;

use crate::embedder::Prepared;
use crate::onnx::graph::{Graph, Port, described};
use crate::onnx::output::output;
use crate::onnx::plan::{FOREIGN, Plan, Work};
use crate::preset::draft::Draft;
use crate::preset::pictures::{PictureInput, Preprocessing};
use crate::preset::setting::{Setting, Told};
use crate::preset::values::Layout;

/// How `graph` takes pictures, by what `draft` and the graph say.
///
/// # Errors
/// What nothing tells, and what contradicts the graph.
pub(crate) fn pictures(graph: &Graph, draft: &Draft) -> Result<Plan, String> {
    let port = picture_port(&graph.inputs(), draft.input.as_ref())?;
    let (input, takes_one) = picture_input(&port.value)?;
    let (preprocessing, mut settings) = Preprocessing::new(draft, input)?;
    settings.insert(0, Setting { name: "input.name", value: port.value.name.clone(), from: port.from });
    let layout = preprocessing.layout;
    let work = Work::Pictures { input: port.value.id, takes_one, preprocessing: Box::new(preprocessing) };
    let output = output(graph, draft.output.as_ref(), false)?;
    let (pool, normalize) = (draft.pool.clone(), draft.normalize.clone());
    Ok(Plan { work, output, pool, normalize, layout, settings, libraries: Preprocessing::library().into() })
}

/// The input of four axes, or the one that is named.
fn picture_port(inputs: &[Port], named: Option<&Told<String>>) -> Result<Told<Port>, String> {
    let problem = |what: &str| format!("{what}: the inputs are {}", described(inputs));
    if let Some(Told { value: name, from }) = named {
        let found = inputs.iter().find(|port| port.name == *name);
        return found
            .map(|port| Told::new(port.clone(), from))
            .ok_or_else(|| problem(&format!("input.name = {name:?}")));
    }
    let is_picture = |port: &&Port| port.axes.as_ref().is_some_and(|axes| axes.len() == 4);
    match (inputs.iter().filter(is_picture).collect::<Vec<_>>().as_slice(), inputs) {
        ([only], _) => Ok(Told::new((*only).clone(), "the only input of four axes")),
        ([], [only]) if only.axes.is_none() => Ok(Told::new(only.clone(), "the only input")),
        ([], _) => Err(problem("it takes no pictures, which have four axes")),
        _ => Err(problem("name the one of pictures with input.name in a preset file")),
    }
}

/// What `port` says of pictures, and whether it takes one at a time.
fn picture_input(port: &Port) -> Result<(PictureInput, bool), String> {
    let wrong = |what: &str| format!("the input {} {what}", port.described());
    let takes_bytes = match port.kind {
        None | Some(DataType::Float) => false,
        Some(DataType::UInt8) => true,
        Some(_) => return Err(wrong("takes neither f32 nor bytes")),
    };
    let Some(axes) = &port.axes else { return Ok((PictureInput { layout: None, size: None, takes_bytes }, false)) };
    let &[count, one, two, three] = axes.as_slice() else { return Err(wrong("has other than four axes")) };
    let (layout, height, width) = match (one, three) {
        (Some(3), Some(3)) => (None, None, None),
        (Some(3), _) => (Some(Layout::Nchw), two, three),
        (_, Some(3)) => (Some(Layout::Nhwc), one, two),
        (None, None) => (None, None, None),
        (Some(_), _) | (_, Some(_)) if one.is_some_and(|one| one < 16) || three.is_some_and(|three| three < 16) => {
            return Err(wrong("does not take three channels"));
        }
        _ => (None, None, None),
    };
    match count {
        None | Some(1) => Ok((PictureInput { layout, size: height.zip(width), takes_bytes }, count == Some(1))),
        Some(count) => Err(wrong(&format!("takes exactly {count} pictures at once: export it with dynamic axes"))),
    }
}

/// The pixels of a batch as the graph takes them.
///
/// # Errors
/// What another embedder prepared.
pub(crate) fn picture_value(preprocessing: &Preprocessing, batch: &[Prepared]) -> Result<Value, String> {
    let batch = pixels(batch)?;
    let (height, width) = preprocessing.size;
    let shape = match preprocessing.layout {
        Layout::Nchw => [batch.len(), 3, height, width],
        Layout::Nhwc => [batch.len(), height, width, 3],
    };
    let Some(scaling) = preprocessing.scaling else {
        let tensor = Tensor::try_from_data(&shape[..], batch.concat()).map_err(|error| error.to_string())?;
        return Ok(Value::from(tensor));
    };
    let mut numbers = Vec::with_capacity(shape.iter().product());
    batch.iter().for_each(|bytes| preprocessing.scale(scaling, bytes, &mut numbers));
    let tensor = Tensor::try_from_data(&shape[..], numbers).map_err(|error| error.to_string())?;
    Ok(Value::from(tensor))
}

fn pixels(batch: &[Prepared]) -> Result<Vec<&[u8]>, String> {
    fn bytes(prepared: &Prepared) -> Result<&[u8], String> {
        match prepared {
            Prepared::Pixels(bytes) => Ok(bytes),
            _ => Err(FOREIGN.to_owned()),
        }
    }
    batch.iter().map(bytes).collect()
}
