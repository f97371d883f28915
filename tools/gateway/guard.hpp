#pragma once
// Somebody who takes a change back unless told in time that it may stay: whoever locked themselves out by it need not do anything.

#include "policy/result.hpp"

#include <chrono>
#include <functional>
#include <sys/types.h>

namespace gatehouse::gateway {

/// A process of its own. It outlives the terminal and takes the change back at once if its maker ends without a word.
/// To be made by a program with one thread.
class Guard {
public:
    /// `take_back`: true if it could; called in the other process. Errors: none can be made (system category).
    static result<Guard> post(std::chrono::milliseconds patience, std::function<bool()> const& take_back);

    Guard(Guard&& other) noexcept;
    Guard& operator=(Guard&&) = delete;
    ~Guard(); ///< without `keep` the change is taken back

    enum class End { kept, taken_back, stuck };
    /// The change may stay. `taken_back`: that came too late. `stuck`: it came too late, and it could not be taken back either.
    End keep();
    /// Waits until the change has been taken back.
    End wait();
    int gone() const { return gone_; } ///< readable once the guard has ended; for poll(2)

private:
    Guard(::pid_t process, int word, int gone)
        : process_(process)
        , word_(word)
        , gone_(gone)
    {
    }

    ::pid_t process_;
    int word_, gone_;
};

} // namespace gatehouse::gateway
