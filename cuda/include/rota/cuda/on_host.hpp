// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CUDA_ON_HOST_HPP
#define ROTA_CUDA_ON_HOST_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rota/cuda/host_block.hpp>
#include <rota/cuda/key.hpp>
#include <rota/cuda/node_columns.hpp>
#include <rota/cuda/question.hpp>
#include <rota/job/pod.hpp>

namespace rota::cuda {

/// What the kernels do, block by block and thread by thread on the host: to check a scorer, or any shape of the
/// grid, where no device is. As slow as that sounds.
template <class Scorer>
class on_host {
public:
    using scorer_type = Scorer;

    explicit on_host(Scorer score, grid_shape shape = {.threads = 32}, bool backwards = false)
        : score_{score}, shape_{shape}, backwards_{backwards} {}

    void resize(std::uint32_t nodes) {
        words_.assign(nodes * node_words, 0);
        nodes_ = nodes;
    }
    void update(std::span<node_update const> nodes) {
        for (auto const& one : nodes) columns().store(one);
    }
    [[nodiscard]] std::vector<key<Scorer>> least(std::span<job::pod const> needs, unsigned keep) {
        using key_type = key<Scorer>;
        auto const requests = static_cast<std::uint32_t>(needs.size());
        auto const from = node_keys<Scorer, key_type>{score_, columns(), needs.data()};
        auto lists = run<key_type>(from, requests, keep, shape_);
        if (shape_.parts == 1) return lists;
        auto const all = listed_keys<key_type>{lists.data(), shape_.parts * keep};
        return run<key_type>(all, requests, keep, {shape_.threads, 1, 1});
    }

private:
    [[nodiscard]] node_columns columns() noexcept { return {words_.data(), nodes_}; }
    template <class Key, class From>
    std::vector<Key> run(From const& from, std::uint32_t requests, unsigned keep, grid_shape shape) const {
        auto out = std::vector<Key>(std::size_t{requests} * shape.parts * keep, Key::none());
        auto const asked = question<From, Key>{from, requests, keep, shape, out.data()};
        auto memory = std::vector<unsigned char>(asked.bytes());
        auto block = host_block{shape.threads, backwards_};
        for (auto part = 0u; part != shape.parts; ++part)
            for (auto tile = 0u; tile != asked.tiles(); ++tile)
                asked.answer(block, memory.data(), part, tile);
        return out;
    }

    Scorer score_;
    grid_shape shape_;
    bool backwards_;
    std::uint32_t nodes_ = 0;
    std::vector<std::uint32_t> words_;
};

} // namespace rota::cuda

#endif
