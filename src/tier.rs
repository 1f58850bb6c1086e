//! The two ordered words of every decision: tier and layer.

use std::fmt;
use std::str::FromStr;

/// What happens to a call. Stricter is later in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Executes, nobody is told.
    Autonomous,
    /// Executes, the supervisors are told.
    Notify,
    /// Waits for a supervisor.
    ApprovalRequired,
    /// Never executes.
    Blocked,
}

impl Tier {
    /// All tiers, the most permissive first.
    pub const ALL: [Self; 4] = [Self::Autonomous, Self::Notify, Self::ApprovalRequired, Self::Blocked];

    /// The word policies use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Autonomous => "autonomous",
            Self::Notify => "notify",
            Self::ApprovalRequired => "approval_required",
            Self::Blocked => "blocked",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Tier {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|tier| tier.as_str() == text).ok_or(())
    }
}

/// Who speaks, in order of authority, the highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// What holds for everybody.
    System,
    /// What one organization adds.
    Organization,
    /// What is said of some agents.
    Agent,
}

impl Layer {
    /// All layers, the highest authority first.
    pub const ALL: [Self; 3] = [Self::System, Self::Organization, Self::Agent];

    /// The word policies use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Organization => "organization",
            Self::Agent => "agent",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Layer {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|layer| layer.as_str() == text).ok_or(())
    }
}
