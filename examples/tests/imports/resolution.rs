//! Which files a path leads to.

use std::collections::BTreeSet;

use super::module_tree::{Import, Module, ModuleTree};

/// The imports that are being followed, by module and place there, so that imports of each other end.
type Followed = BTreeSet<(usize, usize)>;

type Files = BTreeSet<String>;

const ROOT: usize = 0;

impl ModuleTree {
    /// The files that define what `path` names in the module at `place`; none for what is not of this crate.
    ///
    /// Re-exports are followed to the file that defines the item. A module that defines nothing of its own stands for
    /// no file: importing the module alone takes nothing from it.
    pub(crate) fn files(&self, place: usize, path: &[String]) -> Files {
        self.of_path(place, path, &mut Followed::new()).unwrap_or_default()
    }

    /// Whether the module at `place`, or one around it, is compiled for the crate's own tests only.
    pub(crate) fn is_of_tests(&self, place: usize) -> bool {
        let module = &self.modules[place];
        module.is_test || module.parent.is_some_and(|parent| self.is_of_tests(parent))
    }

    /// The files that `use path::*` takes from in the module at `place`.
    pub(crate) fn files_of_glob(&self, place: usize, path: &[String]) -> Files {
        let targets = self.modules_of(place, path, &mut Followed::new());
        if targets.is_empty() {
            return self.files(place, path);
        }
        let reexported = |target: usize| {
            let imports = self.modules[target].imports.iter().filter(|import| import.is_reexport);
            imports.flat_map(move |import| self.files(target, &import.path))
        };
        let of_target = |target: usize| own_file(&self.modules[target]).into_iter().chain(reexported(target));
        targets.into_iter().flat_map(of_target).collect()
    }

    /// The module that a path starts from, and the rest of the path; whether it says so by a keyword.
    fn start<'a>(&self, mut place: usize, mut path: &'a [String]) -> (usize, &'a [String], bool) {
        let mut is_explicit = false;
        while let Some((first, rest)) = path.split_first() {
            place = match first.as_str() {
                "crate" => ROOT,
                "self" => place,
                "super" => self.modules[place].parent.unwrap_or(ROOT),
                _ => break,
            };
            (path, is_explicit) = (rest, true);
        }
        (place, path, is_explicit)
    }

    fn of_path(&self, place: usize, path: &[String], followed: &mut Followed) -> Option<Files> {
        let (start, rest, is_explicit) = self.start(place, path);
        let found = self.below(start, rest, followed);
        if is_explicit { found.or_else(|| Some(own_file(&self.modules[start]))) } else { found }
    }

    /// The files of `path` as seen from inside the module at `place`; `None` where the module knows no such name.
    fn below(&self, place: usize, path: &[String], followed: &mut Followed) -> Option<Files> {
        let module = &self.modules[place];
        let Some((name, rest)) = path.split_first() else { return Some(own_file(module)) };
        let mut found: Option<Files> = None;
        let mut add = |files: Files| found.get_or_insert_default().extend(files);
        for &child in module.children.get(name).into_iter().flatten() {
            // What a macro makes has no definition to be found.
            add(self.below(child, rest, followed).unwrap_or_else(|| own_file(&self.modules[child])));
        }
        if module.items.contains(name) {
            add(Files::from([module.file.clone()]));
        }
        for (step, import) in self.imports_as(place, Some(name)) {
            if followed.insert(step) {
                self.of_path(place, &[&import.path, rest].concat(), followed).into_iter().for_each(&mut add);
                followed.remove(&step);
            }
        }
        found.or_else(|| self.through_globs(place, path, followed))
    }

    fn through_globs(&self, place: usize, path: &[String], followed: &mut Followed) -> Option<Files> {
        for (step, glob) in self.imports_as(place, None) {
            if followed.insert(step) {
                let targets = self.modules_of(place, &glob.path, followed);
                let found = targets.into_iter().find_map(|target| self.below(target, path, followed));
                followed.remove(&step);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// The modules that `path` names in the module at `place`.
    fn modules_of(&self, place: usize, path: &[String], followed: &mut Followed) -> Vec<usize> {
        let (start, path, _) = self.start(place, path);
        let Some((name, rest)) = path.split_first() else { return vec![start] };
        let mut found = self.modules[start].children.get(name).cloned().unwrap_or_default();
        for (step, import) in self.imports_as(start, Some(name)) {
            if followed.insert(step) {
                found.extend(self.modules_of(start, &import.path, followed));
                followed.remove(&step);
            }
        }
        found.into_iter().flat_map(|module| self.modules_of(module, rest, followed)).collect()
    }

    /// The imports of a module by one name, or its globs.
    fn imports_as<'a>(
        &'a self,
        place: usize,
        name: Option<&'a String>,
    ) -> impl Iterator<Item = ((usize, usize), &'a Import)> {
        let imports = self.modules[place].imports.iter().enumerate();
        imports.filter(move |(_, import)| import.name.as_ref() == name).map(move |(i, import)| ((place, i), import))
    }
}

/// The module's file, unless it only declares and re-exports.
fn own_file(module: &Module) -> Files {
    if module.items.is_empty() { Files::new() } else { Files::from([module.file.clone()]) }
}
