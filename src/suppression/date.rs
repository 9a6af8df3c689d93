//! The days on which suppressions end.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

/// A day, written `2027-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(civil::Date);

impl FromStr for Date {
    type Err = ();

    /// Takes the one spelling alone: what could be read in two ways must not decide when a gate fails.
    fn from_str(text: &str) -> Result<Self, ()> {
        let date = text.parse().map(Self).map_err(|_| ())?;
        if date.to_string() == text { Ok(date) } else { Err(()) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// This day in UTC, so that a gate says the same in all places of the world.
pub fn today() -> Date {
    Date(Timestamp::now().to_zoned_datetime(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_in_one_way() {
        let date: Date = "2027-03-31".parse().unwrap();
        assert!(date > "2027-03-30".parse().unwrap() && date.to_string() == "2027-03-31");
        for text in ["2027-3-31", "31.03.2027", "2027-02-30", "20270331", "2027-03-31T00:00", ""] {
            assert_eq!(text.parse::<Date>(), Err(()), "{text}");
        }
        assert!(today() > "2026-01-01".parse().unwrap());
    }
}
