// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CLI_METRICS_SERVER_HPP
#define ROTA_CLI_METRICS_SERVER_HPP

#include <cstdint>
#include <memory>
#include <string>

namespace cli {

/// Answers GET /metrics with the page that was last published, from a thread of its own.
class metrics_server {
public:
    /// Ends the command where nobody can listen there. Port 0: serves nothing.
    metrics_server(std::string const& address, std::uint16_t port);
    metrics_server(metrics_server const&) = delete;
    metrics_server& operator=(metrics_server const&) = delete;
    ~metrics_server();

    void publish(std::string page);

private:
    struct body;
    std::unique_ptr<body> body_;
};

} // namespace cli

#endif
