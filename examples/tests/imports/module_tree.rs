//! The modules of a crate, and what each says of other modules.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::Reader;
use super::sources::Sources;

/// A path as it is written, one name a segment: `crate`, `search`, `scope`, `Scope`.
pub(crate) type Segments = Vec<String>;

/// A name that a `use` brings into a module.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    /// The name inside the module; `None` for a glob.
    pub(crate) name: Option<String>,
    /// What it stands for.
    pub(crate) path: Segments,
    /// Whether other modules can import it from here.
    pub(crate) is_reexport: bool,
}

/// One module; several may stand in one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Module {
    pub(crate) file: String,
    /// The folder of the files of its child modules, with a slash at the end unless it is `src/` itself.
    pub(crate) folder: String,
    pub(crate) parent: Option<usize>,
    /// Compiled for the crate's own tests only.
    pub(crate) is_test: bool,
    /// Twins that exclude each other (`#[cfg]`) have one name.
    pub(crate) children: BTreeMap<String, Vec<usize>>,
    /// The names that are defined here, but for modules.
    pub(crate) items: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    /// Paths of two segments and more that stand in code.
    pub(crate) paths: Vec<Segments>,
}

/// The modules under one root; the root is the first.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModuleTree {
    pub(crate) modules: Vec<Module>,
}

impl ModuleTree {
    /// Of the root `lib.rs` or another one.
    pub(crate) fn of(sources: &Sources, root: &str) -> Self {
        let mut tree = Self::default();
        let folder = folder_of(root).to_owned();
        tree.add_file(sources, Module { file: root.to_owned(), folder, ..Module::default() });
        tree
    }

    /// Adds a module and those that it declares; gives its place.
    pub(crate) fn add_file(&mut self, sources: &Sources, module: Module) -> usize {
        let text = &sources.0[&module.file];
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", module.file));
        self.add_items(sources, module, &file.items)
    }

    /// As [`add_file`](Self::add_file), of a module whose items are at hand.
    pub(crate) fn add_items(&mut self, sources: &Sources, module: Module, items: &[syn::Item]) -> usize {
        self.modules.push(module);
        let place = self.modules.len() - 1;
        Reader { sources, tree: self, place }.read(items);
        place
    }
}

/// `search/` for `search/scope.rs`, and nothing for `lib.rs`.
pub(crate) fn folder_of(file: &str) -> &str {
    file.rfind('/').map_or("", |slash| &file[..=slash])
}
