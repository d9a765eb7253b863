//! Bytes as an address that holds them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The address of `bytes` of the type `media`, such as `image/png`.
pub(crate) fn data_uri(media: &str, bytes: &[u8]) -> String {
    format!("data:{media};base64,{}", STANDARD.encode(bytes))
}
