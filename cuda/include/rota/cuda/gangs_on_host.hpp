// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_GANGS_ON_HOST_HPP
#define ROTA_CUDA_GANGS_ON_HOST_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <rota/cuda/flat_tree.hpp>
#include <rota/cuda/gang_choice.hpp>
#include <rota/cuda/gang_rooms.hpp>
#include <rota/cuda/gang_row.hpp>
#include <rota/cuda/host_blocks.hpp>
#include <rota/placement/domain_rule.hpp>

namespace rota::cuda {

/// What the kernels of gangs do, block by block and thread by thread on the host, for any shape of the grid: to check
/// it where no device is.
template <class Blocks = host_blocks>
class gangs_on_host {
public:
    explicit gangs_on_host(Blocks blocks = {}) : blocks_{blocks} {}

    void lay(flat_tree_arrays tree) {
        tree_ = std::move(tree);
        nodes_.resize(tree_->shape.size(0));
        children_.resize(nodes_.size());
    }
    void update(std::span<gang_update const> nodes) {
        for (auto const& one : nodes) nodes_[one.position] = one.now;
        follow(nodes.data(), nodes.size());
    }
    void sum_up(std::span<gang_row const> rows) {
        rows_.assign(rows.begin(), rows.end());
        sums_.resize(std::size_t{tree_->shape.domains()} * rows.size());
        for (auto const& row : rows)
            for (auto& list : entered_) list.resize(std::max<std::size_t>(list.size(), row.pods));
        for (auto level = std::uint32_t{0}; level <= tree_->shape.top; ++level)
            blocks_.run(blocks_.size(), [&](auto& block, unsigned part) {
                rooms().sum_up(block, level, part, blocks_.size());
            });
    }
    std::pair<std::vector<gang_answer>, std::vector<gang_part>> place(std::span<gang_asked const> queue,
                                                                      std::uint32_t parts) {
        auto answers = std::vector<gang_answer>(queue.size());
        auto out = std::vector<gang_part>(parts);
        auto memory =
            std::vector<std::uint64_t>(gang_choice::bytes(blocks_.threads()) / sizeof(std::uint64_t));
        auto* const bytes = reinterpret_cast<unsigned char*>(memory.data());
        auto const choice = gang_choice{rooms(), children_.data(), {entered_[0].data(), entered_[1].data()}};
        for (auto i = std::size_t{0}; i != queue.size(); ++i) {
            auto* const to = out.data() + queue[i].out;
            blocks_.run(
                1, [&](auto& block, unsigned) { choice.decide(block, bytes, queue[i], to, answers[i]); });
            follow(to, answers[i].parts);
        }
        return {std::move(answers), std::move(out)};
    }

private:
    [[nodiscard]] gang_rooms rooms() noexcept {
        return {tree_->view(tree_->above.data(), tree_->below.data()), rows_.data(),
                static_cast<std::uint32_t>(rows_.size()), nodes_.data(), sums_.data()};
    }
    template <class At>
    void follow(At const* changed, std::size_t size) {
        blocks_.run(blocks_.size(), [&](auto& block, unsigned part) {
            rooms().follow(block, changed, static_cast<std::uint32_t>(size), part, blocks_.size());
        });
    }

    Blocks blocks_;
    std::optional<flat_tree_arrays> tree_; ///< once it is laid
    std::vector<gang_node> nodes_;
    std::vector<gang_row> rows_;
    std::vector<std::uint32_t> sums_;
    std::vector<placement::domain_part> children_;
    std::vector<gang_part> entered_[2];
};

} // namespace rota::cuda

#endif
