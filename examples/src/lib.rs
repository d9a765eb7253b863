//! The workspace's examples, and the tests that need the workspace as a whole.
