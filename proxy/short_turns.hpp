#pragma once
// How a thread that answers at once stands beside threads that work for long: the console's, and other programs'.

namespace gatehouse {

/// The calling thread works in short turns, a tenth of a millisecond. A kernel that knows of it (Linux 6.12) hands such a thread the core as soon as it
/// wakes, instead of letting another end its turn of some milliseconds; others take no notice. Needs no privilege. Its nice value stays.
void take_short_turns();

} // namespace gatehouse
