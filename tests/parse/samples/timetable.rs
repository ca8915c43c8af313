//! Departures of one stop, kept in the order in which they leave.
//!
//! Nothing here knows what time it is.

use std::collections::BTreeMap;
use std::fmt;

/// How many departures a board shows.
pub const BOARD_ROWS: usize = 12;
static EMPTY: &[Departure] = &[];

/// Minutes since midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(pub u16);

/// Marks a board that is switched off.
pub struct Dark;

#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Departure {
    /// Where it goes.
    pub towards: String,
    pub at: Minute,
}

/// What may happen to a departure.
pub enum Change {
    Late { by: u16 },
    Cancelled,
    Moved(String),
}

#[repr(C)]
union Raw {
    number: u32,
    bytes: [u8; 4],
}

pub type Board<'a> = Vec<&'a Departure>;

/// Anything that can say when it leaves.
pub trait Leaves {
    type Place;
    const KIND: &'static str;

    /// When, to the minute.
    fn leaves(&self) -> Minute;

    /// Whether it leaves before another.
    fn before(&self, other: &dyn Leaves<Place = Self::Place>) -> bool
    where
        Self: Sized,
    {
        self.leaves() < other.leaves()
    }
}

/// All departures of a stop.
pub struct Timetable<K, V = Departure>
where
    K: Ord,
{
    rows: BTreeMap<K, Vec<V>>,
}

impl<K: Ord + Clone> Timetable<K> {
    /// A timetable without departures.
    pub const fn new() -> Self {
        Timetable { rows: BTreeMap::new() }
    }

    /// Adds one departure.
    #[inline]
    #[must_use = "says how many there are now"]
    pub fn add<I>(&mut self, line: K, departures: I) -> usize
    where
        I: IntoIterator<Item = Departure>,
    {
        fn sorted(rows: &mut Vec<Departure>) {
            rows.sort_by_key(|row| row.at);
        }

        let rows = self.rows.entry(line).or_default();
        let keep = |row: &Departure| row.at.0 < 24 * 60;
        rows.extend(departures.into_iter().filter(keep));
        sorted(rows);
        rows.len()
    }

    pub async fn refresh(&self) -> Result<(), fmt::Error> { Ok(()) }

    pub(crate) unsafe fn raw(&self) -> *const Raw {
        std::ptr::null()
    }
}

impl<K> fmt::Display for Timetable<K>
where
    K: Ord + fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.keys().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl Leaves for Departure {
    type Place = String;
    const KIND: &'static str = "departure";
    fn leaves(&self) -> Minute { self.at }
}

impl From<&Departure> for self::Minute {
    fn from(departure: &Departure) -> Self { departure.at }
}

impl<'a> Leaves for &'a dyn fmt::Debug {
    type Place = ();
    const KIND: &'static str = "unknown";
    fn leaves(&self) -> Minute { Minute(0) }
}

/* A departure in one line:
   `departure!("12:05" => "Harbour")`. */
#[macro_export]
macro_rules! departure {
    ($at:expr => $towards:expr) => {
        $crate::Departure { towards: $towards.into(), at: $crate::parse($at) }
    };
    ($at:expr) => { departure!($at => "nowhere") };
}

/// Reads `HH:MM`.
pub fn parse(text: &str) -> Minute {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    Minute(hours.parse::<u16>().unwrap_or(0) * 60 + minutes.parse::<u16>().unwrap_or(0))
}

pub mod signs {
    //! What hangs at the stop.

    use super::Board;

    /// Rows that fit.
    pub fn fits(board: &Board<'_>) -> bool { board.len() <= super::BOARD_ROWS }

    pub mod led {
        pub enum Colour { Amber, White }
    }
}

mod history;

extern "C" {
    fn clock_minutes() -> u16;
}

#[no_mangle]
pub extern "C" fn timetable_version() -> u32 { 3 }

#[cfg(test)]
mod tests {
    use super::*;

    fn harbour() -> Departure { departure!("12:05" => "Harbour") }

    #[test]
    fn a_time_is_read_to_the_minute() {
        assert_eq!(harbour().at, Minute(725));
    }

    #[tokio::test]
    async fn refreshing_an_empty_table_is_fine() {
        assert!(Timetable::<u8>::new().refresh().await.is_ok());
    }
}
