// SPDX-License-Identifier: BSL-1.0
// expect: is private within this context
// expect: calling a private constructor of class 'rota::estimate::oracle'
#include <vector>

#include <rota/estimate/oracle.hpp>

int main() {
    auto const works = std::vector<rota::job::work>{};
    auto const progress = rota::job::progress_table{rota::job::workload{}};
    (void)works, (void)progress;
    rota::estimate::oracle{works, progress}; // refused
}
