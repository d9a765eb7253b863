//! Reading one module: what it defines, declares and imports.

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta, Token, UseTree, Visibility};

use super::module_tree::{Import, Module, ModuleTree, Segments, folder_of};
use super::sources::Sources;

/// Fills the module at `place`.
pub(crate) struct Reader<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) tree: &'a mut ModuleTree,
    pub(crate) place: usize,
}

impl Reader<'_> {
    pub(crate) fn read(&mut self, items: &[Item]) {
        items.iter().for_each(|item| self.visit_item(item));
    }

    fn module(&mut self) -> &mut Module {
        &mut self.tree.modules[self.place]
    }

    fn add_child(&mut self, declared: &syn::ItemMod) {
        let name = declared.ident.to_string();
        let is_test = is_for_tests(&declared.attrs);
        let here = self.module();
        let folder = format!("{}{name}/", here.folder);
        let child = Module { file: here.file.clone(), folder, parent: Some(self.place), is_test, ..Module::default() };
        let child = match &declared.content {
            Some((_, items)) => self.tree.add_items(self.sources, child, items),
            None => {
                let file = self.file_of(declared);
                let folder = if file.ends_with("/mod.rs") { folder_of(&file).to_owned() } else { child.folder };
                self.tree.add_file(self.sources, Module { file, folder, ..child })
            }
        };
        self.module().children.entry(name).or_default().push(child);
    }

    /// The file of `mod name;`.
    fn file_of(&mut self, declared: &syn::ItemMod) -> String {
        let name = declared.ident.to_string();
        let (folder, here) = (self.module().folder.clone(), self.module().file.clone());
        if let Some(path) = declared.attrs.iter().find_map(explicit_path) {
            return format!("{}{path}", folder_of(&here));
        }
        let places = [format!("{folder}{name}.rs"), format!("{folder}{name}/mod.rs")];
        let found = places.into_iter().find(|file| self.sources.0.contains_key(file));
        found.unwrap_or_else(|| panic!("{here} declares the module {name}, which has no file"))
    }

    fn add_imports(&mut self, tree: &UseTree, before: &Segments, is_reexport: bool) {
        let with = |name: &syn::Ident| [before.as_slice(), &[name.to_string()]].concat();
        let named = |name: &syn::Ident, path: Segments| Import { name: Some(name.to_string()), path, is_reexport };
        let import = match tree {
            UseTree::Path(path) => return self.add_imports(&path.tree, &with(&path.ident), is_reexport),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.add_imports(tree, before, is_reexport));
            }
            UseTree::Glob(_) => Import { name: None, path: before.clone(), is_reexport },
            UseTree::Name(leaf) if leaf.ident == "self" => {
                Import { name: before.last().cloned(), path: before.clone(), is_reexport }
            }
            UseTree::Name(leaf) => named(&leaf.ident, with(&leaf.ident)),
            UseTree::Rename(leaf) if leaf.ident == "self" => named(&leaf.rename, before.clone()),
            UseTree::Rename(leaf) => named(&leaf.rename, with(&leaf.ident)),
        };
        self.module().imports.push(import);
    }

    /// The paths among the tokens of a macro call, whose grammar is its own.
    fn add_paths_among(&mut self, tokens: TokenStream) {
        let mut path = Segments::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add_path(std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                other => {
                    self.add_path(std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.add_paths_among(group.stream());
                    }
                }
            }
        }
        self.add_path(path);
    }

    fn add_path(&mut self, path: Segments) {
        if path.len() > 1 {
            self.module().paths.push(path);
        }
    }
}

impl Visit<'_> for Reader<'_> {
    fn visit_item(&mut self, item: &Item) {
        let (name, attributes) = defined(item);
        if is_for_tests(attributes) && !matches!(item, Item::Mod(_)) {
            return;
        }
        self.module().items.extend(name.map(ToString::to_string));
        match item {
            Item::Mod(declared) => self.add_child(declared),
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.add_imports(&item.tree, &Segments::new(), !matches!(item.vis, Visibility::Inherited));
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            self.add_path(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.visit_path(&call.path);
        self.add_paths_among(call.tokens.clone());
    }

    fn visit_visibility(&mut self, _: &Visibility) {}

    fn visit_attribute(&mut self, _: &Attribute) {}
}

/// The name that an item defines, if it is one that others can import, and the item's attributes.
fn defined(item: &Item) -> (Option<&syn::Ident>, &[Attribute]) {
    match item {
        Item::Const(item) => (Some(&item.ident), &item.attrs),
        Item::Enum(item) => (Some(&item.ident), &item.attrs),
        Item::Fn(item) => (Some(&item.sig.ident), &item.attrs),
        Item::Macro(item) => (item.ident.as_ref(), &item.attrs),
        Item::Static(item) => (Some(&item.ident), &item.attrs),
        Item::Struct(item) => (Some(&item.ident), &item.attrs),
        Item::Trait(item) => (Some(&item.ident), &item.attrs),
        Item::TraitAlias(item) => (Some(&item.ident), &item.attrs),
        Item::Type(item) => (Some(&item.ident), &item.attrs),
        Item::Union(item) => (Some(&item.ident), &item.attrs),
        Item::Impl(item) => (None, &item.attrs),
        Item::Mod(item) => (None, &item.attrs),
        Item::Use(item) => (None, &item.attrs),
        _ => (None, &[]),
    }
}

/// `#[cfg(test)]` and `#[cfg(all(test, …))]`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let needs_test = |attribute: &Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<Meta>().is_ok_and(|condition| asks_for_test(&condition))
    };
    attributes.iter().any(needs_test)
}

fn asks_for_test(condition: &Meta) -> bool {
    let all = |list: &syn::MetaList| list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    match condition {
        Meta::List(list) if list.path.is_ident("all") => all(list).is_ok_and(|all| all.iter().any(asks_for_test)),
        condition => condition.path().is_ident("test"),
    }
}

/// The file of `#[path = "file"]`.
fn explicit_path(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    match (&pair.value, pair.path.is_ident("path")) {
        (syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(path), .. }), true) => Some(path.value()),
        _ => None,
    }
}
