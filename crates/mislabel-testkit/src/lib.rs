//! Property-test strategies and the laws that every label-error detector must obey.
