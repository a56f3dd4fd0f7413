// SPDX-License-Identifier: BSL-1.0
#ifndef ROTA_BENCH_SCHEDULERS_HPP
#define ROTA_BENCH_SCHEDULERS_HPP

#include <rota/estimate/oracle.hpp>
#include <rota/system/best_effort_fifo.hpp>
#include <rota/system/easy.hpp>
#include <rota/system/fifo.hpp>
#include <rota/system/priority_preemptive.hpp>
#include <rota/system/sjf.hpp>
#include <rota/system/srtf.hpp>
#include <rota/system/tiresias_l.hpp>

namespace bench {

/// use(name, make) for each measured system; make(simulator) builds one. Only srtf has the oracle.
template <class Use>
void each_scheduler(Use&& use) {
    namespace system = rota::system;
    using rota::estimate::oracle;
    use("fifo", [](auto&) { return system::fifo<>{}; });
    use("best_effort_fifo", [](auto&) { return system::best_effort_fifo<>{}; });
    use("sjf", [](auto&) { return system::sjf<>{}; });
    use("easy", [](auto&) { return system::easy<>{}; });
    use("srtf", [](auto& world) { return system::srtf<oracle>{world.clairvoyance()}; });
    use("priority_preemptive", [](auto&) { return system::priority_preemptive<>{}; });
    use("tiresias_l", [](auto&) { return system::tiresias_l<>{{3'600'000, 115'200'000}}; });
}

} // namespace bench

#endif
