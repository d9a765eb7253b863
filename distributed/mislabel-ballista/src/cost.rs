//! `mislabel-worker cost`.

use mislabel_datafusion::{Constants, CostModel, Error, Result};

use crate::arguments::{CostArguments, Processor};
use crate::detect::{layout, said};

/// Prints a column for every number of rows.
pub(crate) fn cost(arguments: &CostArguments) -> Result<()> {
    let models: Vec<CostModel> = arguments.rows.iter().map(|rows| model(arguments, *rows)).collect();
    models.iter().try_for_each(CostModel::check)?;
    let prices = prices(arguments)?;
    for line in table(&models, prices) {
        said(&line)?;
    }
    if models.iter().any(CostModel::own_models_are_read_again) {
        said(&format!(
            "Models of the classes' own samples take {}, more than a process keeps ({}): rows in any order read them again for \
             every batch. No figure includes this. Sort the files by label (--layout sorted), or raise --own-models-memory.",
            bytes(models[0].own_models_bytes()),
            bytes(arguments.own_models.own_models_memory as f64)
        ))?;
    }
    Ok(())
}

fn model(arguments: &CostArguments, rows: f64) -> CostModel {
    CostModel {
        bytes_per_value: arguments.bytes_per_value,
        rounds: arguments.rounds,
        dropped_share: arguments.dropped_share,
        layout: layout(arguments.layout),
        threads_per_machine: arguments.threads,
        utilization: arguments.utilization,
        hours: arguments.hours,
        own_models_memory: arguments.own_models.own_models_memory,
        constants: match arguments.processor {
            Processor::MatrixUnit => Constants::MATRIX_UNIT,
            Processor::ByteVectors => Constants::BYTE_VECTORS,
        },
        ..CostModel::new(rows, arguments.features, arguments.classes)
    }
}

/// Prices of a machine for an hour and of reading 10¹² bytes, where one is named.
fn prices(arguments: &CostArguments) -> Result<Option<(f64, f64)>> {
    let named = [("--machine-price", arguments.machine_price), ("--read-price", arguments.read_price)];
    for (name, price) in named {
        if let Some(price) = price.filter(|price| !(price.is_finite() && *price >= 0.0)) {
            return Err(Error::Input(format!("{name} {price}: a price is 0 or more")));
        }
    }
    let any = named.iter().any(|(_, price)| price.is_some());
    Ok(any.then(|| (arguments.machine_price.unwrap_or(0.0), arguments.read_price.unwrap_or(0.0))))
}

fn table(models: &[CostModel], prices: Option<(f64, f64)>) -> Vec<String> {
    let line = |name: &str, cell: &dyn Fn(&CostModel) -> String| {
        let cells: String = models.iter().map(|model| format!("{:>12}", cell(model))).collect();
        format!("{name:<32}{cells}")
    };
    let mut lines = vec![
        line("rows", &|model| format!("{:e}", model.samples)),
        line("microseconds a row", &|model| format!("{:.1}", model.microseconds())),
        line("thread hours", &|model| format!("{:.1}", model.thread_hours())),
        line("machines", &|model| format!("{:.0}", model.machines())),
        line("read, in all passes", &|model| bytes(model.bytes_read())),
        line("read by a machine in a second", &|model| bytes(model.read_rate())),
        line("shuffled, at most", &|model| bytes(model.shuffled())),
        line("memory of an executor", &|model| bytes(model.executor_memory())),
        line("written, about", &|model| bytes(model.bytes_written())),
    ];
    if let Some((machine, read)) = prices {
        lines.push(line("price", &|model| format!("{:.2}", model.price(machine, read))));
    }
    lines
}

/// A number of bytes in units of a thousand.
fn bytes(count: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let place = ((count.max(1.0).log10() / 3.0) as usize).min(units.len() - 1);
    format!("{:.1} {}", count / 1000_f64.powi(place as i32), units[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_cell_for_every_size() {
        let models = [1e8, 1e10].map(|rows| CostModel::new(rows, 768, 1000));
        let lines = table(&models, Some((2.0, 0.0)));
        assert_eq!(lines.len(), 10);
        assert!(lines.iter().all(|line| line.len() == 32 + 2 * 12), "{lines:#?}");
        assert!(lines[9].starts_with("price"));
        assert_eq!(table(&models, None).len(), 9);
    }

    #[test]
    fn bytes_have_the_unit_that_fits() {
        let said = [0.0, 999.0, 1e3, 37.8e9, 4.6e13].map(bytes);
        assert_eq!(said, ["0.0 B", "999.0 B", "1.0 kB", "37.8 GB", "46.0 TB"]);
    }
}
