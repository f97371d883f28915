#pragma once
// What the control socket answers: status, reload, log, requests, restart; hand-over and retire to the gateway that follows.

#include "proxy/control.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/portal/services.hpp"

#include <boost/json/object.hpp>

namespace gatehouse {

/// Lifetime: everything outlives the control server.
struct ControlVerbs {
    Settings const& settings;
    store::Store& store;
    log::AccessLog& access_log;
    Clock clock;
    std::function<std::shared_ptr<policy::Policy const>()> current_policy;
    std::function<boost::json::object()> status;
    std::function<portal::PublishResult(std::string_view)> publish;
    std::function<ControlAnswer()> hand_over;
    std::function<boost::json::object(boost::json::object const&)> retire;
    std::function<boost::json::object()> restart;
};

ControlHandlers control_handlers(ControlVerbs verbs);

} // namespace gatehouse
