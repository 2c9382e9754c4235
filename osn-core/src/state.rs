//! State machines: a state is an enum with its data, a transition is a function that can refuse.

/// A step that the machine does not allow from where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{machine}: `{event}` is not possible in state `{from}`")]
pub struct InvalidTransition {
    /// The machine, e.g. `call`.
    pub machine: &'static str,
    /// The state it is in.
    pub from: &'static str,
    /// The event that was asked for.
    pub event: &'static str,
}

/// What every machine of the house offers, so that one test can print its full table.
pub trait Machine: Sized {
    /// What can happen to it.
    type Event;
    /// Its name in messages and in the store.
    const NAME: &'static str;

    /// The state's stable name (kebab case), stored and shown.
    fn name(&self) -> &'static str;

    /// The event's stable name.
    fn event_name(event: &Self::Event) -> &'static str;

    /// The state after `event`.
    ///
    /// # Errors
    /// When the event is not possible here.
    fn apply(&self, event: &Self::Event) -> Result<Self, InvalidTransition>;

    /// The refusal, with both ends named.
    fn refuse(&self, event: &Self::Event) -> InvalidTransition {
        InvalidTransition {
            machine: Self::NAME,
            from: self.name(),
            event: Self::event_name(event),
        }
    }
}

/// The full state x event table as text: one line per state, `-` where the machine refuses.
pub fn table<M: Machine>(states: &[M], events: &[M::Event]) -> String {
    let mut out = String::new();
    for state in states {
        out.push_str(state.name());
        out.push(':');
        for event in events {
            let to = state.apply(event).map_or("-", |next| next.name());
            out.extend([" ", M::event_name(event), "=", to]);
        }
        out.push('\n');
    }
    out
}
