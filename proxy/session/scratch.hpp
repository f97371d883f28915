#pragma once
// Memory of one exchange, kept for the next one: after warm-up a request allocates nothing here.

#include "proxy/http1/head.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gatehouse::session {

struct Scratch {
    http1::RequestHead request;
    http1::ResponseHead response;
    std::string head_copy; ///< the request head, when a body will move the buffer under it
    std::string to_upstream;
    std::string to_client;
    std::string normalised;   ///< a response head that needed mending
    std::string content_type; ///< of the response, for the log

    /// Gives the room of each text back that is larger than `most`, in bytes. Swapped away: assigning nothing keeps a string's room.
    void keep_no_more_than(std::size_t most)
    {
        for (auto* text : {&head_copy, &to_upstream, &to_client, &normalised, &content_type})
            if (text->capacity() > most)
                std::string().swap(*text);
    }
};

/// What a worker keeps of it between exchanges. As many as there ever were at once may lie here, so only the first few keep the room that a large body
/// took: in all of them it would add up over hours.
class SpareScratch {
public:
    static constexpr std::size_t most_spare = 256, with_room = 8;
    static constexpr std::size_t large_room = 128 * 1024, small_room = 16 * 1024; ///< bytes of a text

    SpareScratch() { spare_.reserve(most_spare); }

    std::unique_ptr<Scratch> take()
    {
        if (spare_.empty())
            return std::make_unique<Scratch>();
        auto scratch = std::move(spare_.back());
        spare_.pop_back();
        return scratch;
    }

    void give_back(std::unique_ptr<Scratch> scratch)
    {
        if (spare_.size() == most_spare)
            return;
        scratch->keep_no_more_than(spare_.size() < with_room ? large_room : small_room);
        spare_.push_back(std::move(scratch));
    }

private:
    std::vector<std::unique_ptr<Scratch>> spare_;
};

} // namespace gatehouse::session
