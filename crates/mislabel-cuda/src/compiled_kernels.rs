//! What the run-time compiler says of every kernel, without a device.

use crate::compilation::compiler::Compiler;
use crate::emulation::emulator::skipped;
use crate::every_kernel::SOURCES;

/// Compiled for wherever the compiler knows them: Ampere, Hopper, and the Blackwell of workstations.
const CAPABILITIES: &[i32] = &[80, 90, 120];

/// One kernel as the compiler's report describes it.
#[derive(Debug, PartialEq, Eq)]
struct Report {
    kernel: String,
    registers: usize,
    spilled: usize,
    stack: usize,
}

/// The compiler, or `None` and a message.
fn compiler() -> Option<Compiler> {
    match Compiler::find() {
        Ok(compiler) => Some(compiler),
        Err(error) => {
            // CI installs the compiler, so there its absence is a failure.
            let required = std::env::var_os("MISLABEL_NVRTC_REQUIRED").is_some();
            assert!(!required, "{error}");
            skipped(&format!("the kernels are not compiled: {error}"));
            None
        }
    }
}

/// The lines "Compiling entry function 'k' for …", "… bytes stack frame, … bytes spill stores, …", "Used … registers, …".
fn reports(log: &str) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for line in log.lines() {
        if let Some(name) = line.split('\'').nth(1).filter(|_| line.contains("Compiling entry function")) {
            reports.push(Report { kernel: name.to_owned(), registers: 0, spilled: 0, stack: 0 });
        }
        let Some(report) = reports.last_mut() else { continue };
        let number_before = |word: &str| {
            let (before, _) = line.split_once(word)?;
            before.rsplit(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse::<usize>().ok()
        };
        report.stack += number_before(" bytes stack frame").unwrap_or(0);
        report.spilled += number_before(" bytes spill stores").unwrap_or(0);
        report.spilled += number_before(" bytes spill loads").unwrap_or(0);
        report.registers += number_before(" registers").unwrap_or(0);
    }
    reports
}

#[test]
fn the_report_of_the_compiler_is_understood() {
    let log = "ptxas info    : Compiling entry function 'sum' for 'sm_90'\nptxas info    : Function properties for sum\n    \
               8 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads\nptxas info    : Used 38 registers, used 1 barriers\n";
    assert_eq!(reports(log), [Report { kernel: "sum".to_owned(), registers: 38, spilled: 16, stack: 8 }]);
}

#[test]
fn every_kernel_compiles_for_every_architecture_without_spilling_registers() {
    let Some(compiler) = compiler() else { return };
    let known = compiler.capabilities().unwrap();
    for capability in CAPABILITIES.iter().filter(|capability| known.contains(capability)) {
        for source in SOURCES {
            let compiled = compiler.compile(source, &format!("sm_{capability}")).unwrap();
            assert!(!compiled.image.is_empty());
            let reports = reports(&compiled.log);
            let names: Vec<&str> = reports.iter().map(|report| report.kernel.as_str()).collect();
            let missing: Vec<_> = source.kernels.iter().filter(|kernel| !names.contains(kernel)).collect();
            assert!(missing.is_empty(), "{}: {missing:?} are not in the report:\n{}", source.file, compiled.log);
            for report in reports {
                println!("sm_{capability} {} {report:?}", source.file);
                assert_eq!((report.spilled, report.stack), (0, 0), "{report:?} for sm_{capability}:\n{}", compiled.log);
            }
        }
    }
}
