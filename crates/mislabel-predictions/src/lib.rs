//! Mistakenness, hardness and uniqueness from predictions; zero-shot mistakenness.
