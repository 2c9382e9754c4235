//! Who acts, what they may do, and how they prove it.

mod actor;
mod password;
mod right;
mod throttle;
mod token;

pub use actor::{Actor, Officer};
pub use password::{PasswordHash, WrongHash, hash_password, verify_password};
pub use right::{Right, Role};
pub use throttle::{Throttle, TooManyAttempts};
pub use token::{SESSION_HOURS, Token};
