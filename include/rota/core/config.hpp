// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_CORE_CONFIG_HPP
#define ROTA_CORE_CONFIG_HPP

#define ROTA_VERSION_MAJOR 0
#define ROTA_VERSION_MINOR 1
#define ROTA_VERSION_PATCH 0

/// Marks a function that one source compiles for the host and for the device.
#if defined(__CUDACC__)
#define ROTA_HOST_DEVICE __host__ __device__
#else
#define ROTA_HOST_DEVICE
#endif

/// States a caller's obligation. A broken one is a bug of the caller: the program says which and stops.
///
/// On by default outside NDEBUG builds; -DROTA_CONTRACTS=1 or =0 decides otherwise. Define ROTA_EXPECTS
/// yourself before the first include to route it into your own assertion library.
#ifndef ROTA_CONTRACTS
#ifdef NDEBUG
#define ROTA_CONTRACTS 0
#else
#define ROTA_CONTRACTS 1
#endif
#endif

#ifndef ROTA_EXPECTS
#if ROTA_CONTRACTS && !defined(__CUDA_ARCH__)
#include <cstdio>
#include <cstdlib>
#define ROTA_EXPECTS(condition, why)                                                                         \
    ((condition)                                                                                             \
         ? static_cast<void>(0)                                                                              \
         : (std::fprintf(stderr, "%s:%d: contract broken: %s (%s)\n", __FILE__, __LINE__, why, #condition),  \
            std::abort()))
#else
#define ROTA_EXPECTS(condition, why) static_cast<void>(0)
#endif
#endif

#endif
