//! How often one address may ask for work: public forms and the search. The rest is cheap, or asked by people who signed in.
//!
//! Counted in memory, per server. An address has a burst of so many requests and gets them back evenly over a minute
//! (the generic cell rate algorithm: one instant per address). A network of IPv6 counts as one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::ConnectInfo;
use axum::http::HeaderName;
use axum::http::request::Parts;
use chrono::TimeDelta;
use osn_core::time::Instant;

use crate::refusal::{Kind, Outcome, Refusal};

/// Addresses remembered at most; beyond it those that have their whole burst again are forgotten.
const MOST_ADDRESSES: usize = 50_000;

/// The limits of a server.
#[derive(Debug, Clone, clap::Args)]
pub struct Limits {
    /// Public forms and searches that one address may send in a minute; 0: no limit
    #[arg(long, env = "OSN_REQUESTS_PER_MINUTE", default_value_t = 120)]
    pub requests_per_minute: u32,
    /// Header in which the proxy in front writes the caller's address (its last entry counts); without it, the
    /// connection's own address counts
    #[arg(long, env = "OSN_CLIENT_ADDRESS_HEADER")]
    pub client_address_header: Option<HeaderName>,
}

impl Limits {
    /// No limit at all.
    pub const fn off() -> Self {
        Self {
            requests_per_minute: 0,
            client_address_header: None,
        }
    }
}

/// Counts the requests of each address.
#[derive(Debug)]
pub(crate) struct Limiter {
    burst: TimeDelta,
    each: TimeDelta,
    header: Option<HeaderName>,
    /// When each address will have its whole burst again.
    whole_at: Mutex<HashMap<IpAddr, Instant>>,
}

impl Limiter {
    /// The limiter of these limits; none where they are off.
    pub(crate) fn new(limits: &Limits) -> Option<Self> {
        let each = TimeDelta::minutes(1).checked_div(i32::try_from(limits.requests_per_minute).ok()?)?;
        Some(Self {
            burst: TimeDelta::minutes(1),
            each,
            header: limits.client_address_header.clone(),
            whole_at: Mutex::default(),
        })
    }

    /// Counts a request, or refuses it with the seconds to wait. Who cannot be named is not counted: in process there is
    /// no connection.
    pub(crate) fn pass(&self, parts: &Parts, now: Instant) -> Outcome<()> {
        let Some(address) = self.address(parts) else {
            return Ok(());
        };
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        if whole_at.len() >= MOST_ADDRESSES {
            whole_at.retain(|_, at| *at > now);
        }
        if whole_at.len() >= MOST_ADDRESSES {
            whole_at.clear();
        }
        let next = whole_at.get(&address).map_or(now, |at| (*at).max(now)) + self.each;
        let over = next - now - self.burst;
        if over > TimeDelta::zero() {
            return Err(
                Refusal::new(Kind::TooMany, "requests.too-many").with("seconds", over.num_seconds().saturating_add(1))
            );
        }
        whole_at.insert(address, next);
        Ok(())
    }

    fn address(&self, parts: &Parts) -> Option<IpAddr> {
        let address = match &self.header {
            Some(header) => {
                let last = parts.headers.get_all(header).iter().next_back()?.to_str().ok()?;
                last.rsplit(',').next()?.trim().parse().ok()?
            }
            None => parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip(),
        };
        Some(network(address))
    }
}

/// The address, or its network of 64 bits where whoever has one has all of it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn from(address: &str, forwarded: &str) -> Parts {
        let socket = SocketAddr::new(address.parse().unwrap(), 4000);
        let request = Request::builder()
            .header("x-forwarded-for", forwarded)
            .extension(ConnectInfo(socket));
        request.body(()).unwrap().into_parts().0
    }

    fn limiter(header: Option<&'static str>) -> Limiter {
        let limits = Limits {
            requests_per_minute: 3,
            client_address_header: header.map(HeaderName::from_static),
        };
        Limiter::new(&limits).unwrap()
    }

    fn waits(limiter: &Limiter, parts: &Parts, now: Instant) -> Option<String> {
        let refusal = limiter.pass(parts, now).err()?;
        assert_eq!(crate::problem::status(refusal.kind()).as_u16(), 429);
        refusal.args().get("seconds").cloned()
    }

    #[test]
    fn an_address_has_a_burst_and_gets_it_back_evenly() {
        let (limiter, start) = (limiter(None), "2022-07-15T08:00:00Z".parse::<Instant>().unwrap());
        let one = from("192.0.2.1", "203.0.113.9");
        for _ in 0..3 {
            assert_eq!(waits(&limiter, &one, start), None);
        }
        assert_eq!(waits(&limiter, &one, start).as_deref(), Some("21"));
        // Another address is another matter; the header says nothing where no proxy was named.
        assert_eq!(waits(&limiter, &from("192.0.2.2", "203.0.113.9"), start), None);
        let later = start + TimeDelta::seconds(21);
        assert_eq!(waits(&limiter, &one, later), None);
        assert!(waits(&limiter, &one, later).is_some());
    }

    #[test]
    fn behind_a_named_proxy_its_last_entry_counts_and_a_network_is_one_caller() {
        let (limiter, now) = (
            limiter(Some("x-forwarded-for")),
            "2022-07-15T08:00:00Z".parse::<Instant>().unwrap(),
        );
        for forged in ["1.1.1.1", "2.2.2.2", "3.3.3.3"] {
            let parts = from("127.0.0.1", &format!("{forged}, 2001:db8:1:2:aaaa::1"));
            assert_eq!(waits(&limiter, &parts, now), None);
        }
        assert!(waits(&limiter, &from("127.0.0.1", "4.4.4.4, 2001:db8:1:2:bbbb::7"), now).is_some());
        assert_eq!(waits(&limiter, &from("127.0.0.1", "2001:db8:1:3::1"), now), None);
        assert_eq!(waits(&limiter, &from("127.0.0.1", "nonsense"), now), None);
    }

    #[test]
    fn nought_is_no_limit() {
        assert!(Limiter::new(&Limits::off()).is_none());
    }
}
