#include "proxy/net/deadline.hpp"

#include <algorithm>

namespace gatehouse::net {

Deadline::Deadline(DeadlineWheel& wheel, Expiry on_expiry, void* owner)
    : wheel_(wheel)
    , on_expiry_(on_expiry)
    , owner_(owner)
{
}

Deadline::~Deadline()
{
    set_activity(While::working);
    unlink();
}

void Deadline::expire_after(std::chrono::milliseconds duration, While activity)
{
    set_activity(activity);
    auto const ticks
        = (std::max(duration, DeadlineWheel::tick) + DeadlineWheel::tick - std::chrono::milliseconds{1}) / DeadlineWheel::tick;
    due_ = wheel_.now_ + static_cast<std::uint32_t>(ticks) + 1;
    expired_ = false;
    // A later deadline stays in its slot and moves on when that slot comes round: the common case costs no relinking.
    if (link_ != nullptr && due_ >= slot_)
        return;
    unlink();
    wheel_.insert(*this);
}

void Deadline::clear()
{
    set_activity(While::working);
    due_ = 0;
    expired_ = false;
}

void Deadline::set_activity(While activity)
{
    if (activity == activity_)
        return;
    activity_ = activity;
    auto& first = wheel_.idle_first_;
    auto& last = wheel_.idle_last_;
    if (activity == While::idle) {
        idle_previous_ = last;
        idle_next_ = nullptr;
        (last != nullptr ? last->idle_next_ : first) = this;
        last = this;
    } else {
        (idle_previous_ != nullptr ? idle_previous_->idle_next_ : first) = idle_next_;
        (idle_next_ != nullptr ? idle_next_->idle_previous_ : last) = idle_previous_;
    }
}

void Deadline::unlink()
{
    if (link_ == nullptr)
        return;
    *link_ = next_;
    if (next_ != nullptr)
        next_->link_ = link_;
    link_ = nullptr;
    next_ = nullptr;
}

std::uint32_t DeadlineWheel::tick_of(std::chrono::steady_clock::time_point time) const
{
    return static_cast<std::uint32_t>((time - start_) / tick) + 1;
}

void DeadlineWheel::insert(Deadline& deadline)
{
    deadline.slot_ = std::clamp(deadline.due_, now_ + 1, now_ + std::uint32_t{slot_count} - 1);
    auto& head = slots_[deadline.slot_ % slot_count];
    deadline.next_ = head;
    deadline.link_ = &head;
    if (head != nullptr)
        head->link_ = &deadline.next_;
    head = &deadline;
}

void DeadlineWheel::advance(std::chrono::steady_clock::time_point now)
{
    for (auto const last = tick_of(now); now_ < last;) {
        ++now_;
        // Expiry may link or unlink others, also of this slot: always take the first that is left.
        while (auto* const deadline = slots_[now_ % slot_count]) {
            deadline->unlink();
            if (deadline->due_ == 0)
                continue;
            if (deadline->due_ > now_) {
                insert(*deadline);
                continue;
            }
            expire(*deadline);
        }
    }
}

void DeadlineWheel::expire(Deadline& deadline)
{
    deadline.set_activity(Deadline::While::working);
    deadline.due_ = 0;
    deadline.expired_ = true;
    deadline.on_expiry_(deadline.owner_);
}

void DeadlineWheel::expire_idle()
{
    while (expire_oldest_idle()) { }
}

bool DeadlineWheel::expire_oldest_idle()
{
    if (idle_first_ == nullptr)
        return false;
    expire(*idle_first_);
    return true;
}

void DeadlineWheel::expire_all()
{
    for (auto* slot : slots_) {
        // Expiry only cancels waits; nobody is destroyed or relinked before the owner's coroutine runs again.
        for (auto* deadline = slot; deadline != nullptr; deadline = deadline->next_)
            if (deadline->due_ != 0)
                expire(*deadline);
    }
}

} // namespace gatehouse::net
