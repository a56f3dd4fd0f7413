// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_PROPERTY_KUBERNETES_LISTENING_HPP
#define ROTA_PROPERTY_KUBERNETES_LISTENING_HPP

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "apiserver.hpp"

#include <rota/kubernetes/http.hpp>

/// A key and who it belongs to, 127.0.0.1, which vouches for itself; in a file as long as it lives.
class certificate {
public:
    certificate() {
        auto const key =
            std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>{EVP_EC_gen("P-256"), EVP_PKEY_free};
        auto const made = std::unique_ptr<X509, decltype(&X509_free)>{X509_new(), X509_free};
        auto* const one = made.get();
        X509_set_version(one, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(one), 1);
        X509_gmtime_adj(X509_getm_notBefore(one), -3'600);
        X509_gmtime_adj(X509_getm_notAfter(one), 86'400);
        X509_set_pubkey(one, key.get());
        auto* const name = X509_get_subject_name(one);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<unsigned char const*>("127.0.0.1"), -1, -1, 0);
        X509_set_issuer_name(one, name);
        for (auto const& [id, value] : {std::pair{NID_subject_alt_name, "IP:127.0.0.1"},
                                        std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
            auto* const more = X509V3_EXT_conf_nid(nullptr, nullptr, id, value);
            X509_add_ext(one, more, -1);
            X509_EXTENSION_free(more);
        }
        X509_sign(one, key.get(), EVP_sha256());
        auto* const out = std::fopen(file_.c_str(), "w");
        if (out == nullptr) return;
        PEM_write_X509(out, one);
        PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(out);
    }
    ~certificate() { std::filesystem::remove(file_); }
    certificate(certificate const&) = delete;
    certificate& operator=(certificate const&) = delete;
    [[nodiscard]] std::string const& file() const noexcept { return file_; }

private:
    std::string file_ =
        std::filesystem::temp_directory_path() / ("rota-" + std::to_string(::getpid()) + ".pem");
};

/// The emulated server behind a real one; over TLS where a certificate is shown.
class listening {
public:
    explicit listening(certificate const* shown, int wanted = 0)
        : server_{shown == nullptr
                      ? std::make_unique<httplib::Server>()
                      : std::make_unique<httplib::SSLServer>(shown->file().c_str(), shown->file().c_str())} {
        auto const answer = [this](httplib::Request const& asked, httplib::Response& said) {
            if (asked.get_param_value("watch") == "true") return stream(asked, said);
            auto const lock = std::lock_guard{mutex};
            auto const got = behind.handle(asked.method, asked.target, asked.body);
            said.status = got.status;
            said.set_content(got.body, "application/json");
        };
        server_->Get(".*", answer);
        server_->Post(".*", answer);
        server_->Delete(".*", answer);
        server_->new_task_queue = [] { return new httplib::ThreadPool(8); };
        if (wanted != 0) port = server_->bind_to_port("127.0.0.1", wanted) ? wanted : 0;
        else port = server_->bind_to_any_port("127.0.0.1");
        std::signal(SIGPIPE,
                    SIG_DFL); // which the server's constructor ignores for all, and no client may rely on
        thread_ = std::thread{[this] {
            auto const quiet = rota::kubernetes::detail::no_sigpipe{}; // it is the clients' that is tested
            server_->listen_after_bind();
        }};
        while (!server_->is_running()) std::this_thread::yield();
    }
    ~listening() {
        stopping_ = true;
        server_->stop();
        thread_.join();
    }
    listening(listening const&) = delete;
    listening& operator=(listening const&) = delete;
    void close_watches() { ++epoch_; }

    std::mutex mutex;
    apiserver behind; ///< under the mutex
    int port = 0;

private:
    void stream(httplib::Request const& asked, httplib::Response& said) {
        auto const of = asked.path == "/api/v1/nodes" ? apiserver::kind::nodes : apiserver::kind::pods;
        auto from = std::stoull(asked.get_param_value("resourceVersion"));
        said.set_chunked_content_provider(
            "application/json",
            [this, of, from, born = epoch_.load()](std::size_t, httplib::DataSink& sink) mutable {
                auto text = std::string{};
                {
                    auto const lock = std::lock_guard{mutex};
                    if (from < behind.oldest()) text = apiserver::gone_line(from, behind.oldest()) + "\n";
                    else
                        for (auto const& one : behind.history()) {
                            if (one.version <= from) continue;
                            if (one.of == of) text += one.line + "\n";
                            from = one.version;
                        }
                }
                if (!text.empty()) sink.write(text.data(), text.size());
                if (stopping_ || epoch_ != born) sink.done();
                else std::this_thread::sleep_for(std::chrono::milliseconds{2});
                return true;
            });
    }

    std::atomic<bool> stopping_ = false;
    std::atomic<int> epoch_ = 0;
    std::unique_ptr<httplib::Server> server_;
    std::thread thread_;
};

#endif
