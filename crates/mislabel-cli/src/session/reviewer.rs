//! Who reviews.

/// The name under which decisions are saved: the one that was given, or that of the user.
pub(crate) fn reviewer(given: Option<&str>) -> String {
    let user = || std::env::var("USER").or_else(|_| std::env::var("USERNAME")).ok();
    let name = given.map(Into::into).or_else(user).filter(|name: &String| !name.trim().is_empty());
    name.unwrap_or_else(|| "reviewer".into())
}
