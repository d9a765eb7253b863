//! No files of a crate import each other in a circle, so that every crate can be read file by file.
//!
//! A file imports another by a `use`, or by a path in code, that leads to something defined there. Re-exports are
//! followed to the definition: a `mod.rs` or `lib.rs` that only declares and re-exports is in no circle. Comments,
//! strings, documentation, attributes and the crate's own tests do not count.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

mod imports;

use std::path::{Path, PathBuf};

use imports::circles::{circles, unread};
use imports::sources::Sources;

/// (crate, its sources).
fn crates() -> Vec<(String, Sources)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("crates");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let sources = folders.into_iter().filter(|folder| folder.join("src").is_dir()).map(|folder| {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        (name, Sources::of_folder(&folder.join("src")))
    });
    sources.collect()
}

#[test]
fn no_files_of_a_crate_import_each_other_in_a_circle() {
    let mut report = String::new();
    for (name, sources) in crates() {
        for circle in circles(&sources) {
            report.push_str(&format!("{name}\n{circle}"));
        }
    }
    assert!(report.is_empty(), "files import each other in circles:\n{report}");
}

#[test]
fn every_file_is_read() {
    for (name, sources) in crates() {
        assert_eq!(unread(&sources), [""; 0], "{name} has files that no module declares");
    }
}

/// A crate whose files are written here.
fn tree(files: &[(&str, &str)]) -> Sources {
    Sources(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect())
}

/// The files of every circle, in order.
fn found(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let owned = |circle: imports::circles::Circle| circle.files().into_iter().map(str::to_owned).collect();
    circles(&tree(files)).into_iter().map(owned).collect()
}

/// What is found where `a.rs` has the text and `b.rs` imports `a.rs`.
fn with_import_of_a_in_b(a: &str) -> Vec<Vec<String>> {
    let a = format!("pub struct A; {a}");
    let b = "use crate::a::A; pub struct B; pub fn f() -> A {}";
    found(&[("lib.rs", "mod a; mod b; pub use b::B;"), ("a.rs", &a), ("b.rs", b)])
}

#[test]
fn a_circle_of_two_files_is_found_however_it_is_written() {
    let imports = [
        "use crate::b::B;",
        "use crate::b::B as C;",
        "use super::b::B;",
        "use self::super::b::B;",
        "use crate::B;",
        "use crate::{b::{B, f}};",
        "use crate::{b::{self}}; fn g() { b::f() }",
        "use crate::b as other; fn g() { other::f() }",
        "use crate::b::*;",
        "fn g() { crate::b::f(); }",
        "fn g() { use crate::b::f; f() }",
        "fn g(_: super::b::B) {}",
        "fn g() { assert!(true, \"{:?}\", crate::b::f()); }",
        "mod inner { use super::super::b::B; }",
        "impl From<crate::b::B> for A {}",
        "pub use crate::b::B;",
    ];
    for import in imports {
        assert_eq!(with_import_of_a_in_b(import), [["a.rs", "b.rs"]], "{import}");
    }
}

#[test]
fn what_is_no_import_closes_no_circle() {
    let others = [
        "",
        "// use crate::b::B;",
        "/// As [`B`](crate::b::B).\nstruct C;",
        "const TEXT: &str = \"use crate::b::B;\";",
        "#[cfg(test)] mod tests { use crate::b::B; use super::*; }",
        "#[cfg(all(test, unix))] mod tests { use crate::b::B; }",
        "#[cfg(test)] use crate::b::B;",
        "use ::b::B;",
        "use other::b::B;",
        "fn b() {} fn g() { b() }",
        "pub(in crate::b) struct C;",
    ];
    for other in others {
        assert_eq!(with_import_of_a_in_b(other), [[""; 0]; 0], "{other}");
    }
}

