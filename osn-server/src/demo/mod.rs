//! The demonstration: the city's year, played through the same router and code that production uses.
