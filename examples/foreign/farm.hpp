// SPDX-License-Identifier: BSL-1.0
#ifndef EXAMPLES_FOREIGN_FARM_HPP
#define EXAMPLES_FOREIGN_FARM_HPP

#include <algorithm>
#include <cstddef>
#include <list>
#include <map>
#include <utility>
#include <vector>

/// A scheduler as one finds them: it has its own words and its own books, and knows nothing of rota.
namespace farm {

struct Machine {
    int slots = 0;
    int used = 0;
    bool up = true;
};

struct Share {
    std::size_t machine = 0;
    int slots = 0;
};

struct Task {
    int ticket = 0;
    int slots = 0;
    std::vector<Share> shares; // empty: it queues
};

/// First come, first served; whoever does not fit is passed by. The machine with the fewest idle slots goes first.
class Farm {
public:
    explicit Farm(std::vector<Machine> machines) : machines_(std::move(machines)) {}

    void submit(int ticket, int slots) {
        auto before =
            std::find_if(queue_.begin(), queue_.end(), [&](Task const& t) { return t.ticket > ticket; });
        queue_.insert(before, Task{ticket, slots, {}});
    }
    /// The task runs already, there.
    void adopt(int ticket, std::vector<Share> shares) {
        for (auto const& s : shares) machines_[s.machine].used += s.slots;
        running_[ticket] = std::move(shares);
    }
    /// It is over, or was withdrawn.
    void gone(int ticket) {
        queue_.remove_if([&](Task const& t) { return t.ticket == ticket; });
        for (auto const& s : running_[ticket]) machines_[s.machine].used -= s.slots;
        running_.erase(ticket);
    }
    void setUp(std::size_t machine, bool up) { machines_[machine].up = up; }

    /// Tasks that start now.
    std::vector<Task> schedule() {
        auto started = std::vector<Task>{};
        for (auto task = queue_.begin(); task != queue_.end();) {
            if (fit(*task)) {
                adopt(task->ticket, task->shares);
                started.push_back(*task);
                task = queue_.erase(task);
            } else {
                ++task;
            }
        }
        return started;
    }

private:
    int idle(std::size_t m) const { return machines_[m].up ? machines_[m].slots - machines_[m].used : 0; }

    bool fit(Task& task) const {
        auto order = std::vector<std::size_t>{};
        for (auto m = std::size_t{0}; m != machines_.size(); ++m)
            if (idle(m) > 0) order.push_back(m);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return idle(a) < idle(b); });
        auto missing = task.slots;
        for (auto m : order) {
            auto const take = std::min(missing, idle(m));
            if (take > 0) task.shares.push_back({m, take});
            missing -= take;
        }
        if (missing > 0) task.shares.clear();
        return missing == 0;
    }

    std::vector<Machine> machines_;
    std::list<Task> queue_;
    std::map<int, std::vector<Share>> running_;
};

} // namespace farm

#endif