#[test]
fn a_circle_of_three_files_is_found_in_order() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::c::C; pub struct A;"),
        ("b.rs", "use crate::a::A; pub struct B;"),
        ("c.rs", "use crate::b::B; pub struct C;"),
        ("d.rs", "use crate::a::A; pub struct D;"),
    ];
    assert_eq!(found(&files), [["a.rs", "c.rs", "b.rs"]]);
    let circle = circles(&tree(&files))[0].to_string();
    assert!(circle.contains("a.rs -> c.rs -> b.rs -> a.rs") && circle.contains("a.rs names crate::c::C"), "{circle}");
}

#[test]
fn a_chain_is_no_circle() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; pub use a::A; pub use c::C;"),
        ("a.rs", "use crate::b::B; use crate::C; pub struct A;"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "pub struct C;"),
    ];
    assert_eq!(found(&files), [[""; 0]; 0]);
}

#[test]
fn two_circles_that_share_a_file_are_one_component() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; use crate::c::C; pub struct A;"),
        ("b.rs", "use crate::a::A; pub struct B;"),
        ("c.rs", "use crate::a::A; pub struct C;"),
    ];
    let circles = circles(&tree(&files));
    assert_eq!((circles.len(), circles[0].files().len(), circles[0].others.len()), (1, 2, 1));
}

#[test]
fn a_circle_through_a_reexport_is_found_between_the_files_that_define() {
    let reexports = [
        ("pub(crate) mod a; pub(crate) mod b; pub(crate) use a::A;", "use crate::room::A;"),
        ("pub(crate) mod a; pub(crate) mod b; pub(crate) use a::A as Other;", "use super::Other;"),
        ("pub(crate) mod a; pub(crate) mod b; pub(crate) use a::*;", "use crate::room::A;"),
        ("pub(crate) mod a; pub(crate) mod b; pub(crate) use self::a::{A};", "use super::*;"),
    ];
    for (room, b) in reexports {
        let b = format!("{b} pub struct B;");
        let a = "use crate::room::b::B; pub struct A;";
        let files = [("lib.rs", "mod room;"), ("room/mod.rs", room), ("room/a.rs", a), ("room/b.rs", &b)];
        assert_eq!(found(&files), [["room/a.rs", "room/b.rs"]], "{room}");
    }
}

#[test]
fn imports_of_each_other_end() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::a; use a::*;"),
        ("a.rs", "pub use super::*; pub use crate::b::b; pub fn a() { crate::none() }"),
        ("b.rs", "pub use super::b::*; pub use crate::b::c as b;"),
    ];
    assert_eq!(found(&files), [[""; 0]; 0]);
}

#[test]
fn a_module_that_only_declares_and_reexports_is_in_no_circle() {
    let room = "pub(crate) mod a; pub(crate) mod b; pub(crate) use a::A;";
    let a = "pub struct A;";
    let b = "use crate::room; use super::A; fn f() -> room::A {}";
    let files = [("lib.rs", "mod room;"), ("room/mod.rs", room), ("room/a.rs", a), ("room/b.rs", b)];
    assert_eq!(found(&files), [[""; 0]; 0]);
}

#[test]
fn a_parent_with_code_and_a_child_that_import_each_other_are_a_circle() {
    let child = "use super::Parent; pub struct Child;";
    let parent = "mod child; use child::Child; pub struct Parent(Child);";
    let in_folder = [("lib.rs", "mod room;"), ("room/mod.rs", parent), ("room/child.rs", child)];
    assert_eq!(found(&in_folder), [["room/child.rs", "room/mod.rs"]]);
    let beside_folder = [("lib.rs", "mod room;"), ("room.rs", parent), ("room/child.rs", child)];
    assert_eq!(found(&beside_folder), [["room.rs", "room/child.rs"]]);
}

#[test]
fn twins_of_one_name_are_both_followed() {
    let root = "#[cfg(unix)] mod unit; #[cfg(not(unix))] #[path = \"no_unit.rs\"] mod unit; mod user;";
    let user = "use crate::unit::work; pub struct User;";
    let files = [
        ("lib.rs", root),
        ("unit.rs", "pub fn work() {}"),
        ("no_unit.rs", "use crate::user::User; pub fn work() {}"),
        ("user.rs", user),
    ];
    assert_eq!(found(&files), [["no_unit.rs", "user.rs"]]);
}
