// SPDX-License-Identifier: BSL-1.0
#include <rota/contract/view.hpp>
