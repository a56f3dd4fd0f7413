// SPDX-License-Identifier: BSL-1.0
#include <rota/cluster/placement.hpp>
