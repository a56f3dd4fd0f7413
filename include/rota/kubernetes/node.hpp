// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_KUBERNETES_NODE_HPP
#define ROTA_KUBERNETES_NODE_HPP

#include <string>

namespace rota::kubernetes {

/// What a host wants to know of a node.
struct node {
    std::string name;
    std::string uid;
    int gpus = 0;       ///< allocatable
    std::string model;  ///< of its GPUs, as GPU feature discovery labels it; may be empty
    bool ready = false; ///< its pods go on
    bool open = false;  ///< Ready, not cordoned, and no taint keeps pods away

    friend bool operator==(node const&, node const&) = default;
};

} // namespace rota::kubernetes

#endif
