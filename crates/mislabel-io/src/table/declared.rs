//! What the metadata of a file say of its columns: pandas' index, Hugging Face's features.

use arrow_schema::Metadata;
use serde_json::Value;

use crate::table::column::{Column, ColumnKind};

/// Notes in `columns` what `metadata` of a Parquet or Arrow file say of them.
pub(crate) fn declare(columns: &mut [Column], metadata: &Metadata) {
    let parsed = |key: &str| metadata.get(key).and_then(|text| serde_json::from_str::<Value>(text).ok());
    if let Some(pandas) = parsed("pandas") {
        let names =
            pandas.get("index_columns").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for name in names {
            columns.iter_mut().filter(|column| column.name == name).for_each(|column| column.declared.is_index = true);
        }
    }
    let Some(hugging_face) = parsed("huggingface") else { return };
    let features = hugging_face.get("info").and_then(|info| info.get("features")).and_then(Value::as_object);
    for (name, feature) in features.into_iter().flatten() {
        columns.iter_mut().filter(|column| column.name == *name).for_each(|column| declare_feature(column, feature));
    }
}

fn declare_feature(column: &mut Column, feature: &Value) {
    match feature.get("_type").and_then(Value::as_str) {
        Some("ClassLabel") => {
            let names = feature.get("names").and_then(Value::as_array);
            let names: Option<Vec<String>> =
                names.and_then(|names| names.iter().map(|name| name.as_str().map(Into::into)).collect());
            column.declared.classes = Some(names.unwrap_or_default());
        }
        Some("Image" | "Audio" | "Video" | "Pdf") => {
            column.declared.is_media = true;
            if !column.kind.is_text() {
                column.kind = ColumnKind::Media;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use arrow_schema::{DataType, Field};

    use super::*;

    #[test]
    fn the_index_of_pandas_and_the_classes_of_hugging_face_are_noted() {
        let field = |name: &str| Column::of_field(&Field::new(name, DataType::Int64, true));
        let mut columns = [field("__index_level_0__"), field("label"), field("x")];
        let pandas = r#"{"index_columns": ["__index_level_0__", {"kind": "range"}]}"#;
        let hugging_face = r#"{"info":{"features":{"label":{"names":["cat","dog"],"_type":"ClassLabel"},"x":{"dtype":"int64","_type":"Value"}}}}"#;
        let metadata =
            [("pandas", pandas), ("huggingface", hugging_face)].map(|(key, text)| (key.to_owned(), text.to_owned()));
        declare(&mut columns, &metadata.into_iter().collect());
        assert!(columns[0].declared.is_index && !columns[2].declared.is_index);
        assert_eq!(columns[1].declared.classes.as_deref(), Some(&["cat".to_owned(), "dog".to_owned()][..]));
        assert_eq!(columns[2].declared.classes, None);
    }
}
