//! Files that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use petgraph::algo::{astar, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::module_tree::ModuleTree;
use super::sources::Sources;

/// Files as nodes, the first path by which one imports another as edges.
type Graph = DiGraph<String, String>;

/// Files each of which needs all others, directly or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Circle {
    /// The files of a shortest circle, each importing the next and the last the first, with the path it does so by.
    pub(crate) steps: Vec<(String, String)>,
    /// Files of other circles that hang together with this one.
    pub(crate) others: Vec<String>,
}

impl Circle {
    /// The files of the circle in order, from the least name on.
    pub(crate) fn files(&self) -> Vec<&str> {
        self.steps.iter().map(|(file, _)| file.as_str()).collect()
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.files();
        writeln!(out, "  {} -> {}", files.join(" -> "), files[0])?;
        for (file, path) in &self.steps {
            writeln!(out, "    {file} names {path}")?;
        }
        if !self.others.is_empty() {
            writeln!(out, "    in circles with these: {}", self.others.join(", "))?;
        }
        Ok(())
    }
}

/// The circles of a crate: one for every strongly connected component of more than one file.
pub(crate) fn circles(sources: &Sources) -> Vec<Circle> {
    let graph = graph(sources);
    let components = tarjan_scc(&graph).into_iter().filter(|component| component.len() > 1);
    let mut circles: Vec<Circle> = components.map(|component| circle(&graph, &component)).collect();
    circles.sort_by(|a, b| a.steps.cmp(&b.steps));
    circles
}

/// The files that no root leads to.
pub(crate) fn unread(sources: &Sources) -> Vec<String> {
    let trees = sources.roots().map(|root| ModuleTree::of(sources, root));
    let read: BTreeSet<String> = trees.flat_map(|tree| tree.modules).map(|module| module.file).collect();
    sources.0.keys().filter(|file| !read.contains(*file)).cloned().collect()
}

fn graph(sources: &Sources) -> Graph {
    let mut graph = Graph::new();
    let nodes: BTreeMap<&String, NodeIndex> =
        sources.0.keys().map(|file| (file, graph.add_node(file.clone()))).collect();
    for root in sources.roots() {
        for (from, to, path) in imports(&ModuleTree::of(sources, root)) {
            let (from, to) = (nodes[&from], nodes[&to]);
            if from != to && graph.find_edge(from, to).is_none() {
                graph.add_edge(from, to, path);
            }
        }
    }
    graph
}

/// (file, file it imports, path by which it does), without the code of tests.
fn imports(tree: &ModuleTree) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    for (place, module) in tree.modules.iter().enumerate().filter(|(place, _)| !tree.is_of_tests(*place)) {
        let mut add = |files: BTreeSet<String>, path: String| {
            all.extend(files.into_iter().map(|file| (module.file.clone(), file, path.clone())));
        };
        for import in &module.imports {
            match import.name {
                Some(_) => add(tree.files(place, &import.path), import.path.join("::")),
                None => add(tree.files_of_glob(place, &import.path), format!("{}::*", import.path.join("::"))),
            }
        }
        for path in &module.paths {
            add(tree.files(place, path), path.join("::"));
        }
    }
    all
}

/// A shortest circle of the component.
fn circle(graph: &Graph, component: &[NodeIndex]) -> Circle {
    let edges = component.iter().flat_map(|&node| graph.edges(node));
    let back = |edge: petgraph::graph::EdgeReference<'_, String>| {
        astar(graph, edge.target(), |node| node == edge.source(), |_| 1_usize, |_| 0)
    };
    let (_, mut nodes) = edges.filter_map(back).min().expect("a component of two files has a circle");
    let least = nodes.iter().enumerate().min_by_key(|(_, node)| &graph[**node]).map_or(0, |(place, _)| place);
    nodes.rotate_left(least);
    let next = nodes.iter().cycle().skip(1);
    let step = |(&from, &to): (&NodeIndex, &NodeIndex)| {
        let edge = graph.find_edge(from, to).expect("the way back follows edges");
        (graph[from].clone(), graph[edge].clone())
    };
    let steps = nodes.iter().zip(next).map(step).collect();
    let mut others: Vec<String> =
        component.iter().filter(|node| !nodes.contains(node)).map(|node| graph[*node].clone()).collect();
    others.sort();
    Circle { steps, others }
}
